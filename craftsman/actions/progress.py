"""How far a round has come: the funnel by stage, and who is waited for."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.follow_ups import open_lines
from craftsman.actions.kinds import work_of
from craftsman.actions.rounds import stages_of
from craftsman.actions.signers import sign_offs
from craftsman.actions.statuses import ROLE_NAMES
from craftsman.actions.views import stage_view
from craftsman.actions.visibility import hidden_ids, told_to
from craftsman.actions.workplace import Workplace
from craftsman.rules.signing import still_missing
from models import Gate, GateStatus, Nomination, NominationStatus, Outcome, Round, StageEntry, StageRun, StageStatus


@dataclass(frozen=True, slots=True)
class Funnel:
    """One stage of the funnel: how many entered, and what became of them."""

    run_id: int
    key: str
    title: str
    status: str
    entered: int
    advanced: int
    reserve: int
    stopped: int
    flow_run_id: str | None


def funnel(session: Session, round_id: int, hidden: Collection[str] = ()) -> list[Funnel]:
    """All stages of a round in order, by a few queries; an intake that is open counts what has come in so far.

    `hidden` are case numbers that are not counted, for whoever must not know of them.
    """
    unseen = col(StageEntry.nomination_id).not_in(hidden_ids(session, hidden))
    query = (
        select(StageEntry.stage_run_id, StageEntry.outcome, func.count())
        .join(StageRun, col(StageRun.id) == StageEntry.stage_run_id)
        .where(StageRun.round_id == round_id, unseen)
        .group_by(col(StageEntry.stage_run_id), col(StageEntry.outcome))
    )
    counts: Counter[tuple[int, Outcome]] = Counter()
    for run_id, outcome, number in session.exec(query).all():
        counts[run_id, Outcome(outcome)] = number
    runs = stages_of(session, round_id)
    if runs and runs[0].status == StageStatus.OPEN:
        # entries are made when the intake closes, but staff want to see what is there
        counts[runs[0].id or 0, Outcome.PENDING] = _came_in(session, round_id, hidden)
    return [_line(run, counts) for run in runs]


def _came_in(session: Session, round_id: int, hidden: Collection[str]) -> int:
    standing = select(func.count()).where(
        Nomination.round_id == round_id,
        col(Nomination.case_no).not_in(hidden),
        col(Nomination.status).in_((NominationStatus.IN_REVIEW, NominationStatus.RETURNED)),
    )
    return session.exec(standing).one()


def _line(run: StageRun, counts: Counter[tuple[int, Outcome]]) -> Funnel:
    assert run.id is not None
    by_outcome = {outcome: counts[run.id, outcome] for outcome in Outcome}
    return Funnel(
        run_id=run.id,
        key=run.key,
        title=run.title,
        status=run.status.value,
        entered=sum(by_outcome.values()),
        advanced=by_outcome[Outcome.ADVANCE],
        reserve=by_outcome[Outcome.RESERVE],
        stopped=by_outcome[Outcome.STOP],
        flow_run_id=run.flow_run_id,
    )


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing that a round waits for: a stage (its key and kind, empty for none), in words, and each line of it."""

    head: str
    lines: Sequence[str] = ()
    stage: str = ""
    kind: str = ""


def waits_of(session: Session, place: Workplace, round_: Round, hidden: Collection[str] = ()) -> list[Wait]:
    """What the round waits for now, as it may be told to whom these cases are hidden from."""
    act = Act(SYSTEM, place.now(), place)
    waits = [wait for run in stages_of(session, round_.id or 0) for wait in _waits(session, act, run, hidden)]
    left = told_to(open_lines(session, round_.id or 0), hidden)
    return [*waits, *([Wait("更正后续事项尚待决定：", left)] if left else [])]


def stage_waits(session: Session, place: Workplace, run: StageRun, hidden: Collection[str] = ()) -> list[Wait]:
    """What one stage waits for now, told likewise."""
    return list(_waits(session, Act(SYSTEM, place.now(), place), run, hidden))


def waiting_for(session: Session, place: Workplace, round_: Round, hidden: Collection[str] = ()) -> list[str]:
    """The same as Chinese lines, one below the other."""
    waits = waits_of(session, place, round_, hidden)
    return [line for wait in waits for line in (wait.head, *(f"  · {one}" for one in wait.lines))]


def _waits(session: Session, act: Act, run: StageRun, hidden: Collection[str]) -> Iterator[Wait]:
    if run.status == StageStatus.OPEN:
        view = stage_view(session, run.id or 0)
        missing = told_to(work_of(run.kind).obstacles(session, act, view), hidden)
        yield Wait(f"“{run.title}”办理中" + ("：" if missing else "，可以结束。"), missing, run.key, run.kind)
    if run.refusal:
        lines = [line.strip(" ·") for line in told_to(run.refusal.splitlines(), hidden)]
        yield Wait(f"“{run.title}”未能办理，处理后请重试：", lines, run.key)
    if run.status == StageStatus.AWAITING:
        yield Wait(f"“{run.title}”待签批：{_signers(session, run)}", (), run.key)


def _signers(session: Session, run: StageRun) -> str:
    view = stage_view(session, run.id or 0)
    gate = session.exec(select(Gate).where(Gate.stage_run_id == run.id, Gate.status == GateStatus.WAITING)).one()
    signed = Counter(sign.role for sign in sign_offs(session, gate.id or 0))
    missing = still_missing(view.stage.signoffs, signed)
    return "、".join(f"{ROLE_NAMES[role]} {count} 人" for role, count in missing.items())
