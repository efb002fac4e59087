"""The visits of 五进 of one calendar year: every one, and how many of each kind each winner made; counted in SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case
from sqlmodel import Session, col, func, select

from craftsman.actions.acting import Act
from craftsman.actions.outreach_winners import COUNTED, Unvisited, seen_cases, unvisited
from craftsman.actions.statuses import OUTREACH_STATUS, VENUES
from craftsman.errors import NotFound
from models import Nomination, Organisation, Outreach, OutreachStatus, Person, Venue


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One visit."""

    number: int
    case_no: str
    name: str
    unit: str
    recommender: str
    venue: Venue
    held_on: date
    host: str
    topic: str
    audience: int
    status: OutreachStatus
    confirmed_as: str
    demonstration: bool

    @property
    def where(self) -> str:
        """Which of the five, in Chinese."""
        return VENUES[self.venue]

    @property
    def state(self) -> str:
        """Where it stands, in Chinese."""
        return OUTREACH_STATUS[self.status]


@dataclass(frozen=True, slots=True)
class WinnerTotal:
    """What one winner did in the year: visits that were held, by kind, and how many people came.

    Of the visits, `unconfirmed` wait for their host's slip, and `demonstrations` are marked as 示范活动.
    """

    case_no: str
    name: str
    unit: str
    visits: tuple[int, ...]
    audience: int
    unconfirmed: int
    demonstrations: int

    @property
    def total(self) -> int:
        """Visits of all kinds."""
        return sum(self.visits)


@dataclass(frozen=True, slots=True)
class Ledger:
    """A year's visits and totals, of what was held; and the winners who had no visit by its end."""

    year: int
    lines: tuple[LedgerLine, ...]
    winners: tuple[WinnerTotal, ...]
    unvisited: tuple[Unvisited, ...] = ()

    @property
    def visits(self) -> tuple[int, ...]:
        """Visits by kind, of all winners."""
        return tuple(sum(one.visits[place] for one in self.winners) for place in range(len(Venue)))

    @property
    def demonstrations(self) -> int:
        """How many visits were 示范活动."""
        return sum(one.demonstrations for one in self.winners)

    @property
    def audience(self) -> int:
        """How many people came."""
        return sum(one.audience for one in self.winners)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which visits are looked for; empty for all. `words` stand in the name of the winner."""

    venue: str = ""
    state: str = ""
    words: str = ""
    demonstration: bool = False


def ledger(session: Session, act: Act, year: int) -> Ledger:
    """The visits of a year that the actor may see: the office those of its rounds, a unit its own winners'.

    Forbidden without either.
    """
    lacking = unvisited(session, act, year)
    return Ledger(year, visits_of(session, act, year), totals_of(session, act, year), lacking)


def visits_of(  # noqa: PLR0913  (the year, then which, by name)
    session: Session,
    act: Act,
    year: int,
    sought: Sought | None = None,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[LedgerLine, ...]:
    """Those visits by day, or the part of them that a page shows."""
    query = _joined(select(Outreach, Nomination, Person.name, Organisation.short))
    query = query.where(*seen_cases(session, act), *_sought(year, sought or Sought()))
    query = query.order_by(col(Outreach.held_on), col(Outreach.id)).offset(offset).limit(limit)
    return tuple(_line(*row) for row in session.exec(query).all())


def count_visits(session: Session, act: Act, year: int, sought: Sought) -> int:
    """How many there are for `visits_of`."""
    query = _joined(select(func.count(col(Outreach.id))))
    return session.exec(query.where(*seen_cases(session, act), *_sought(year, sought))).one()


def totals_of(session: Session, act: Act, year: int) -> tuple[WinnerTotal, ...]:
    """What each winner did in the year, of visits that took place; counted by the database."""
    who = col(Nomination.case_no), col(Person.name), col(Nomination.unit)
    unconfirmed = func.sum(case((col(Outreach.status) == OutreachStatus.HELD, 1), else_=0))
    marked = func.sum(case((col(Outreach.demonstration), 1), else_=0))
    sums = col(Outreach.venue), func.count(col(Outreach.id)), func.sum(Outreach.audience), unconfirmed, marked
    query: Any = _joined(select(*who).add_columns(*sums))
    query = query.where(*seen_cases(session, act), *_sought(year, Sought()), col(Outreach.status).in_(COUNTED))
    by_case: dict[tuple[str, str, str], dict[Venue, tuple[int, ...]]] = {}
    for number, name, unit, venue, *counts in session.exec(query.group_by(*who, col(Outreach.venue))).all():
        by_case.setdefault((number, name, unit), {})[Venue(venue)] = tuple(counts)
    return tuple(_total(*one, by_case[one]) for one in sorted(by_case))


def visit_of_ledger(session: Session, act: Act, number: int) -> tuple[Outreach, LedgerLine]:
    """One visit as `ledger` tells it. NotFound for one that the actor may not see."""
    query = _joined(select(Outreach, Nomination, Person.name, Organisation.short))
    found = session.exec(query.where(*seen_cases(session, act), Outreach.id == number)).first()
    if found is None:
        raise NotFound(f"没有第 {number} 号活动，请从台账进入。")
    return found[0], _line(*found)


def _joined(query: Any) -> Any:
    return (
        query.select_from(Outreach)
        .join(Nomination, col(Nomination.id) == Outreach.nomination_id)
        .join(Person, col(Person.id) == Nomination.person_id)
        .join(Organisation, col(Organisation.id) == Nomination.organisation_id)
    )


def _sought(year: int, sought: Sought) -> list[ColumnElement[bool]]:
    found = [col(Outreach.held_on).between(date(year, 1, 1), date(year, 12, 31))]
    found += [col(Outreach.venue) == Venue(sought.venue)] if sought.venue in {*Venue} else []
    found += [col(Outreach.status) == OutreachStatus(sought.state)] if sought.state in {*OutreachStatus} else []
    found += [col(Outreach.demonstration).is_(True)] if sought.demonstration else []
    return found + [col(Person.name).contains(word, autoescape=True) for word in sought.words.split()]


def _line(row: Outreach, nomination: Nomination, name: str, short: str) -> LedgerLine:
    return LedgerLine(
        number=row.id or 0,
        case_no=nomination.case_no,
        name=name,
        unit=nomination.unit,
        recommender=short,
        venue=row.venue,
        held_on=row.held_on,
        host=row.host,
        topic=row.topic,
        audience=row.audience,
        status=row.status,
        confirmed_as=row.confirmed_as,
        demonstration=row.demonstration,
    )


def _total(case_no: str, name: str, unit: str, kinds: Mapping[Venue, tuple[int, ...]]) -> WinnerTotal:
    visits = tuple(kinds.get(venue, (0,))[0] for venue in Venue)
    audience, unconfirmed, marked = (sum(one[place] for one in kinds.values()) for place in (1, 2, 3))
    return WinnerTotal(case_no, name, unit, visits, audience, unconfirmed, marked)
