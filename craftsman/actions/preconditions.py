"""What a gate rests on: preconditions that are checked when it opens and again at each signature, and shown."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.conflicts import open_ties
from craftsman.actions.follow_ups import open_lines
from craftsman.actions.kinds.registry import work_of
from craftsman.actions.objections import open_receipts
from craftsman.actions.views import StageView
from models import Gate, GateStatus, StageRun

_WORK = {
    "intake": "申报受理完毕，没有未决定的线索",
    "endorse": "推荐决定齐全，名额和结构比例已落实或已签署例外",
    "screen": "审查齐全，没有未办结的补正和例外",
    "score": "评分表全部提交，偏离较大的已说明理由",
    "contest": "评分表全部提交，偏离较大的已说明理由，没有未裁定的申诉和未满的申诉期",
    "ballot": "投票达到法定人数",
    "tally": "点赞期满，没有待确认的作废，入库数等于计入数加作废数",
    "approve": "提请审定的名单已经封存",
    "notice": "公示期满，空缺名额已有决议",
    "announce": "发布文件齐备",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One precondition, and what is missing of it; nothing where it is met."""

    title: str
    missing: tuple[str, ...]

    @property
    def told(self) -> str:
        """The precondition with what is missing, for a refusal."""
        return f"{self.title}：{'；'.join(line.rstrip('。') for line in self.missing)}"

    def as_kept(self) -> dict[str, str]:
        """As it is sealed into the gate's row."""
        return {"title": self.title, "missing": "；".join(self.missing)}


def checks_of(session: Session, act: Act, view: StageView, *, correction: bool = False) -> list[Check]:
    """The preconditions of a stage's gate as they stand now. Of a correction the work is done, and not asked again."""
    ties = [f"第 {number} 号关系尚待确认" for number in open_ties(session, view.round_id)]
    receipts = [f"异议 {receipt} 尚未办结" for receipt in open_receipts(session, view.round_id)]
    checks = [
        Check("没有待确认的回避事项", tuple(ties)),
        Check("没有未办结的异议", tuple(receipts)),
        Check("此前各环节没有待签批的更正", tuple(pending_corrections(session, view))),
        Check("没有未办结的更正后续事项", tuple(open_lines(session, view.round_id, up_to=view.run.position))),
    ]
    if correction:
        return checks
    work = work_of(view.run.kind).obstacles(session, act, view)
    return [Check(_WORK[view.run.kind], tuple(work)), *checks]


def pending_corrections(session: Session, view: StageView) -> list[str]:
    """Chinese lines naming the corrections of earlier stages that still wait for approval; they block what follows."""
    query = (
        select(StageRun.title)
        .join(Gate, col(Gate.stage_run_id) == StageRun.id)
        .where(StageRun.round_id == view.round_id, StageRun.position < view.run.position)
        .where(Gate.status == GateStatus.WAITING, col(Gate.correction).is_(True))
        .order_by(col(StageRun.position))
    )
    return [f"“{title}”的结果更正尚待签批，签批之后方可继续" for title in session.exec(query).all()]
