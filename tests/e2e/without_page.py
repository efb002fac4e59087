"""What has no page yet is done here by the function under its command, so that each line can go when its page comes."""

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.endorse import EndorsementIn, decide_endorsements
from craftsman.actions.rounds import open_round
from craftsman.actions.substitutes import promote_substitute, propose_substitute
from craftsman.store.engine import transaction
from models import EndorsementDecision, Nomination, Organisation, Promotion
from tests.e2e.town import UNITS, Town, settle


def _act(session: Session, town: Town, login: str) -> Act:
    return Act(actor_by_login(session, login), town.place.now(), town.place)


def opens_the_round(town: Town, login: str) -> None:
    """Staff: `craftsman round open`; the page 开新一届 takes its place."""
    with transaction(town.place.engine) as session:
        open_round(session, _act(session, town, login), town.programme)
    with transaction(town.place.engine) as session:
        found = session.exec(select(Organisation).where(col(Organisation.code).in_(UNITS))).all()
        units = {unit.code: unit.id or 0 for unit in found}
    settle(town, units)


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


def proposes_the_substitute(town: Town, login: str) -> None:
    """Staff: `craftsman substitute propose`; the page 递补 takes its place."""
    with transaction(town.place.engine) as session:
        resolution = {"resolution": "领导小组会议纪要（虚构）", "document_no": "示例组〔2025〕3号"}
        propose_substitute(session, _act(session, town, login), town.run_id("notice"), **resolution)


def confirms_the_substitute(town: Town, login: str) -> None:
    """Verifier: `craftsman substitute confirm`; the page 递补 takes its place."""
    with transaction(town.place.engine) as session:
        number = session.exec(select(Promotion.id)).one() or 0
        promote_substitute(session, _act(session, town, login), number)
