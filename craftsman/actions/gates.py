"""Gates: opened with a sealed result, passed by the sign-offs that the programme demands, or returned with a reason.

Who may sign stands in actions/signers.py, what must be met first in actions/preconditions.py.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, holders, record
from craftsman.actions.deadlines import after_workdays
from craftsman.actions.doors import move_gate, move_nominations, move_stage
from craftsman.actions.invitations import invite
from craftsman.actions.kinds.base import reopen_entries
from craftsman.actions.kinds.registry import work_of
from craftsman.actions.preconditions import checks_of
from craftsman.actions.sealing import write_back
from craftsman.actions.signers import Signing, may_sign, sign_offs
from craftsman.actions.views import StageView, cases, stage_view
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.mail import outbox
from craftsman.rules.signing import still_missing
from models import (
    Gate,
    GateStatus,
    Round,
    RoundStatus,
    SealedResult,
    SignOff,
    StageRun,
    StageStatus,
)
from models.nomination import GONE

__all__ = ["approve_gate", "gate_view", "open_gate", "return_gate", "sign_offs", "take_back"]


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


def approve_gate(  # noqa: PLR0913  (the gate, then all by name)
    session: Session, act: Act, gate_id: int, *, digest: str, role: str, behalf: str = ""
) -> bool:
    """Sign a gate in a role under the digest that was seen. Returns whether the gate has now passed.

    `behalf` is the login of whom a delegate stands in for. Refused when the result changed since, a precondition is not
    met, the gate is decided, or the person signed before; Forbidden when the role is not demanded or not held. Passing
    moves the nominations and makes the next stage due, all in this transaction; approving a correction moves nobody.
    """
    gate, view = gate_view(session, gate_id)
    principal = may_sign(session, act, gate, view, Signing(role, behalf))
    if len(digest) < len(gate.digest):
        raise Invalid(f"指纹不完整，请粘贴全部 {len(gate.digest)} 位。")
    if digest != gate.digest:
        raise Refused("结果在您查看之后有变化，请刷新页面、核对新的结果后再签批。")
    if unmet := [check.told for check in checks_of(session, act, view, correction=gate.correction) if check.missing]:
        raise Refused("签批的条件尚未具备：", unmet)
    session.add(
        SignOff(
            gate_id=gate_id,
            account_id=act.actor.account,
            role=role,
            digest=digest,
            statement=view.stage.statement,
            signed_at=act.now,
            on_behalf_of=principal.id if principal else None,
        )
    )
    session.flush()
    facts = {"digest": digest, "as": role, **({"for": principal.login} if principal else {})}
    record(session, act, view.round_id, [Entry("gate.signed", view.subject, facts)])
    signed = Counter(sign.role for sign in sign_offs(session, gate_id))
    if still_missing(view.stage.signoffs, signed):
        return False
    move_gate(gate, GateStatus.APPROVED)
    gate.decided_at = act.now
    record(session, act, view.round_id, [Entry("gate.passed", view.subject, {"digest": digest})])
    result = result_of(session, gate)
    if gate.correction:
        put_in_force(session, act, view, result)
    else:
        pass_stage(session, act, view, result)
    return True


def return_gate(session: Session, act: Act, gate_id: int, *, reason: str, role: str) -> None:
    """Send the stage back with a reason and tell the staff, who close it again by an explicit request.

    Earlier sign-offs stay as history but count no more: the next closing opens a new gate. A correction that is
    returned is not made: the earlier result stands.
    """
    gate, view = gate_view(session, gate_id)
    may_sign(session, act, gate, view, Signing(role))
    if not reason.strip():
        raise Refused("退回须写明理由。")
    take_back(session, act, gate, view, reason=reason.strip(), facts={"as": role})


def take_back(  # noqa: PLR0913  (an act's two, the gate and its stage, then by name)
    session: Session, act: Act, gate: Gate, view: StageView, *, reason: str, facts: Mapping[str, object]
) -> None:
    """Return a waiting gate: by one of its signers, or by the system where its result rests on something void.

    The entries are again what they were when the cases came in, so that the same inputs seal the same result.
    """
    move_gate(gate, GateStatus.RETURNED)
    gate.decided_at, gate.reason = act.now, reason
    session.add(gate)
    record(session, act, view.round_id, [Entry("gate.returned", view.subject, {"reason": reason, **facts})])
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


def pass_stage(session: Session, act: Act, view: StageView, result: SealedResult) -> StageRun | None:
    """Let the stage pass: nominations move by its result. Returns the next stage, now due; None after the last."""
    move_stage(view.run, StageStatus.PASSED)
    work = work_of(view.run.kind)
    for outcome, status in work.standing.items():
        here = (case.nomination for case in cases(session, view.run_id, outcome))
        # merged or withdrawn after an earlier closing: it stays what it is
        there = [nomination for nomination in here if nomination.status not in GONE]
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


def put_in_force(session: Session, act: Act, view: StageView, result: SealedResult) -> None:
    """Let an approved correction count. Nobody is moved: what follows where outcomes differ is for people to decide."""
    changed = write_back(session, view, result)
    facts = {"result": result.digest, "supersedes": result.supersedes, "changed": changed}
    record(session, act, view.round_id, [Entry("correction.approved", view.subject, facts)])
    why = f"“{view.run.title}”的结果已经更正，须据此重新汇总"
    query = select(StageRun).where(StageRun.round_id == view.round_id, StageRun.position > view.run.position)
    for run in session.exec(query.where(StageRun.status == StageStatus.AWAITING)).all():
        later = stage_view(session, run.id or 0)
        gate = session.exec(select(Gate).where(Gate.stage_run_id == run.id, Gate.status == GateStatus.WAITING)).one()
        take_back(session, act, gate, later, reason=why, facts={"by": "correction"})
    if changed:
        told = {"matter": f"{view.run.title}的更正使 {'、'.join(changed)} 的结果不同，请提请有权决定的会议处理"}
        staff = [(account, told) for account in holders(session, "staff", view.round_id)]
        invite(session, act, view, "reminder", staff, event=f"correction/{result.number}")


def _finish_round(session: Session, act: Act, round_: Round) -> None:
    round_.status = RoundStatus.FINISHED
    round_.finished_at = act.now
    record(session, act, round_.id, [Entry("round.finished", round_.key)])
