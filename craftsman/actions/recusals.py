"""Recusal declared by the person concerned: their sheets are void at once, and what follows is seen to by rule."""

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.late_recusal import give_up_for
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound, Refused
from models import BallotTicket, Nomination, Recusal, StageEntry, StageRun, StageStatus


def declare_recusal(session: Session, act: Act, nomination_id: int, reason: str) -> None:
    """Take no part in a nomination: sheets of it are void whenever they were given; see actions/late_recusal.py.

    Declared again, it changes nothing. Refused while a result is being summed up, and after the actor has cast a ballot
    with this candidate on it, for a paper cannot be found again.
    """
    nomination = session.get(Nomination, nomination_id)
    if nomination is None:
        raise NotFound("没有这份申报。")
    act.must("recusal.declare", nomination.round_id)
    if not reason.strip():
        raise Invalid("请写明回避的理由。")
    if _declared_before(session, act, nomination_id):
        return
    _refuse_voted(session, act, nomination_id)
    session.add(
        Recusal(
            round_id=nomination.round_id,
            account_id=act.actor.account,
            nomination_id=nomination_id,
            reason=reason.strip(),
            declared_at=act.now,
        )
    )
    session.flush()
    record(session, act, nomination.round_id, [Entry("recusal.declared", nomination.case_no)])
    give_up_for(session, act, nomination.round_id, act.actor.account)


def _declared_before(session: Session, act: Act, nomination_id: int) -> bool:
    query = select(Recusal.id).where(Recusal.account_id == act.actor.account, Recusal.nomination_id == nomination_id)
    return session.exec(query).first() is not None


def _refuse_voted(session: Session, act: Act, nomination_id: int) -> None:
    query = (
        select(BallotTicket.id)
        .join(StageRun, col(StageRun.id) == BallotTicket.stage_run_id)
        .join(StageEntry, col(StageEntry.stage_run_id) == BallotTicket.stage_run_id)
        .where(BallotTicket.account_id == act.actor.account, StageEntry.nomination_id == nomination_id)
        .where(col(BallotTicket.cast_at).is_not(None), StageRun.status != StageStatus.PASSED)
    )
    if session.exec(query).first() is not None:
        raise Refused("您已投票，票面无从查找，不能再申报回避；请联系活动办公室。")
