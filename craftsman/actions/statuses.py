"""Chinese words for where things stand: what the tables hold as codes is told in these."""

from collections.abc import Mapping
from enum import StrEnum

from models import (
    AppealStatus,
    AssignmentStatus,
    AwardStatus,
    GateStatus,
    LeadStatus,
    MessageStatus,
    NominationStatus,
    NoticeStatus,
    ObjectionStatus,
    OutreachStatus,
    ProposalStatus,
    RoundStatus,
    StageStatus,
)

ROLE_NAMES = {
    "reporter": "推荐单位经办人",
    "expert": "评审专家",
    "judge": "比拼裁判",
    "chair": "评审组组长",
    "committee": "评委会委员",
    "leader": "领导小组成员",
    "staff": "工作人员",
    "verifier": "复核人",
    "discipline": "监督员",
    "auditor": "审计员",
    "admin": "系统管理员",
    "security": "安全保密管理员",
}
STAGE_STATUS = {
    "planned": "未开始",
    "due": "待开启",
    "opening": "开启中",
    "open": "办理中",
    "closing_due": "待汇总",
    "closing": "汇总中",
    "awaiting": "待签批",
    "passed": "已通过",
}
ROUND_STATUS = {"open": "进行中", "finished": "已办结"}
GATE_STATUS = {"waiting": "待签批", "approved": "已通过", "returned": "已退回"}
NOTICE_STATUS = {"draft": "待发布", "posted": "公示中", "over": "公示期满", "replaced": "已更正，另行公示"}
OBJECTION_STATUS = {
    "filed": "已登记，待受理",
    "accepted": "已受理，核查中",
    "refused": "不予受理",
    "upheld": "异议成立",
    "dismissed": "异议不成立",
    "deferred": "暂缓",
}
NOMINATION_STATUS = {
    "in_review": "办理中",
    "returned": "退回补正",
    "stopped": "止步",
    "reserve": "递补",
    "proposed": "拟入选",
    "cancelled": "取消",
    "deferred": "暂缓",
    "awarded": "入选",
    "revoked": "已撤销",
    "merged": "已合并",
    "withdrawn": "已撤回",
}
OUTCOMES = {"pending": "办理中", "advance": "通过", "reserve": "递补", "stop": "止步"}
LEAD_STATUS = {"filed": "待决定", "adopted": "已采纳", "rejected": "未采纳", "merged": "已合并"}
ASSIGNMENT_STATUS = {"assigned": "待评分", "submitted": "已提交", "void": "已回避"}
CERTIFICATES = {"valid": "有效", "reissued": "已换发新证", "revoked": "已撤销"}
MESSAGE_STATUS = {
    "held": "待确认",
    "queued": "待发送",
    "sending": "发送中",
    "sent": "已送出",
    "refused": "被拒收",
    "unclear": "未确认送达",
    "withdrawn": "已撤回",
}
LETTERS = {
    "account-invitation": "账号邀请",
    "act-recorded": "办理回执",
    "appeal-ruling": "申诉裁定",
    "award": "入选通知",
    "break-glass": "应急授权",
    "ballot-invitation": "投票邀请",
    "contest-posted": "比拼成绩",
    "gate-waiting": "待签批",
    "judge-invitation": "裁判邀请",
    "notice-posted": "公示发布",
    "objection-ruling": "核查答复",
    "password-changed": "密码更改提醒",
    "password-reset": "重设密码",
    "receipt": "受理回执",
    "regret": "致谢函",
    "reminder": "办理提醒",
    "returned-nomination": "退回补正",
    "returned-workbook": "退回修改",
    "review-invitation": "评审邀请",
}
OUTREACH_STATUS = {"planned": "已计划", "held": "已举行，待确认", "confirmed": "接待单位已确认", "called_off": "已取消"}
VENUES = {"campus": "进校园", "classroom": "进课堂", "enterprise": "进企业", "workshop": "进车间", "team": "进班组"}
APPEAL_STATUS = {"open": "待裁定", "dismissed": "不成立", "upheld": "成立"}
TIE_KINDS = {"kinship": "亲属", "apprenticeship": "师徒", "shared_work": "共同成果", "interest": "经济利益"}
TIE_SOURCES = {"declared": "本人申报", "papers": "申报材料", "tip": "反映"}
PROPOSAL_STATUS = {"waiting": "待确认", "confirmed": "已确认", "refused": "不予确认"}
WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    AppealStatus: APPEAL_STATUS,
    AssignmentStatus: ASSIGNMENT_STATUS,
    AwardStatus: CERTIFICATES,
    GateStatus: GATE_STATUS,
    LeadStatus: LEAD_STATUS,
    MessageStatus: MESSAGE_STATUS,
    NominationStatus: NOMINATION_STATUS,
    NoticeStatus: NOTICE_STATUS,
    ObjectionStatus: OBJECTION_STATUS,
    OutreachStatus: OUTREACH_STATUS,
    ProposalStatus: PROPOSAL_STATUS,
    RoundStatus: ROUND_STATUS,
    StageStatus: STAGE_STATUS,
}


def status_word(state: StrEnum) -> str:
    """The Chinese word for a state."""
    return WORDS[type(state)][state]
