"""Chinese words for where things stand: what the tables hold as codes is told in these."""

from collections.abc import Mapping
from enum import StrEnum

from models import (
    AppealStatus,
    AssignmentStatus,
    AwardStatus,
    GateStatus,
    LeadStatus,
    NominationStatus,
    NoticeStatus,
    ObjectionStatus,
    RoundStatus,
    StageStatus,
)

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
NOTICE_STATUS = {"draft": "待发布", "posted": "公示中", "over": "公示期满"}
OBJECTION_STATUS = {
    "filed": "已登记，待受理",
    "accepted": "已受理，核查中",
    "refused": "不予受理",
    "upheld": "异议成立",
    "dismissed": "异议不成立",
}
NOMINATION_STATUS = {
    "in_review": "办理中",
    "returned": "退回补正",
    "stopped": "止步",
    "reserve": "递补",
    "proposed": "拟入选",
    "cancelled": "取消",
    "awarded": "入选",
    "revoked": "已撤销",
    "merged": "已合并",
    "withdrawn": "已撤回",
}
LEAD_STATUS = {"filed": "待决定", "adopted": "已采纳", "rejected": "未采纳", "merged": "已合并"}
ASSIGNMENT_STATUS = {"assigned": "待评分", "submitted": "已提交", "void": "已回避"}
CERTIFICATES = {"valid": "有效", "reissued": "已换发新证", "revoked": "已撤销"}
APPEAL_STATUS = {"open": "待裁定", "dismissed": "不成立", "upheld": "成立"}
TIE_KINDS = {"kinship": "亲属", "apprenticeship": "师徒", "shared_work": "共同成果", "interest": "经济利益"}
TIE_SOURCES = {"declared": "本人申报", "papers": "申报材料", "tip": "反映"}
WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    AppealStatus: APPEAL_STATUS,
    AssignmentStatus: ASSIGNMENT_STATUS,
    AwardStatus: CERTIFICATES,
    GateStatus: GATE_STATUS,
    LeadStatus: LEAD_STATUS,
    NominationStatus: NOMINATION_STATUS,
    NoticeStatus: NOTICE_STATUS,
    ObjectionStatus: OBJECTION_STATUS,
    RoundStatus: ROUND_STATUS,
    StageStatus: STAGE_STATUS,
}


def status_word(state: StrEnum) -> str:
    """The Chinese word for a state."""
    return WORDS[type(state)][state]
