"""Letters of a contest: results posted to the units, appeals told to the office, rulings to the unit."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, holders
from craftsman.actions.invitations import invite
from craftsman.actions.notice import letter_head, put_letters
from craftsman.actions.views import StageView
from craftsman.clock import until
from craftsman.mail.outbox import Letter
from models import Appeal, AppealStatus, ContestPosting, Nomination, Organisation

DECISIONS = {AppealStatus.UPHELD: "申诉成立", AppealStatus.DISMISSED: "申诉不成立"}
CONSEQUENCES = {
    AppealStatus.UPHELD: "有关评分表已退回裁判重评，重评之后另行发布成绩。",
    AppealStatus.DISMISSED: "原成绩不变。",
}


def tell_results(session: Session, act: Act, view: StageView, posting: ContestPosting) -> int:
    """One letter for each unit with contestants; it names them by number, no points. How many are new."""
    theirs: dict[int, list[str]] = {}
    query = select(Nomination.organisation_id, Nomination.case_no).where(Nomination.round_id == view.round_id)
    for unit_id, case_no in session.exec(query.order_by(col(Nomination.case_no))).all():
        if case_no in posting.results:
            theirs.setdefault(unit_id, []).append(case_no)
    link = f"{act.place.settings.public_url}/rounds/{view.round.key}/stages/{view.run.key}/results"
    told = {**_head(view), "due": until(posting.due_at), "link": link}
    letters = [
        Letter("contest-posted", unit.email, unit.name, {**told, "case_nos": "、".join(theirs[unit.id or 0])})
        for unit in _units(session, theirs)
    ]
    return put_letters(session, act, view, f"posted/{posting.number}", letters)


def tell_office(session: Session, act: Act, view: StageView, appeal: Appeal) -> None:
    """Ask the staff to rule on an appeal."""
    told = {"matter": f"{view.run.title}有一件申诉（第 {appeal.id} 号）待裁定"}
    staff = [(account, told) for account in holders(session, "staff", view.round_id)]
    invite(session, act, view, "reminder", staff, event=f"appeal/{appeal.id}")


def tell_ruling(session: Session, act: Act, view: StageView, appeal: Appeal, case_no: str) -> int:
    """Tell the unit what became of its appeal."""
    nomination = session.get_one(Nomination, appeal.nomination_id)
    told = {
        **_head(view),
        "case_no": case_no,
        "decision": DECISIONS[appeal.status],
        "ruling": appeal.ruling,
        "consequence": CONSEQUENCES[appeal.status],
    }
    units = _units(session, [nomination.organisation_id])
    letters = [Letter("appeal-ruling", unit.email, unit.name, told, about=[case_no]) for unit in units]
    return put_letters(session, act, view, f"appeal/{appeal.id}/ruled", letters)


def _head(view: StageView) -> dict[str, object]:
    return {**letter_head(view), "stage_title": view.run.title}


def _units(session: Session, ids: Collection[int]) -> list[Organisation]:
    query = select(Organisation).where(col(Organisation.id).in_(ids))
    return list(session.exec(query.order_by(col(Organisation.id))).all())
