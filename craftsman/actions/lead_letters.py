"""Letters about leads that wait: to the unit that one was sent to, and to whoever lets a deadline come near."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, holders
from craftsman.actions.letters import post
from craftsman.actions.views import read_programme
from craftsman.clock import day, last_day
from craftsman.mail import outbox
from models import Lead, LeadStatus, Organisation, Round

NO_DEADLINE = "尽快"


def tell_of_routing(session: Session, act: Act, lead: Lead, unit: Organisation) -> int:
    """Tell a unit that a lead waits for its decision; the letter names the receipt, never the person."""
    round_ = session.get_one(Round, lead.round_id)
    matter = f"线索 {lead.receipt_no} 已转交贵单位，请决定是否采纳"
    letter = _letter(act, round_, unit.email, unit.name, matter, lead.decide_by)
    return _put(session, act, round_, f"lead/{lead.receipt_no}/{unit.code}", [letter])


def remind_of_leads(session: Session, act: Act, *, before: timedelta) -> int:
    """Remind units, and the office of leads with no unit, of what is due soon or overdue; at most daily.

    A constant number of statements for each round with such leads; returns how many letters are new.
    """
    query = select(Lead).where(Lead.status == LeadStatus.FILED, col(Lead.decide_by) < act.now + before)
    waiting: dict[int, list[Lead]] = {}
    for lead in session.exec(query.order_by(col(Lead.id))).all():
        waiting.setdefault(lead.round_id, []).append(lead)
    return sum(_remind(session, act, session.get_one(Round, number), leads) for number, leads in waiting.items())


def _remind(session: Session, act: Act, round_: Round, leads: Sequence[Lead]) -> int:
    asked: dict[int | None, list[Lead]] = {}
    for lead in leads:
        asked.setdefault(lead.organisation_id, []).append(lead)
    units = session.exec(select(Organisation).where(col(Organisation.id).in_([one for one in asked if one]))).all()
    letters = [_due(act, round_, unit.email, unit.name, asked[unit.id]) for unit in units]
    if None in asked:
        staff = holders(session, "staff", round_.id or 0)
        letters += [_due(act, round_, one.email, one.name, asked[None]) for one in staff]
    return _put(session, act, round_, f"{round_.key}/leads/reminder/{day(act.now):%Y%m%d}", letters)


def _due(act: Act, round_: Round, email: str, name: str, leads: Sequence[Lead]) -> outbox.Letter:
    receipts = "、".join(lead.receipt_no for lead in leads[:5]) + ("等" if len(leads) > 5 else "")
    first = min(lead.decide_by for lead in leads if lead.decide_by)
    return _letter(act, round_, email, name, f"{len(leads)} 条线索（{receipts}）待决定", first)


def _letter(  # noqa: PLR0913, PLR0917  (what the letter says)
    act: Act, round_: Round, email: str, name: str, matter: str, until: datetime | None
) -> outbox.Letter:
    office = read_programme(round_.programme).rules.office
    context = {
        "round_title": round_.title,
        "office_name": office.name,
        "office_phone": office.phone,
        "matter": matter,
        "deadline": last_day(until) if until else NO_DEADLINE,
        "link": f"{act.place.settings.public_url}/rounds/{round_.key}/leads",
    }
    return outbox.Letter("reminder", email, name, context)


def _put(session: Session, act: Act, round_: Round, event_key: str, letters: Sequence[outbox.Letter]) -> int:
    return post(session, act, round_.id, event_key, letters)
