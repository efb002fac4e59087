"""Gates: opened with a sealed result, passed by the sign-offs that the programme demands, or returned with a reason."""

from collections import Counter
from collections.abc import Sequence

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, holders, record
from craftsman.actions.doors import move_gate, move_nominations, move_stage
from craftsman.actions.kinds.registry import work_of
from craftsman.actions.sealing import latest_result
from craftsman.actions.views import StageView, cases, stage_view
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.mail import outbox
from craftsman.rules.signing import still_missing
from craftsman.store.bulk import update_rows
from models import (
    Gate,
    GateStatus,
    Outcome,
    Round,
    RoundStatus,
    SealedResult,
    SignOff,
    StageEntry,
    StageRun,
    StageStatus,
)


def open_gate(session: Session, act: Act, view: StageView, result: SealedResult) -> Gate:
    """Open the gate of a sealed result and tell those who may sign it."""
    gate = Gate(
        round_id=view.round_id,
        stage_run_id=view.run_id,
        number=result.number,
        digest=result.digest,
        opened_at=act.now,
    )
    session.add(gate)
    session.flush()
    record(session, act, view.round_id, [Entry("gate.opened", view.subject, {"digest": gate.digest})])
    _invite_signers(session, act, view, gate)
    return gate


def _invite_signers(session: Session, act: Act, view: StageView, gate: Gate) -> None:
    signers = {
        account.email: account
        for demand in view.stage.signoffs
        for account in holders(session, demand.role, view.round_id)
    }
    letters = [
        outbox.Letter(
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
    key = f"{view.subject}/gate/{gate.number}"
    domain = outbox.domain_of(act.place.settings.mail_sender)
    outbox.put(session, round_id=view.round_id, event_key=key, letters=letters, now=act.now, domain=domain)


def gate_view(session: Session, gate_id: int) -> tuple[Gate, StageView]:
    """A gate with its stage, or NotFound."""
    gate = session.get(Gate, gate_id)
    if gate is None:
        raise NotFound("没有这个签批关口。")
    return gate, stage_view(session, gate.stage_run_id)


def sign_offs(session: Session, gate_id: int) -> Sequence[SignOff]:
    """Those who signed a gate, in order."""
    return session.exec(select(SignOff).where(SignOff.gate_id == gate_id).order_by(col(SignOff.id))).all()


def approve_gate(session: Session, act: Act, gate_id: int, *, digest: str, role: str) -> bool:
    """Sign a gate in a role under the digest that was seen. Returns whether the gate has now passed.

    Refused when the result changed since, the gate is decided, or the person signed before; Forbidden when the role
    is not demanded or not held. Passing moves the nominations and makes the next stage due, all in this transaction.
    """
    gate, view = gate_view(session, gate_id)
    _may_sign(session, act, gate, view, role=role)
    if digest != gate.digest:
        raise Refused("结果在您查看之后有变化，请刷新页面、核对新的结果后再签批。")
    session.add(
        SignOff(
            gate_id=gate_id,
            account_id=act.actor.account,
            role=role,
            digest=digest,
            statement=view.stage.statement,
            signed_at=act.now,
        )
    )
    session.flush()
    record(session, act, view.round_id, [Entry("gate.signed", view.subject, {"digest": digest, "as": role})])
    signed = Counter(sign.role for sign in sign_offs(session, gate_id))
    if still_missing(view.stage.signoffs, signed):
        return False
    move_gate(gate, GateStatus.APPROVED)
    gate.decided_at = act.now
    record(session, act, view.round_id, [Entry("gate.passed", view.subject, {"digest": digest})])
    result = latest_result(session, view.run_id)
    assert result is not None
    pass_stage(session, act, view, result)
    return True


def return_gate(session: Session, act: Act, gate_id: int, *, reason: str, role: str) -> None:
    """Send the stage back with a reason. Earlier sign-offs stay as history but count no more: a new gate is opened."""
    gate, view = gate_view(session, gate_id)
    _may_sign(session, act, gate, view, role=role)
    if not reason.strip():
        raise Refused("退回须写明理由。")
    move_gate(gate, GateStatus.RETURNED)
    gate.decided_at, gate.reason = act.now, reason.strip()
    move_stage(view.run, StageStatus.OPEN)
    pending = [
        {"id": case.entry.id, "outcome": Outcome.PENDING} for case in cases(session, view.run_id, Outcome.ADVANCE)
    ]
    update_rows(session, StageEntry, pending)
    record(session, act, view.round_id, [Entry("gate.returned", view.subject, {"reason": gate.reason, "as": role})])


def _may_sign(session: Session, act: Act, gate: Gate, view: StageView, *, role: str) -> None:
    act.must("gate.sign", view.round_id)
    if gate.status != GateStatus.WAITING:
        raise Refused("该关口已经办结，无需再签。")
    if role not in {demand.role for demand in view.stage.signoffs} or role not in act.actor.roles(view.round_id):
        raise Forbidden("本关口不需要您以此身份签批。")
    if any(sign.account_id == act.actor.account for sign in sign_offs(session, gate.id or 0)):
        raise Refused("您已签批过本关口；同一人不能签两次。")


def pass_stage(session: Session, act: Act, view: StageView, result: SealedResult) -> StageRun | None:
    """Let the stage pass: nominations move by its result. Returns the next stage, now due; None after the last."""
    move_stage(view.run, StageStatus.PASSED)
    work = work_of(view.run.kind)
    for outcome, status in work.standing.items():
        there = [case.nomination for case in cases(session, view.run_id, outcome)]
        moved = move_nominations(session, there, status)
        record(session, act, view.round_id, [Entry(f"nomination.{status}", number) for number in moved])
    work.passed(session, act, view)
    record(session, act, view.round_id, [Entry("stage.passed", view.subject, {"result": result.digest})])
    query = select(StageRun).where(StageRun.round_id == view.round_id, StageRun.position == view.run.position + 1)
    following = session.exec(query).first()
    if following is None:
        _finish_round(session, act, view.round)
        return None
    move_stage(following, StageStatus.DUE)
    following.attempt += 1
    session.add(following)
    return following


def _finish_round(session: Session, act: Act, round_: Round) -> None:
    round_.status = RoundStatus.FINISHED
    round_.finished_at = act.now
    record(session, act, round_.id, [Entry("round.finished", round_.key)])
