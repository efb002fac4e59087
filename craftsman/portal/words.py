"""Chinese words for what the tables hold, and how marks are written on pages."""

from datetime import date, datetime
from decimal import Decimal

from craftsman.actions import statuses
from craftsman.actions.statuses import ROLE_NAMES
from craftsman.clock import CHINA, chinese_day, chinese_instant
from craftsman.portal import acts

ACTS = acts.ACTS
OUTCOMES = statuses.OUTCOMES
UNGROUPED = 10_000
PHASES = {"open": "开启", "close": "汇总"}
# how far the check of a workbook is
CHECK_STEPS = {
    "received": "文件已收到，等候核对",
    "opened": "正在打开文件、读取表格",
    "counted": "正在逐行核对",
    "read": "各行已核对完，正在整理结果",
}


# what an event commits to without telling it
COMMITTED = {
    "authority": "依据",
    "decision": "决定",
    "grounds": "理由",
    "like": "所比照的姓名",
    "reason": "理由",
    "report": "核查报告",
    "resolution": "决议",
    "row": "申报内容",
    "ruling": "结论",
    "sheet": "评分表",
    "tie": "关系",
}


def roles(held: str) -> str:
    """Role names in Chinese, from the text kept in the history."""
    return "、".join(role_words(held))


def role_words(held: str) -> list[str]:
    """The same, a word for each role."""
    return [_role(role) for role in held.split(",") if role]


def _role(held: str) -> str:
    role, mark, _ = held.partition("!")
    return ROLE_NAMES.get(role, role) + ("（应急授权）" if mark else "")


def moment(text: str) -> str:
    """An instant of the history, to the second."""
    at = datetime.fromisoformat(text).astimezone(CHINA)
    return f"{chinese_day(at.date())} {at:%H:%M:%S}"


def told(value: str | date) -> str:
    """A value that is a day, an instant, or a text of its own."""
    if isinstance(value, datetime):
        return chinese_instant(value)
    return value if isinstance(value, str) else chinese_day(value)


def number(value: float | Decimal) -> str:
    """A number; from five digits on in groups of three, as GB/T 15835 has it; at most two decimals."""
    rounded = round(Decimal(value), 2)
    whole = f"{rounded:,f}" if abs(rounded) >= UNGROUPED else f"{rounded:f}"
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


def points(hundredths: int | None) -> str:
    """Marks kept in hundredths of a point, as 87.5 or 92; a dash where there is none."""
    if hundredths is None:
        return "—"
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")


def in_full(hundredths: int | None) -> str:
    """A published value, always with two decimals."""
    return "—" if hundredths is None else f"{hundredths // 100}.{hundredths % 100:02d}"


def file_size(size: int) -> str:
    """A file's size in kB."""
    return f"{max(1, round(size / 1000))} kB"


