"""What a correction leaves for people to decide: the gates after it wait until the decision is recorded."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, holders, record
from craftsman.actions.conflicts import refuse_concerned
from craftsman.actions.invitations import invite
from craftsman.actions.views import StageView, cases, stage_view
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from models import AuditEvent, FollowUp, SealedResult, StageRun

REQUESTED = "correction.requested"
CONCERNED = "其中有您须回避的人选，须由其他复核人员登记决定；没有其他人员的，请联系活动办公室增补。"


def open_follow_up(session: Session, act: Act, view: StageView, result: SealedResult, matter: str) -> None:
    """Leave something about a stage to people, once for each correction, and tell the staff."""
    same = select(FollowUp.id).where(FollowUp.stage_run_id == view.run_id, FollowUp.cause == result.digest)
    if session.exec(same).first() is not None:
        return
    found = FollowUp(
        round_id=view.round_id, stage_run_id=view.run_id, cause=result.digest, matter=matter, opened_at=act.now
    )
    session.add(found)
    session.flush()
    facts = {"number": found.id, "result": result.digest, "matter": matter}
    record(session, act, view.round_id, [Entry("follow_up.opened", view.subject, facts)])
    staff = [(account, {"matter": matter}) for account in holders(session, "staff", view.round_id)]
    invite(session, act, view, "reminder", staff, event=f"follow-up/{found.id}")


def resolve_follow_up(session: Session, act: Act, number: int, *, decision: str, authority: str) -> None:
    """Record what was decided, and by which document; by a verifier who did not ask for the correction themself."""
    found = session.get(FollowUp, number)
    if found is None:
        raise NotFound(f"没有第 {number} 号更正后续事项；请用 craftsman round follow-ups 查看。")
    act.must("correction.resolve", found.round_id)
    view = stage_view(session, found.stage_run_id)
    refuse_concerned(session, view.round_id, act.actor.account, cases(session, view.run_id), CONCERNED)
    _refuse_who_asked(session, act, found)
    if found.resolved_at is not None:
        raise Refused(f"第 {number} 号更正后续事项已经办结。")
    if not (decision.strip() and authority.strip()):
        raise Invalid("须写明所作的决定和依据的文件（文号或会议）。")
    found.decision, found.authority = decision.strip(), authority.strip()
    found.resolved_by, found.resolved_at = act.actor.account, act.now
    told = {"decision": found.decision, "authority": found.authority}
    entry = Entry("follow_up.resolved", view.subject, {"number": number}, private=told)
    record(session, act, found.round_id, [entry])


def _refuse_who_asked(session: Session, act: Act, found: FollowUp) -> None:
    query = select(AuditEvent.seq).where(
        AuditEvent.round_id == found.round_id, AuditEvent.act == REQUESTED, AuditEvent.actor == act.actor.login
    )
    if session.exec(query).first() is not None:
        raise Forbidden("更正由您提请，后续事项须由其他人员登记决定。")


def follow_ups_of(session: Session, round_id: int) -> Sequence[tuple[FollowUp, str]]:
    """The follow-ups of a round with the titles of their stages, those resolved too, in order."""
    query = select(FollowUp, StageRun.title).join(StageRun).where(FollowUp.round_id == round_id)
    return session.exec(query.order_by(col(FollowUp.id))).all()


def open_lines(session: Session, round_id: int, *, up_to: int | None = None) -> list[str]:
    """Chinese lines of what is not yet decided; only of stages up to a position where one is given."""
    query = select(FollowUp).join(StageRun).where(FollowUp.round_id == round_id, col(FollowUp.resolved_at).is_(None))
    if up_to is not None:
        query = query.where(StageRun.position <= up_to)
    found = session.exec(query.order_by(col(FollowUp.id))).all()
    return [f"第 {one.id} 号：{one.matter}" for one in found]
