"""Winners and 五进: whose visits somebody sees and records, and who had no visit yet; found and paged in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, exists, func, or_, select

from craftsman.actions.acting import Act
from craftsman.actions.visibility import hidden_from
from craftsman.errors import Forbidden
from craftsman.store.engine import once
from models import Nomination, NominationStatus, Organisation, Outreach, OutreachStatus, Person, Round

COUNTED = frozenset({OutreachStatus.HELD, OutreachStatus.CONFIRMED})


@dataclass(frozen=True, slots=True)
class Unvisited:
    """A winner who has had no visit yet; `planned_on` is the first planned day, `records` whether one may plan it."""

    round_key: str
    round_title: str
    case_no: str
    name: str
    unit: str
    recommender: str
    planned_on: date | None
    records: bool


def unvisited(
    session: Session, act: Act, year: int, *, offset: int = 0, limit: int | None = None
) -> tuple[Unvisited, ...]:
    """Winners up to a year whom no visit was held of by its end, the latest rounds first; or a page of them.

    They are those whose visits the actor sees. Forbidden without any.
    """
    planned = select(func.min(Outreach.held_on)).where(
        Outreach.nomination_id == Nomination.id, Outreach.status == OutreachStatus.PLANNED
    )
    found = select(Round, Nomination.case_no, Person.name, Nomination.unit)
    found = found.add_columns(col(Organisation.short), planned.scalar_subquery())
    query = _unvisited(session, act, year, found)
    query = query.order_by(col(Round.year).desc(), col(Round.id).desc(), col(Nomination.case_no))
    return tuple(
        Unvisited(round_.key, round_.title, *told, records=act.may("outreach.record", round_.id))
        for round_, *told in session.exec(query.offset(offset).limit(limit)).all()
    )


def count_unvisited(session: Session, act: Act, year: int) -> int:
    """How many there are for `unvisited`."""
    return session.exec(_unvisited(session, act, year, select(func.count(col(Nomination.id))))).one()


def winners_to_visit(session: Session, act: Act) -> Sequence[tuple[str, str, str, str]]:
    """Round key, case number, name and unit of the winners whose visits the actor records, the latest rounds first."""
    mine = [number for number in _rounds(session) if act.may("outreach.record", number)]
    if not mine:
        raise Forbidden("您没有登记五进活动的权限；如需登记，请联系活动办公室。")
    query: Any = select(Round.key, Nomination.case_no, Person.name, Nomination.unit).select_from(Nomination)
    query = query.join(Person, col(Person.id) == Nomination.person_id).join(Round, col(Round.id) == Nomination.round_id)
    query = query.where(Nomination.status == NominationStatus.AWARDED, *_own(session, act, mine))
    found = session.exec(query.order_by(col(Nomination.round_id).desc(), col(Nomination.case_no))).all()
    return [(key, number, name, unit) for key, number, name, unit in found]


def seen_cases(session: Session, act: Act) -> list[ColumnElement[bool]]:
    """Conditions of the nominations whose visits the actor may see. Forbidden where that is nothing."""
    seen = [one for one in _rounds(session) if act.may("outreach.record", one) or act.may("nomination.read", one)]
    if not seen:
        raise Forbidden("您没有查看五进台账的权限；如需查看，请联系活动办公室。")
    return _own(session, act, seen)


def _unvisited(session: Session, act: Act, year: int, query: Any) -> Any:
    held = exists().where(
        col(Outreach.nomination_id) == Nomination.id,
        col(Outreach.status).in_(COUNTED),
        col(Outreach.held_on) <= date(year, 12, 31),
    )
    return (
        query.select_from(Nomination)
        .join(Person, col(Person.id) == Nomination.person_id)
        .join(Organisation, col(Organisation.id) == Nomination.organisation_id)
        .join(Round, col(Round.id) == Nomination.round_id)
        .where(Nomination.status == NominationStatus.AWARDED, Round.year <= year, ~held, *seen_cases(session, act))
    )


def _own(session: Session, act: Act, rounds: Sequence[int]) -> list[ColumnElement[bool]]:
    """Cases of these rounds that are not hidden: all that the office reads, else those of the own unit."""
    hidden = {number for one in rounds for number in hidden_from(session, act, one)}
    # no unit is unit 0: `None` would be no condition at all
    mine = col(Nomination.organisation_id) == (act.actor.organisation_id or 0)
    reads = col(Nomination.round_id).in_([one for one in rounds if act.may("nomination.read", one)])
    return [col(Nomination.round_id).in_(rounds), col(Nomination.case_no).not_in(hidden), or_(reads, mine)]


def _rounds(session: Session) -> list[int]:
    return once(session, "round ids", lambda: [one or 0 for one in session.exec(select(Round.id)).all()])
