"""What a flow leaves for people to read in Prefect: the report of a stage, and what a round waits for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from craftsman.actions.rounds import stages_of
from craftsman.actions.sealing import latest_result
from craftsman.actions.views import StageView, round_by_key, stage_view
from craftsman.audit.log import head_of
from craftsman.clock import CHINA
from models import Outcome, RoundStatus, StageEntry, StageRun, StageStatus

STATUS_TITLES: Mapping[StageStatus, str] = {
    StageStatus.PLANNED: "未到",
    StageStatus.DUE: "待开启",
    StageStatus.OPENING: "开启中",
    StageStatus.OPEN: "办理中",
    StageStatus.CLOSING_DUE: "待结束",
    StageStatus.CLOSING: "结束中",
    StageStatus.AWAITING: "待签批",
    StageStatus.PASSED: "已通过",
}
OUTCOME_TITLES: Mapping[Outcome, str] = {
    Outcome.PENDING: "办理中",
    Outcome.ADVANCE: "进入下一环节",
    Outcome.RESERVE: "候补",
    Outcome.STOP: "未通过",
}
PHASE_TITLES: Mapping[str, str] = {"open": "开启", "close": "结束"}


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a round stands: finished, or what it waits for, as a Chinese sentence."""

    finished: bool
    message: str


def whereabouts(session: Session, round_key: str) -> Whereabouts:
    """Where a round stands once no step of it can be taken now."""
    round_ = round_by_key(session, round_key)
    if round_.status == RoundStatus.FINISHED:
        return Whereabouts(finished=True, message="全部环节已通过，本轮次办结。")
    under_way = [run for run in stages_of(session, round_.id or 0) if run.status not in _QUIET]
    return Whereabouts(finished=False, message="；".join(_waits(run) for run in under_way) or "没有待办的环节。")


_QUIET = frozenset({StageStatus.PLANNED, StageStatus.PASSED})


def _waits(run: StageRun) -> str:
    match run.status:
        case StageStatus.OPEN:
            return f"“{run.title}”办理中，等待有关人员办结"
        case StageStatus.AWAITING:
            return f"“{run.title}”结果已封存，等待签批"
        case _:
            return f"“{run.title}”{STATUS_TITLES[run.status]}，由另一次运行办理"


def stage_report(session: Session, run_id: int) -> str:
    """The report of a stage as Markdown: its cases by outcome, the digest of its result, the head of the history."""
    view = stage_view(session, run_id)
    return "\n".join([*_heading(view), *_funnel(session, run_id), *_proofs(session, view)])


def _heading(view: StageView) -> Sequence[str]:
    return [f"# {view.round.title}", "", f"## {view.run.title}：{STATUS_TITLES[view.run.status]}", ""]


def _funnel(session: Session, run_id: int) -> Sequence[str]:
    query = select(StageEntry.outcome, func.count()).where(StageEntry.stage_run_id == run_id)
    counts = dict(session.exec(query.group_by(col(StageEntry.outcome))).all())
    rows = [f"| {title} | {counts[outcome]} |" for outcome, title in OUTCOME_TITLES.items() if outcome in counts]
    return ["| 去向 | 人数 |", "| --- | ---: |", *rows, f"| 合计 | {sum(counts.values())} |", ""]


def _proofs(session: Session, view: StageView) -> Sequence[str]:
    result = latest_result(session, view.run_id)
    head = head_of(session)
    sealed = f"- 结果校验码：`{result.digest}`（第 {result.number} 次封存）" if result else "- 结果：尚未封存"
    times = [
        f"- {title}：{at.astimezone(CHINA):%Y-%m-%d %H:%M}"
        for title, at in (("开启", view.run.opened_at), ("结束", view.run.closed_at))
        if at is not None
    ]
    return [sealed, *times, f"- 历史记录：第 {head.size} 条，根哈希 `{head.root.hex()}`", ""]
