"""Letters after the announcement: one for each award, one to each recommending unit for those not chosen."""

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.announcement import awarded_people, awards_of
from craftsman.actions.letters import take_back_stale
from craftsman.actions.lists import Listed
from craftsman.actions.notice import letter_head, put_letters
from craftsman.actions.sealing import canonical, digest
from craftsman.actions.views import StageView
from craftsman.audit.log import Entry
from craftsman.mail.outbox import Letter
from models import Award, AwardStatus, Nomination, Organisation, Person

REGRET = "regret"


def tell_units(session: Session, act: Act, view: StageView) -> int:
    """Queue the award and regret letters; those queued before are left alone. Returns how many are new."""
    awards = awards_of(session, view.round_id)
    people = awarded_people(session, awards)
    pairs = zip(awards, people, strict=True)
    told = [_of_award(act, view, award, one) for award, one in pairs if award.status != AwardStatus.REVOKED]
    queued = put_letters(session, act, view, "award", told)
    queued += _tell_of_regret(session, act, view, {one.id for one in people})
    if queued:
        record(session, act, view.round_id, [Entry("letters.queued", view.subject, {"letters": queued})])
    return queued


def _of_award(act: Act, view: StageView, award: Award, one: Listed) -> Letter:
    titles = {tier.key: tier.title for tier in view.programme.rules.tiers}
    context = {
        **letter_head(view),
        "nominee_name": one.person.name,
        "tier_title": titles[award.tier],
        "certificate_no": award.certificate_no,
        "approval_no": view.programme.plan.approval_no or "",
        "link": f"{act.place.settings.public_url}/certificates/{award.certificate_no}",
    }
    unit = one.recommender
    return Letter("award", unit.email, unit.name, context, about=[one.case_no], part=one.case_no)


def _tell_of_regret(session: Session, act: Act, view: StageView, awarded: set[int]) -> int:
    """One letter to a unit, whoever of its people was not chosen and at whatever stage; drafts of other lists go."""
    query = (
        select(Organisation, Nomination, Person.name)
        .join(Nomination, col(Nomination.organisation_id) == Organisation.id)
        .join(Person, col(Person.id) == Nomination.person_id)
        .where(Nomination.round_id == view.round_id)
        .order_by(col(Nomination.case_no))
    )
    units: dict[int, Organisation] = {}
    named: dict[int, dict[str, str]] = {}
    for unit, nomination, name in session.exec(query).all():
        if nomination.id not in awarded:
            units[unit.id or 0] = unit
            named.setdefault(unit.id or 0, {})[nomination.case_no] = name
    letters = [_of_regret(view, unit, named[key]) for key, unit in units.items()]
    take_back_stale(session, act, view.round_id, f"{view.subject}/{REGRET}", letters)
    return put_letters(session, act, view, REGRET, letters)


def _of_regret(view: StageView, unit: Organisation, named: dict[str, str]) -> Letter:
    context = {**letter_head(view), "names": list(named.values()), "count": len(named)}
    part = digest(canonical(list(named)))[:16]
    return Letter("regret", unit.email, unit.name, context, about=list(named), part=part)