DONE = {
    "account-added": "账号已添加，邀请函由后台发送；身份须另行提出授权。",
    "accounts-added": "账号已添加，邀请函由后台发送；身份须由安全保密管理员用同一张表提出。",
    "accounts-invited": "邀请函已排入发送，链接七天内有效。",
    "account-changed": "账号已更正。",
    "account-placed": "推荐单位、产业已更改。",
    "account-invited": "邀请函已排入发送，链接七天内有效。",
    "account-disable": "账号已停用，其登录已结束。",
    "account-restore": "账号已恢复。",
    "account-end-sessions": "其全部登录已结束。",
    "account-reset-factor": "第二重验证已重置，其登录已结束。",
    "account-role-ended": "身份已终止。",
    "consent-recorded": "同意已登记。",
    "consent-revoked": "撤回已登记。",
    "due-erased": "保存期满的个人信息已删除，历史记录保留。",
    "files-swept": "留在磁盘上的文件已清除。",
    "experts-loaded": "专家名单已载入专家库。",
    "erasure-asked": "删除申请已提交，由另一人确认后执行。",
    "erasure-done": "个人信息已删除，历史记录保留。",
    "grants-proposed": "授权已提出，由审计员确认。",
    "calendar-loaded": "工作日表已载入，此后的期限按它计算。",
    "reference-loaded": "新版名录已载入，此后开启的轮次按它办理。",
    "token-made": "令牌此前已经开具并显示过，不再显示；没有记下的，请撤销后重新开具。",
    "token-revoked": "令牌已撤销，即时生效。",
    "emergency-asked": "应急授权已提出，由另一名管理员同意后生效。",
    "emergency-agreed": "已同意，审计员已收到函件。",
    "emergency-ended": "应急授权已结束。",
    "grants-confirmed": "授权已确认，名单中的人员即可办理。",
    "grants-refused": "已记为不予确认，理由已记录。",
    "close-requested": "已提请结束本环节，由系统汇总后提请签批。",
    "retried": "已重新提请，由系统办理。",
    "factor-added": "第二重验证已设置。",
    "factor-removed": "已解除。",
    "gate-passed": "已签批，本关口通过，下一环节将自动开启。",
    "gate-returned": "已退回，理由已记录，环节重新办理。",
    "gate-signed": "已签批。",
    "endorsed": "推荐决定已保存；退回的，推荐单位已获通知。",
    "merged": "已合并，理由已记录。",
    "merge-undone": "合并已撤销，各自恢复原状。",
    "supplements-asked": "已退回补正，推荐单位已获通知。",
    "supplement-taken": "补正已受理，申报恢复办理。",
    "lead-adopted": "线索已采纳，渠道已记入该申报。",
    "lead-rejected": "已记为不采纳，提交人查询时可以看到理由。",
    "lead-released": "已撤销采纳，线索恢复为待决定。",
    "lead-routed": "线索已转交。",
    "letter-again": "已重新排入发送。",
    "letter-withdrawn": "函件已撤回，不再发送。",
    "password-chosen": "密码已设置，请用新密码登录。",
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
    "password-changed": "密码已修改，其他登录已结束。",
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
    "session-ended": "登录已结束。",
    "check-begun": "核验已开始，进度见下。",
    "bundle-begun": "证据包已开始制作，进度见下。",
    "override-proposed": "例外已提出，由另一名复核人确认后生效。",
    "override-confirmed": "例外已确认，这些事项对该申报不再计入。",
    "override-withdrawn": "例外已撤回，该申报仍按原结论。",
    "correction-asked": "更正已封存，由原签批身份的人员签批后生效，见下面的签批。",
    "placed": "笔画次序已指定，此后拟定的名单照此排列，理由已记录。",
    "waived": "例外已签署，下列问题不再妨碍结束环节。",
    "batch-undone": "整批分配已撤销，评分表作废；请核对下面的预演，再重新分配。",
    "batch-drawn": "已重新分配，邀请函由后台发送。",
    "judge-replaced": "评委已更换，接替的评委已获通知。",
    "panel-announced": "抽取已公告，名额、种子和名单不再更改；请见证人到场后抽取。",
    "panel-drawn": "抽取已完成，请按名单邀请。",
    "panel-answered": "答复已登记。",
    "round-opened": "新的一届已开启，首个环节由系统随即开启。",
    "second-round": "第二轮投票已开启，选票已发放，委员已获通知。",
    "scored": "评分已提交。",
    "workbook-scored": "表中的评分已提交。",
    "workbook-drafted": "表中的评分已存为草稿，尚未提交。",
    "amendment-proposed": "变更已提出，由另一人确认后生效。",
    "amendment-confirmed": "变更已生效；有新文件的，待他人放行。",
    "amendment-withdrawn": "变更已撤回，记录保留。",
    "rendered": "发布文件已重新生成，待另一人放行。",
    "follow-up-resolved": "决定已登记。",
    "notice-worded": "草稿已保存，由另一名复核人核对后发布。",
    "visit-planned": "活动已登记，举行之后再登记人数和照片。",
    "visit-marked": "已标为示范活动。",
    "visit-unmarked": "已取消示范活动的标注。",
    "visit-held": "已登记，待另一人登记接待单位的确认单。",
    "visit-confirmed": "接待单位的确认已登记。",
    "visit-called-off": "活动已取消，理由已记录。",
    "document-made": "文书已制作，见下面的列表。",
    "left-empty": "已依决议确定空缺。",
    "promoted": "已递补，公示稿已经生成，由复核人员核对后发布。",
    "substitute-proposed": "递补已提出，须由另一名复核人确认。",
    "substitute-withdrawn": "递补已撤回，记录保留。",
    "likes-taken": "点赞已导入。",
    "void-proposed": "作废已提出，由复核人或监督员确认；确认之前仍然计入。",
    "void-confirmed": "已确认，这些点赞不再计入。",
    "void-withdrawn": "作废已撤回，这些点赞恢复计入。",
}
