"""Steps of stages: requested, claimed by one flow run, done batch by batch, finished, or taken back when it died.

A step belongs to whoever claimed it last: each of its transactions first asks `hold`, which refuses an older attempt.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.checkpoints import make_checkpoint
from craftsman.actions.doors import move_stage
from craftsman.actions.gate_rows import last_return, open_gate, was_returned
from craftsman.actions.gates import pass_stage
from craftsman.actions.kinds import work_of
from craftsman.actions.preconditions import pending_corrections
from craftsman.actions.sealing import seal
from craftsman.actions.views import StageView, round_by_key, stage_view
from craftsman.audit.log import Entry
from craftsman.errors import Refused
from models import Account, AuditEvent, Round, StageRun, StageStatus
from models.stage import HELD, REQUESTED

Phase = Literal["open", "close"]


class StaleStep(Exception):  # noqa: N818  (it names what happened)
    """The step was given to another run meanwhile; this process must not write."""


@dataclass(frozen=True, slots=True)
class Step:
    """A claimed piece of work: the opening or the closing of one stage."""

    run_id: int
    round_key: str
    stage_key: str
    kind: str
    title: str
    phase: Phase
    attempt: int

    @property
    def key(self) -> str:
        """The idempotency key of this attempt."""
        return f"{self.round_key}:{self.stage_key}:{self.phase}:{self.attempt}"


def due_steps(session: Session, act: Act, *, again_after: timedelta) -> list[Step]:
    """Requested steps that no flow run was asked for yet, or long ago without being claimed."""
    query = select(StageRun, Round.key).join(Round).where(col(StageRun.status).in_(REQUESTED), StageRun.refusal == "")
    rows = session.exec(query.order_by(col(StageRun.id))).all()
    late = act.now - again_after
    return [_step(run, key) for run, key in rows if run.dispatched_at is None or run.dispatched_at < late]


def mark_dispatched(session: Session, act: Act, step: Step, flow_run_id: str) -> None:
    """Note that a flow run was asked for; a step claimed meanwhile is left alone."""
    run = session.get_one(StageRun, step.run_id)
    if run.status in REQUESTED and run.attempt == step.attempt:
        run.dispatched_at = act.now
        run.flow_run_id = flow_run_id


def claim(session: Session, act: Act, round_key: str) -> Step | None:
    """Take the requested step of a round; None when there is none (another run has it, or people are at work)."""
    act.must("stage.run", None)
    round_ = round_by_key(session, round_key)
    query = select(StageRun).where(StageRun.round_id == round_.id, col(StageRun.status).in_(REQUESTED))
    run = session.exec(query.where(StageRun.refusal == "")).first()
    if run is None:
        return None
    move_stage(run, StageStatus.OPENING if run.status == StageStatus.DUE else StageStatus.CLOSING)
    return _take(session, act, run, round_)


def _take(session: Session, act: Act, run: StageRun, round_: Round) -> Step:
    run.heartbeat_at = act.now
    run.flow_run_id = act.flow_run_id
    session.add(run)
    step = _step(run, round_.key)
    facts = {"phase": step.phase, "attempt": step.attempt}
    record(session, act, round_.id, [Entry("stage.started", f"{round_.key}/{run.key}", facts)])
    session.flush()
    return step


def hold(session: Session, act: Act, step: Step) -> StageView:
    """Say that this run is alive, and get the stage. StaleStep when the step is no longer this attempt's."""
    view = stage_view(session, step.run_id)
    phase_held = StageStatus.OPENING if step.phase == "open" else StageStatus.CLOSING
    if view.run.status != phase_held or view.run.attempt != step.attempt:
        raise StaleStep(step.key)
    view.run.heartbeat_at = act.now
    return view


def prepare(session: Session, act: Act, step: Step) -> list[str]:
    """Enter the cases into the stage and name the batches of its opening."""
    view = hold(session, act, step)
    work = work_of(view.run.kind)
    admitted = work.admit(session, view)
    if admitted:
        record(session, act, view.round_id, [Entry("stage.admitted", view.subject, {"cases": admitted})])
    session.flush()
    return work.batches(session, view)


def do_batch(session: Session, act: Act, step: Step, batch: str) -> int:
    """Do one batch of the opening; returns how many cases it dealt with."""
    view = hold(session, act, step)
    return work_of(view.run.kind).work(session, act, view, batch)


def finish_opening(session: Session, act: Act, step: Step) -> Step | None:
    """End the opening. Where nobody has to act, the closing follows at once in the same run and is returned."""
    view = hold(session, act, step)
    work = work_of(view.run.kind)
    work.opened(session, act, view)
    view.run.opened_at = view.run.opened_at or act.now
    record(session, act, view.round_id, [Entry("stage.opened", view.subject)])
    if work.awaits_people(view):
        move_stage(view.run, StageStatus.OPEN)
        return None
    move_stage(view.run, StageStatus.CLOSING)
    return _take(session, act, view.run, view.round)


def finish_closing(session: Session, act: Act, step: Step) -> Step | None:
    """Decide and seal, then open the gate; a stage without sign-offs passes and the next opening is returned."""
    view = hold(session, act, step)
    work = work_of(view.run.kind)
    missing = _missing(session, act, view)
    if missing:
        move_stage(view.run, StageStatus.OPEN)
        record(session, act, view.round_id, [Entry("stage.not_ready", view.subject, {"missing": len(missing)})])
        return None
    returned = last_return(session, view.run_id)
    decision = work.decide(session, act, view)
    result = seal(session, act, view, decision, reason=returned.reason if returned else "")
    view.run.closed_at = act.now
    facts = {"result": result.digest, "inputs": result.inputs_digest, "rules": result.rules_digest}
    record(session, act, view.round_id, [Entry("stage.sealed", view.subject, facts)])
    make_checkpoint(session, act)
    if view.stage.signoffs:
        move_stage(view.run, StageStatus.AWAITING)
        open_gate(session, act, view, result)
        return None
    following = pass_stage(session, act, view, result)
    if following is None:
        return None
    move_stage(following, StageStatus.OPENING)
    return _take(session, act, following, view.round)


