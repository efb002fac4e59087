"""Chinese words for what the tables hold, and how marks are written on pages."""

import json
from datetime import date, datetime

from craftsman.actions.progress import ROLE_NAMES
from craftsman.clock import CHINA

OUTCOMES = {"pending": "办理中", "advance": "通过", "reserve": "递补", "stop": "止步"}
PHASES = {"open": "开启", "close": "汇总"}
ACTS = {
    "amendment.confirmed": "确认名单变更",
    "amendment.proposed": "提出名单变更",
    "amendment.withdrawn": "撤回名单变更",
    "award.packed": "制作材料包",
    "award.recorded": "登记荣誉",
    "award.reissued": "换发证书",
    "award.revoked": "撤销称号",
    "document.released": "文件放行",
    "account.changed": "更正账号",
    "account.created": "新建账号",
    "account.disabled": "停用账号",
    "account.first_administrator": "设立首位管理员",
    "account.granted": "授予身份",
    "account.password_set": "设置密码",
    "audit.exported": "导出历史记录",
    "backup.made": "备份数据库",
    "ballot.cast": "投票",
    "ballot.second_round": "开启第二轮投票",
    "consent.recorded": "登记同意",
    "consent.withdrawn": "撤回同意",
    "subject.exported": "导出个人信息",
    "correction.approved": "更正结果生效",
    "correction.requested": "提请更正结果",
    "correction.sealed": "更正结果封存",
    "delegation.made": "委托签批",
    "delegation.revoked": "撤回委托",
    "document.issued": "签发文件",
    "account.role_ended": "身份终止",
    "erasure.asked": "申请删除个人信息",
    "erasure.done": "删除个人信息",
    "erasure.swept": "清除已删除人员的文件",
    "expert.contact_read": "查看专家联系方式",
    "expert.loaded": "载入专家名单",
    "panel.accepted": "专家接受邀请",
    "panel.announced": "公告专家抽取",
    "panel.declined": "专家不参加",
    "panel.drawn": "抽取专家",
    "follow_up.opened": "更正留待决定",
    "follow_up.resolved": "登记更正后续决定",
    "gate.opened": "提请签批",
    "gate.passed": "签批通过",
    "gate.returned": "退回重办",
    "gate.signed": "签批",
    "intake.imported": "导入汇总表",
    "keys.added": "启用新密钥",
    "keys.retired": "停用旧密钥",
    "keys.rotated": "换用新密钥",
    "lead.adopted": "采纳线索",
    "lead.contact_read": "查看线索联系人",
    "lead.filed": "登记线索",
    "lead.parted": "撤销线索合并",
    "lead.rejected": "不采纳线索",
    "lead.released": "撤销采纳",
    "lead.routed": "转交线索",
    "lead.united": "合并线索",
    "letters.queued": "生成函件",
    "letter.sent": "函件送出",
    "letter.queued": "函件稍后重试",
    "letter.refused": "函件被拒收",
    "letter.unclear": "函件未确认送达",
    "letter.again": "重新发送函件",
    "letter.withdrawn": "撤回函件",
    "mailing.confirmed": "确认群发",
    "mailing.withdrawn": "撤回群发",
    "nomination.corrected": "更正申报",
    "nomination.created": "登记申报",
    "nomination.merged": "记入另一渠道",
    "nomination.parted": "撤销申报合并",
    "nomination.restored": "恢复申报",
    "nomination.united": "合并申报",
    "nomination.withdrawn": "撤回申报",
    "way.parted": "撤销记入的渠道",
    "nomination.stopped": "人选止步",
    "nomination.reserve": "列为递补",
    "nomination.proposed": "列为拟入选",
    "nomination.cancelled": "取消资格",
    "nomination.awarded": "入选",
    "notice.drafted": "拟定公示",
    "notice.posted": "发布公示",
    "list.placed": "人工指定笔画次序",
    "notice.corrected": "更正公示",
    "notice.outage_reported": "登记公示中断",
    "notice.prolonged": "公示期顺延",
    "notice.replaced": "公示被更正件取代",
    "notice.over": "公示期满",
    "objection.filed": "登记异议",
    "objection.accepted": "受理异议",
    "objection.refused": "异议不予受理",
    "objection.upheld": "异议成立",
    "objection.dismissed": "异议不成立",
    "objection.deferred": "异议未查清，暂缓",
    "objection.assigned": "指定核查人员",
    "objection.extended": "延长核查期限",
    "objection.reported": "提交核查报告",
    "objection.report_signed": "签署核查报告",
    "objection.file_read": "查看异议证据",
    "nomination.deferred": "暂缓命名",
    "substitute.promoted": "递补",
    "vacancy.left_empty": "名额空缺",
    "substitute.proposed": "提出递补",
    "substitute.withdrawn": "撤回递补",
    "objection.objector_read": "查看异议人信息",
    "outreach.called_off": "取消五进活动",
    "outreach.confirmed": "确认五进活动",
    "outreach.held": "登记五进活动",
    "outreach.photos_read": "查看五进照片",
    "outreach.planned": "计划五进活动",
    "paper.added": "提交材料",
    "paper.read": "查看材料",
    "paper.withdrawn": "撤回材料",
    "recusal.declared": "声明回避",
    "reference.loaded": "载入名录",
    "result.recomputed": "复算结果",
    "review.drawn": "分配一批评委",
    "review.undone": "撤销分配",
    "review.assigned": "分配评委",
    "round.finished": "轮次办结",
    "round.opened": "开启轮次",
    "appeal.dismissed": "申诉不成立",
    "appeal.filed": "提出申诉",
    "appeal.upheld": "申诉成立",
    "contest.posted": "发布比拼成绩",
    "evidence.added": "登记佐证文件",
    "evidence.read": "查看佐证文件",
    "score.drafted": "保存评分草稿",
    "score.reopened": "退回重评",
    "score.submitted": "提交评分",
    "nomination.screened": "资格审查",
    "nomination.rescreened": "补正后重新审查",
    "override.confirmed": "确认例外",
    "override.proposed": "提出例外",
    "override.withdrawn": "撤回例外",
    "supplement.asked": "要求补正",
    "supplement.answered": "补正受理",
    "supplement.papers_taken": "补正材料受理",
    "supplement.lapsed": "补正逾期",
    "session.ended": "退出登录",
    "session.opened": "登录",
    "stage.admitted": "人选进入环节",
    "stage.asked_again": "重新派发",
    "stage.close_requested": "提请结束环节",
    "stage.lost": "运行中断，重新派发",
    "stage.not_ready": "尚不能结束",
    "stage.opened": "环节开启",
    "stage.passed": "环节通过",
    "stage.sealed": "结果封存",
    "stage.started": "开始运行",
    "person.unmask_agreed": "同意查看个人信息",
    "person.unmask_asked": "申请查看个人信息",
    "person.unmasked": "查看个人信息",
    "tally.imported": "导入点赞",
    "tally.void_confirmed": "确认作废点赞",
    "tally.void_proposed": "提出作废点赞",
    "tally.void_withdrawn": "撤回作废点赞",
    "tie.confirmed": "确认关系",
    "tie.declared": "申报关系",
    "tie.recorded": "登记关系",
    "tie.withdrawn": "撤销关系",
    "waiver.signed": "签署结构例外",
}


