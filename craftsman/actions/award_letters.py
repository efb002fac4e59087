"""Letters after the announcement: one for each award, one to each recommending unit for those not chosen."""

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.announcement import awarded_people, awards_of
from craftsman.actions.lists import Listed
from craftsman.actions.notice import letter_head, put_letters
from craftsman.actions.views import StageView
from craftsman.audit.log import Entry
from craftsman.mail import outbox
from models import Award, Nomination, Organisation, Person


def tell_units(session: Session, act: Act, view: StageView) -> int:
    """Queue the award and regret letters; those queued before are left alone. Returns how many are new."""
    awards = awards_of(session, view.round_id)
    people = awarded_people(session, awards)
    told = [_tell_of_award(session, act, view, award, one) for award, one in zip(awards, people, strict=True)]
    queued = sum(told) + _tell_of_regret(session, act, view, {one.id for one in people})
    if queued:
        record(session, act, view.round_id, [Entry("letters.queued", view.subject, {"letters": queued})])
    return queued


def _tell_of_award(session: Session, act: Act, view: StageView, award: Award, one: Listed) -> int:
    titles = {tier.key: tier.title for tier in view.programme.rules.tiers}
    told = {
        **letter_head(view),
        "nominee_name": one.person.name,
        "tier_title": titles[award.tier],
        "certificate_no": award.certificate_no,
        "approval_no": view.programme.plan.approval_no or "",
        "link": f"{act.place.settings.public_url}/certificates/{award.certificate_no}",
    }
    return put_letters(session, act, view, f"award/{one.case_no}", [_letter("award", one.recommender, told)])


def _tell_of_regret(session: Session, act: Act, view: StageView, awarded: set[int]) -> int:
    """One letter to a unit, whoever of its people was not chosen and at whatever stage."""
    query = (
        select(Organisation, Nomination.id, Person.name)
        .join(Nomination, col(Nomination.organisation_id) == Organisation.id)
        .join(Person, col(Person.id) == Nomination.person_id)
        .where(Nomination.round_id == view.round_id)
        .order_by(col(Nomination.case_no))
    )
    units: dict[int, Organisation] = {}
    names: dict[int, list[str]] = {}
    for unit, nomination_id, name in session.exec(query).all():
        if nomination_id not in awarded:
            units[unit.id or 0] = unit
            names.setdefault(unit.id or 0, []).append(name)
    letters = [
        _letter("regret", unit, {**letter_head(view), "names": names[key], "count": len(names[key])})
        for key, unit in units.items()
    ]
    return put_letters(session, act, view, "regret", letters)


def _letter(letter: str, unit: Organisation, told: dict[str, object]) -> outbox.Letter:
    return outbox.Letter(letter, unit.email, unit.name, told)
