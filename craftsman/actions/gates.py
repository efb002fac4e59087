"""Gates: passed by the sign-offs that the programme demands, or returned with a reason.

Who may sign stands in actions/signers.py, what must be met first in actions/preconditions.py.
"""

from collections import Counter

from sqlmodel import Session, select

from craftsman.actions.acting import Act, record
from craftsman.actions.checkpoints import make_checkpoint
from craftsman.actions.corrections import put_in_force
from craftsman.actions.doors import move_gate, move_nominations, move_stage
from craftsman.actions.gate_rows import gate_view, result_of, spare_signers, take_back
from craftsman.actions.grants import end_grants_of
from craftsman.actions.kinds.registry import work_of
from craftsman.actions.preconditions import checks_of
from craftsman.actions.record_letters import tell_signed
from craftsman.actions.signers import Signing, may_sign, sign_offs
from craftsman.actions.views import StageView, cases
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, Refused
from craftsman.rules.signing import still_missing
from models import GateStatus, Round, RoundStatus, SealedResult, SignOff, StageRun, StageStatus
from models.nomination import GONE


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
    seq = record(session, act, view.round_id, [Entry("gate.signed", view.subject, facts)])
    tell_signed(session, act, view, gate, seq)
    signed = Counter(sign.role for sign in sign_offs(session, gate_id))
    if still_missing(view.stage.signoffs, signed):
        return False
    move_gate(gate, GateStatus.APPROVED)
    gate.decided_at = act.now
    spare_signers(session, act, view, gate)
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


def _finish_round(session: Session, act: Act, round_: Round) -> None:
    round_.status = RoundStatus.FINISHED
    round_.finished_at = act.now
    record(session, act, round_.id, [Entry("round.finished", round_.key)])
    end_grants_of(session, act, round_)
    make_checkpoint(session, act)