def roles(held: str) -> str:
    """Role names in Chinese, from the text kept in the history."""
    return "、".join(ROLE_NAMES.get(role, role) for role in held.split(",") if role)


def moment(text: str) -> str:
    """An instant of the history, to the second."""
    return f"{datetime.fromisoformat(text).astimezone(CHINA):%Y-%m-%d %H:%M:%S}"


def chinese_day(value: date | None) -> str:
    """A day as 2026年4月13日; a dash where there is none."""
    return "—" if value is None else f"{value.year}年{value.month}月{value.day}日"


def points(hundredths: int | None) -> str:
    """Marks kept in hundredths of a point, as 87.5 or 92; a dash where there is none."""
    if hundredths is None:
        return "—"
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")


def in_full(hundredths: int | None) -> str:
    """A published value, always with two decimals."""
    return "—" if hundredths is None else f"{hundredths // 100}.{hundredths % 100:02d}"


def facts(value: object) -> str:
    """Facts of an event as compact JSON, for the eyes of auditors."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""


def file_size(size: int) -> str:
    """A file's size in kB."""
    return f"{max(1, round(size / 1000))} kB"


DONE = {
    "close-requested": "已提请结束本环节，由系统汇总后提请签批。",
    "retried": "已重新提请，由系统办理。",
    "gate-passed": "已签批，本关口通过，下一环节将自动开启。",
    "gate-returned": "已退回，理由已记录，环节重新办理。",
    "gate-signed": "已签批。",
    "lead-adopted": "线索已采纳，渠道已记入该申报。",
    "lead-rejected": "已记为不采纳，提交人查询时可以看到理由。",
    "lead-released": "已撤销采纳，线索恢复为待决定。",
    "lead-routed": "线索已转交。",
    "letter-again": "已重新排入发送。",
    "letter-withdrawn": "函件已撤回，不再发送。",
    "mailing-confirmed": "已确认，函件由后台发送。",
    "mailing-withdrawn": "已撤回，这批函件不再发送。",
    "logged-out": "已退出登录。",
    "nomination-restored": "申报已恢复。",
    "nomination-withdrawn": "申报已撤回，理由已记录。",
    "notice-posted": "公示已发布，公示期自今日起计算。",
    "notice-corrected": "更正稿已经拟定，由复核人员核对后发布；原公示到那时为止。",
    "objection-assigned": "核查人员已指定。",
    "objection-extended": "核查期限已延长。",
    "objection-reported": "核查报告已提交，须全部核查人员签署。",
    "objection-settled": "异议的办理结果已记录。",
    "objection-signed": "已签署核查报告。",
    "outage-confirmed": "中断已确认，公示期已重新计算。",
    "outage-reported": "中断已登记，须另一人确认后才计入。",
    "unmask-agreed": "已同意，由申请人查看。",
    "unmask-asked": "申请已提交。",
    "paper-added": "材料已收到。",
    "paper-withdrawn": "材料已撤回，理由已记录。",
    "released": "文件已放行，公开的文件即可查看。",
    "recused": "已声明回避，相应的评分表即时作废，材料不再向您显示。",
    "drafted": "草稿已保存，尚未提交；未提交的评分不计入结果。",
    "reopened": "评分表已退回评委重评，理由已记录。",
    "appeal-filed": "申诉已登记，等候裁定。",
    "appeal-ruled": "裁定已记录；成立的，评分表已退回裁判重评。",
    "results-posted": "比拼成绩已发布给推荐单位，申诉期自现在起算。",
    "tie-declared": "关系已申报，即时生效；相应的人选不再向您显示，已打的分作废。",
    "tie-recorded": "关系已登记，由另一人确认后生效。",
    "tie-confirmed": "关系已确认，即时生效。",
    "tie-withdrawn": "关系已撤销，记录保留。",
    "evidence-added": "佐证文件已加密保存。",
    "delegated": "已委托。受托人在关口签批时会写明受您委托。",
    "delegation-revoked": "委托已撤回，已签的不受影响。",
    "second-round": "第二轮投票已开启，选票已发放，委员已获通知。",
    "scored": "评分已提交。",
}
