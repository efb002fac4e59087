"""What has no page yet is done here by the function under its command, so that each line can go when its page comes."""

from sqlmodel import Session, select

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.endorse import EndorsementIn, decide_endorsements
from craftsman.store.engine import transaction
from models import EndorsementDecision, Nomination
from tests.e2e.town import Town


def _act(session: Session, town: Town, login: str) -> Act:
    return Act(actor_by_login(session, login), town.place.now(), town.place)


def recommends(town: Town, login: str, *, declined: str = "") -> None:
    """County reviewer: `craftsman endorse`; no page takes decisions on recommendations yet."""
    with transaction(town.place.engine) as session:
        act = _act(session, town, login)
        mine = select(Nomination.case_no).where(Nomination.organisation_id == act.actor.organisation_id)
        decisions = [
            EndorsementIn(case_no, EndorsementDecision.DECLINE, reason="工作单位近两年有生产安全责任事故。")
            if case_no == declined
            else EndorsementIn(case_no, EndorsementDecision.RECOMMEND)
            for case_no in session.exec(mine.order_by(Nomination.case_no)).all()
        ]
        decide_endorsements(session, act, town.run_id("endorse"), decisions)
