"""Four eyes, in full: who may sign which gate (docs/adr/0016).

Each sign-off of a gate is another person's, in a role that the programme demands; whoever did the stage's work (posted
the import, closed it, asked for its correction) may sign once as staff, so that the verifier is always somebody else;
nobody signs two levels of the endorsement; whoever a case of the stage concerns neither signs nor returns, for a gate
decides on the list as a whole. A delegate must satisfy all of it, and so must whom the delegate stands in for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.conflicts import refuse_concerned
from craftsman.actions.delegations import standing_for
from craftsman.actions.follow_ups import REQUESTED
from craftsman.actions.levels import decided_level, signed_level
from craftsman.actions.views import StageView, cases
from craftsman.errors import Forbidden, Refused
from craftsman.rules.access import Relation, denial
from craftsman.rules.signing import still_missing
from models import Account, AuditEvent, Gate, GateStatus, SignOff

CONCERNED = (
    "本环节的人选中有您须回避的人（本人、同一单位、已申报回避或有其他关系），须由同一身份的其他人员签批；"
    "没有其他人员的，请联系活动办公室增补。"
)


@dataclass(frozen=True, slots=True)
class Signing:
    """In which role somebody signs, and the login of whom they stand in for; empty for themselves."""

    role: str
    behalf: str = ""


def sign_offs(session: Session, gate_id: int) -> Sequence[SignOff]:
    """Those who signed a gate, in order."""
    return session.exec(select(SignOff).where(SignOff.gate_id == gate_id).order_by(col(SignOff.id))).all()


def may_sign(session: Session, act: Act, gate: Gate, view: StageView, signing: Signing) -> Account | None:
    """Refused or Forbidden unless the actor may sign the gate in that role; returns whom a delegate stands in for."""
    act.must("gate.sign", view.round_id)
    if gate.status != GateStatus.WAITING:
        raise Refused("该关口已经办结，无需再签。")
    act.must("gate.sign", view.round_id, phase=view.phase)
    if signing.role not in {demand.role for demand in view.stage.signoffs}:
        raise Forbidden("本关口不需要您以此身份签批。")
    principal = standing_for(session, act, view, role=signing.role, behalf=signing.behalf) if signing.behalf else None
    if principal is None and signing.role not in act.actor.roles(view.round_id):
        raise Forbidden("本关口不需要您以此身份签批。")
    for one in {act.actor.account, principal.id if principal else act.actor.account}:
        _refuse_twice(session, gate, view, one or 0)
        _refuse_own_work(session, view, one or 0, role=signing.role)
        refuse_signer(session, view, one or 0)
    _refuse_surplus(session, gate, view, role=signing.role)
    return principal


def signable(session: Session, act: Act, gate: Gate, view: StageView, roles: Sequence[str]) -> tuple[list[str], str]:
    """Those of the actor's own roles in which they may sign the gate, and why they may in none; empty where they do."""
    free: list[str] = []
    barred = ""
    for role in roles:
        try:
            may_sign(session, act, gate, view, Signing(role))
        except Refused as refused:
            barred = refused.reason
        else:
            free.append(role)
    return free, "" if free else barred


def _refuse_surplus(session: Session, gate: Gate, view: StageView, *, role: str) -> None:
    """Refused where the role has signed as often as is demanded, with who did it."""
    signed = [sign for sign in sign_offs(session, gate.id or 0) if sign.role == role]
    if role in still_missing(view.stage.signoffs, {role: len(signed)}):
        return
    names = [session.get_one(Account, sign.account_id).name for sign in signed]
    raise Refused(f"{'、'.join(names)}已以此身份签批过本关口，不必再签。")


def refuse_signer(session: Session, view: StageView, account_id: int) -> None:
    """Forbidden to whom a case of the stage concerns: the list is one document."""
    refuse_concerned(session, view.round_id, account_id, cases(session, view.run_id), CONCERNED)


def _refuse_twice(session: Session, gate: Gate, view: StageView, account_id: int) -> None:
    signed = sign_offs(session, gate.id or 0)
    if account_id in {one for sign in signed for one in (sign.account_id, sign.on_behalf_of)}:
        raise Refused("您已签批过本关口；同一人不能签两次。")
    if view.run.kind != "endorse":
        return
    if (title := signed_level(session, view, account_id)) is not None:
        raise Forbidden(f"您已签批过“{title}”；同一人不能签批两级推荐，须由其他人员签批。")
    here = [case.id for case in cases(session, view.run_id)]
    if (title := decided_level(session, view, account_id, here)) is not None:
        raise Forbidden(f"您在“{title}”对其中的人选作过推荐决定；同一人不能经手两级推荐，须由其他人员签批。")


def _refuse_own_work(session: Session, view: StageView, account_id: int, *, role: str) -> None:
    """Who closed the stage or brought in its workbooks or likes does not verify it, whatever roles they hold."""
    if denial("gate.sign", [role], Relation.MADE) is None:
        return
    done = {"stage.close_requested": view.subject, REQUESTED: view.subject}
    if view.run.kind == "intake":
        done["intake.imported"] = f"{view.round.key}/import"
    if view.run.kind == "tally":
        done["tally.imported"] = view.subject
    query = select(AuditEvent.act, AuditEvent.subject).where(
        AuditEvent.round_id == view.round_id,
        AuditEvent.actor == session.get_one(Account, account_id).login,
        col(AuditEvent.act).in_(done),
    )
    if any(done[what] == subject for what, subject in session.exec(query.distinct()).all()):
        raise Forbidden("本环节由您经办（导入、提请结束或提请更正），须由其他人员复核签批。")
