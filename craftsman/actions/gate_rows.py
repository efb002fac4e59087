"""The rows of gates: opened with a sealed result, found again, taken back. Who may sign them stands in signers.py."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, holders, record
from craftsman.actions.deadlines import after_workdays
from craftsman.actions.doors import move_gate, move_stage
from craftsman.actions.invitations import invite
from craftsman.actions.kinds.base import reopen_entries
from craftsman.actions.letters import post, take_back_event
from craftsman.actions.preconditions import checks_of
from craftsman.actions.views import StageView, stage_view
from craftsman.audit.log import Entry
from craftsman.errors import NotFound
from craftsman.mail.outbox import Letter
from models import Gate, GateStatus, SealedResult, StageStatus


def open_gate(session: Session, act: Act, view: StageView, result: SealedResult, *, correction: bool = False) -> Gate:
    """Open the gate of a sealed result, with its preconditions as they stand, and tell those who may sign it."""
    gate = Gate(
        round_id=view.round_id,
        stage_run_id=view.run_id,
        number=result.number,
        digest=result.digest,
        opened_at=act.now,
        correction=correction,
        due_at=_due(act, view),
        checks=[check.as_kept() for check in checks_of(session, act, view, correction=correction)],
    )
    session.add(gate)
    session.flush()
    record(session, act, view.round_id, [Entry("gate.opened", view.subject, {"digest": gate.digest})])
    _invite_signers(session, act, view, gate)
    return gate


def _due(act: Act, view: StageView) -> datetime | None:
    days = view.stage.gate_days
    if not days:
        return None
    return after_workdays(act.now, days, act.place.workdays)


def _invite_signers(session: Session, act: Act, view: StageView, gate: Gate) -> None:
    signers = {
        account.email: account
        for demand in view.stage.signoffs
        for account in holders(session, demand.role, view.round_id)
    }
    letters = [
        Letter(
            "gate-waiting",
            account.email,
            account.name,
            {
                "round_title": view.round.title,
                "stage_title": view.run.title,
                "office_name": view.programme.rules.office.name,
                "office_phone": view.programme.rules.office.phone,
                "link": f"{act.place.settings.public_url}/gates/{gate.id}",
            },
        )
        for account in signers.values()
    ]
    post(session, act, view.round_id, f"{view.subject}/gate/{gate.number}", letters)


def spare_signers(session: Session, act: Act, view: StageView, gate: Gate) -> None:
    """Nobody is asked any more for a signature on a gate that is decided."""
    take_back_event(session, act, view.round_id, {"gate-waiting", "reminder"}, f"{view.subject}/gate/{gate.number}")


def gate_view(session: Session, gate_id: int) -> tuple[Gate, StageView]:
    """A gate with its stage, or NotFound."""
    gate = session.get(Gate, gate_id)
    if gate is None:
        raise NotFound("没有这个签批关口。")
    return gate, stage_view(session, gate.stage_run_id)


def waiting_gate(session: Session, run_id: int) -> Gate | None:
    """The gate of a stage that waits for signatures, if any."""
    query = select(Gate).where(Gate.stage_run_id == run_id, Gate.status == GateStatus.WAITING)
    return session.exec(query).first()


def take_back(  # noqa: PLR0913  (an act's two, the gate and its stage, then by name)
    session: Session, act: Act, gate: Gate, view: StageView, *, reason: str, facts: Mapping[str, object]
) -> None:
    """Return a waiting gate: by one of its signers, or by the system where its result rests on something void.

    The entries are again what they were when the cases came in, so that the same inputs seal the same result.
    """
    move_gate(gate, GateStatus.RETURNED)
    gate.decided_at, gate.reason = act.now, reason
    session.add(gate)
    spare_signers(session, act, view, gate)
    record(session, act, view.round_id, [Entry("gate.returned", view.subject, facts, private={"reason": reason})])
    if gate.correction:
        return
    move_stage(view.run, StageStatus.OPEN)
    session.add(view.run)
    reopen_entries(session, view)
    told = {"matter": f"{view.run.title}的结果已被退回，请按退回理由办理后重新结束该环节"}
    staff = [(account, told) for account in holders(session, "staff", view.round_id)]
    invite(session, act, view, "reminder", staff, event=f"returned/{gate.number}")


def result_of(session: Session, gate: Gate) -> SealedResult:
    """The sealed result that a gate is the door of."""
    query = select(SealedResult).where(
        SealedResult.stage_run_id == gate.stage_run_id, SealedResult.number == gate.number
    )
    return session.exec(query).one()


def was_returned(session: Session, run_id: int) -> bool:
    """Whether the last gate of a stage was returned: such a stage closes by nobody's word but the staff's."""
    return last_return(session, run_id) is not None


def last_return(session: Session, run_id: int) -> Gate | None:
    """The last gate of a stage if it was returned: its reason is why the next result supersedes the one before."""
    gate = session.exec(select(Gate).where(Gate.stage_run_id == run_id).order_by(col(Gate.number).desc())).first()
    return gate if gate is not None and gate.status == GateStatus.RETURNED else None