def request_close(session: Session, act: Act, run_id: int) -> None:
    """Ask for the closing of an open stage; refused with the list of what is missing."""
    view = stage_view(session, run_id)
    act.must("stage.close", view.round_id)
    if view.run.status in {StageStatus.CLOSING_DUE, StageStatus.CLOSING}:
        _must_be_own(session, act, view)
        return
    if view.run.status != StageStatus.OPEN:
        raise Refused(f"环节“{view.run.title}”不在办理中，不能结束；请核对现在的状态。")
    missing = _missing(session, act, view)
    if missing:
        raise Refused(f"环节“{view.run.title}”还不能结束：", missing)
    move_stage(view.run, StageStatus.CLOSING_DUE)
    _ask_again(view.run)
    record(session, act, view.round_id, [Entry("stage.close_requested", view.subject, {"attempt": view.run.attempt})])


def _must_be_own(session: Session, act: Act, view: StageView) -> None:
    """Repeating one's own request does no harm; whoever comes second to another person is told who was first."""
    query = (
        select(AuditEvent.actor, Account.name)
        .outerjoin(Account, col(Account.login) == AuditEvent.actor)
        .where(
            AuditEvent.act == "stage.close_requested",
            AuditEvent.subject == view.subject,
            AuditEvent.round_id == view.round_id,
        )
        .order_by(col(AuditEvent.seq).desc())
    )
    login, name = session.exec(query).first() or (act.actor.login, "")
    if login != act.actor.login:
        raise Refused(f"环节“{view.run.title}”已由{name or '系统'}请求结束，不必再办；请等待系统处理。")


def close_what_is_ready(session: Session, act: Act) -> list[str]:
    """Request the closing of stages that close by themselves (a notice whose period is over). Returns their names.

    A stage whose gate was returned waits for the staff's request: nothing may have changed since.
    """
    closed: list[str] = []
    for run in session.exec(select(StageRun).where(StageRun.status == StageStatus.OPEN)).all():
        view = stage_view(session, run.id or 0)
        work = work_of(run.kind)
        if not work.closes_itself or was_returned(session, view.run_id):
            continue
        if not _missing(session, act, view):
            request_close(session, act, view.run_id)
            closed.append(view.subject)
    return closed


def _missing(session: Session, act: Act, view: StageView) -> list[str]:
    """What stands in the way of closing: work still to be done, and corrections of earlier stages."""
    return [*work_of(view.run.kind).obstacles(session, act, view), *pending_corrections(session, view)]


def take_back_lost(session: Session, act: Act, *, lease: timedelta) -> list[tuple[Step, str | None]]:
    """Request again the steps whose run gave no sign of life for a lease. Returns them with their dead flow runs."""
    act.must("stage.run", None)
    query = select(StageRun).where(col(StageRun.status).in_(HELD), col(StageRun.heartbeat_at) < act.now - lease)
    lost: list[tuple[Step, str | None]] = []
    for run in session.exec(query).all():
        view = stage_view(session, run.id or 0)
        lost.append((_step(run, view.round.key), run.flow_run_id))
        move_stage(run, StageStatus.DUE if run.status == StageStatus.OPENING else StageStatus.CLOSING_DUE)
        _ask_again(run)
        facts = {"attempt": run.attempt, "lost_run": lost[-1][1]}
        record(session, act, view.round_id, [Entry("stage.lost", view.subject, facts)])
    return lost


def ask_again(session: Session, act: Act, step: Step, why: str) -> None:
    """Request a step anew because the flow run it was given to ended without claiming it."""
    view = stage_view(session, step.run_id)
    if view.run.status in REQUESTED and view.run.attempt == step.attempt:
        _ask_again(view.run)
        facts = {"attempt": view.run.attempt, "why": why}
        record(session, act, view.round_id, [Entry("stage.asked_again", view.subject, facts)])


def set_aside(session: Session, act: Act, step: Step, reason: str) -> None:
    """Keep a step that was refused from being tried again and again: it waits for staff, with the reason shown."""
    view = hold(session, act, step)
    move_stage(view.run, StageStatus.DUE if step.phase == "open" else StageStatus.CLOSING_DUE)
    view.run.refusal = reason
    facts = {"phase": step.phase, "attempt": step.attempt}
    record(session, act, view.round_id, [Entry("stage.refused", view.subject, facts, private={"reason": reason})])


def retry_step(session: Session, act: Act, run_id: int) -> None:
    """Ask again for a step that was refused, once staff have seen to the reason."""
    view = stage_view(session, run_id)
    act.must("stage.retry", view.round_id)
    if not view.run.refusal:
        raise Refused(f"环节“{view.run.title}”没有被搁置的步骤，无需重试。")
    view.run.refusal = ""
    _ask_again(view.run)
    record(session, act, view.round_id, [Entry("stage.retried", view.subject, {"attempt": view.run.attempt})])


def _ask_again(run: StageRun) -> None:
    run.attempt += 1
    run.dispatched_at = None
    run.flow_run_id = None


def _step(run: StageRun, round_key: str) -> Step:
    phase: Phase = "open" if run.status in {StageStatus.DUE, StageStatus.OPENING} else "close"
    assert run.id is not None
    return Step(run.id, round_key, run.key, run.kind, run.title, phase, run.attempt)
