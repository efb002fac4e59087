"""Nominees as the eligibility rules see them, and the facts of a round that the rules refer to."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.acting import Act
from craftsman.actions.people import birth_of
from craftsman.actions.views import Case, StageView
from craftsman.programme.programme import Programme
from craftsman.rules.classes import classes_of
from craftsman.rules.eligibility import Facts, number_key, winners_by_name
from craftsman.store.secrets import Secrets
from craftsman.workbook.columns import intake_of
from models import Nomination, Person
from models.nomination import GONE

HEAD = "单位负责人"


@dataclass(frozen=True, slots=True)
class Nominee:
    """A nominee as the rules see one; the birth day lives in memory only."""

    name: str
    unit: str
    uscc: str
    birth: date
    values: Mapping[str, Any]
    classes: frozenset[str]
    papers: Collection[str]
    filed_on: date

    def __repr__(self) -> str:
        """Return nothing of the person."""
        return "Nominee(…)"


def nominees_of(
    secrets: Secrets, programme: Programme, cases: Sequence[Case], papers: Mapping[int, frozenset[str]]
) -> list[Nominee]:
    """The nominees of some cases, in their order; `papers` are the kinds that are there, by nomination."""
    return [_nominee(secrets, programme, case, papers.get(case.id, frozenset())) for case in cases]


def _nominee(secrets: Secrets, programme: Programme, case: Case, papers: frozenset[str]) -> Nominee:
    return Nominee(
        name=case.person.name,
        unit=case.nomination.unit,
        uscc=case.nomination.uscc,
        birth=birth_of(secrets, case.person),
        values=case.nomination.details,
        classes=person_classes(programme, case.nomination, case.person),
        papers=papers,
        filed_on=clock.day(case.nomination.updated_at),
    )


def person_classes(programme: Programme, nomination: Nomination, person: Person) -> frozenset[str]:
    """The classes of people that a nominee belongs to, derived from the workbook's columns."""
    values: dict[str, object] = {
        **nomination.details,
        "sex": person.sex,
        "ethnicity": person.ethnicity,
        "region": nomination.region,
        "industry": nomination.industry,
        "seat": nomination.seat,
    }
    return classes_of(values, programme.rules.classes)


def facts_of(session: Session, act: Act, view: StageView) -> Facts:
    """The reference facts of the round that the rules ask for; one query."""
    programme = view.programme
    reference = programme.reference
    positions = reference.codes["position"]
    return Facts(
        year=programme.plan.year,
        codes=reference.codes,
        tiers={tier.key: tier.title for tier in programme.rules.tiers},
        head_positions=frozenset(code for code, title in positions.items() if title == HEAD),
        winners=winners_by_name(reference.past_winners),
        workdays=act.place.workdays,
        classes={one.key: one.title for one in programme.rules.classes},
        papers={paper.kind: paper.title for paper in intake_of(programme).papers},
        claims=_claims(session, view.round_id),
    )


def _claims(session: Session, round_id: int) -> Counter[str]:
    """How many nominees of the round claim each achievement."""
    claimed = col(Nomination.details)["achievement"].as_string()
    query = select(claimed).where(Nomination.round_id == round_id, col(Nomination.status).not_in(GONE))
    return Counter(key for number in session.exec(query).all() if (key := number_key(number or "")))
