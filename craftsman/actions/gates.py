"""Gates: opened with a sealed result, passed by the sign-offs that the programme demands, or returned with a reason.

Four eyes, in full: each sign-off of a gate is another person's, in a role that the programme demands, under the digest
that was seen; whoever did the stage's work (posted the import, closed it) may sign once as staff, so that the verifier
is always somebody else; and whoever a case of the stage concerns (as its nominee, by its employer's USCC, by a
declared recusal) neither signs nor returns, for a gate decides on the list as a whole (docs/adr/0016).
"""

from collections import Counter
from collections.abc import Sequence

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, holders, record
from craftsman.actions.conflicts import conflict_table
from craftsman.actions.doors import move_gate, move_nominations, move_stage
from craftsman.actions.invitations import invite
from craftsman.actions.kinds.base import reopen_entries
from craftsman.actions.kinds.registry import work_of
from craftsman.actions.sealing import latest_result
from craftsman.actions.views import StageView, cases, stage_view
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.mail import outbox
from craftsman.rules.signing import still_missing
from models import (
    Account,
    AuditEvent,
    Gate,
    GateStatus,
    Role,
    Round,
    RoundStatus,
    SealedResult,
    SignOff,
    StageRun,
    StageStatus,
)
from models.nomination import GONE


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
    if len(digest) < len(gate.digest):
        raise Invalid(f"指纹不完整，请粘贴全部 {len(gate.digest)} 位。")
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
    """Send the stage back with a reason and tell the staff, who close it again by an explicit request.

    The entries are again what they were when the cases came in, so that the same inputs seal the same result. Earlier
    sign-offs stay as history but count no more: the next closing opens a new gate.
    """
    gate, view = gate_view(session, gate_id)
    _may_sign(session, act, gate, view, role=role)
    if not reason.strip():
        raise Refused("退回须写明理由。")
    move_gate(gate, GateStatus.RETURNED)
    gate.decided_at, gate.reason = act.now, reason.strip()
    move_stage(view.run, StageStatus.OPEN)
    reopen_entries(session, view)
    record(session, act, view.round_id, [Entry("gate.returned", view.subject, {"reason": gate.reason, "as": role})])
    told = {"matter": f"{view.run.title}的结果已被签批人退回，请按退回理由办理后重新结束该环节"}
    staff = [(account, told) for account in holders(session, "staff", view.round_id)]
    invite(session, act, view, "reminder", staff, event=f"returned/{gate.number}")


def was_returned(session: Session, run_id: int) -> bool:
    """Whether the last gate of a stage was returned: such a stage closes by nobody's word but the staff's."""
    query = select(Gate.status).where(Gate.stage_run_id == run_id).order_by(col(Gate.number).desc())
    return session.exec(query).first() == GateStatus.RETURNED


def _may_sign(session: Session, act: Act, gate: Gate, view: StageView, *, role: str) -> None:
    act.must("gate.sign", view.round_id)
    if gate.status != GateStatus.WAITING:
        raise Refused("该关口已经办结，无需再签。")
    if role not in {demand.role for demand in view.stage.signoffs} or role not in act.actor.roles(view.round_id):
        raise Forbidden("本关口不需要您以此身份签批。")
    if any(sign.account_id == act.actor.account for sign in sign_offs(session, gate.id or 0)):
        raise Refused("您已签批过本关口；同一人不能签两次。")
    _refuse_own_work(session, act, view, role=role)
    refuse_concerned(session, act, view)


def _refuse_own_work(session: Session, act: Act, view: StageView, *, role: str) -> None:
    """Who closed the stage or brought in its workbooks does not verify it, whatever roles they hold."""
    if role != Role.VERIFIER:
        return
    done = {"stage.close_requested": view.subject}
    if view.run.kind == "intake":
        done["intake.imported"] = f"{view.round.key}/import"
    query = select(AuditEvent.act, AuditEvent.subject).where(
        AuditEvent.round_id == view.round_id,
        AuditEvent.actor == act.actor.login,
        col(AuditEvent.act).in_(done),
    )
    if any(done[what] == subject for what, subject in session.exec(query.distinct()).all()):
        raise Forbidden("本环节由您经办（导入或提请结束），须由其他人员复核签批。")


def refuse_concerned(session: Session, act: Act, view: StageView) -> None:
    """Who is a nominee, shares a nominee's employer or declared a recusal leaves the stage's gate to others."""
    signer = session.get_one(Account, act.actor.account)
    concerned = conflict_table(
        session, view.round_id, [signer], cases(session, view.run_id), ("self", "same_unit", "declared")
    )
    if concerned:
        raise Forbidden(
            "本环节的人选中有您本人、与您同一单位的人或您已申报回避的人，须由同一身份的其他人员签批；"
            "没有其他人员的，请联系活动办公室增补。",
            sorted(number for _, number in concerned),
        )


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
