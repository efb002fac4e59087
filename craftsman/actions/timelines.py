"""Timelines: what the history tells of a round, of a person through the years, of an account; by number, not by page.

A page is found by the number of the event beside it, so that the last page of a million costs no more than the first.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, or_, select

from craftsman.actions.acting import TOLD, Act
from craftsman.actions.event_names import Names, names_in
from craftsman.actions.visibility import hidden_from, without_traces
from craftsman.audit.events import read_event
from craftsman.clock import CHINA
from craftsman.errors import Forbidden, NotFound
from craftsman.rules.access import Denial
from craftsman.rules.permissions import allowed
from models import Account, AuditEvent, Award, Lead, Merge, Nomination, Objection, Person, Round

PAGE = 50
_UNTOLD: Mapping[str, object] = {"facts": {}, "files": [], "committed": {}}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are asked for; what is empty asks nothing. `acts` are several, `act` is one of them or any.

    `before` and `after` are the numbers between which a page lies: older than the one, or newer than the other.
    """

    acts: Collection[str] = ()
    act: str = ""
    stage: str = ""
    subject: str = ""
    actor: str = ""
    first_day: date | None = None
    last_day: date | None = None
    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of events, the newest first; `newer` and `older` are the numbers from which one goes on, 0 at the end."""

    bodies: Sequence[Mapping[str, Any]]
    newer: int
    older: int
    names: Names = field(default_factory=Names)


def round_timeline(session: Session, act: Act, round_: Round, wanted: Wanted) -> Timeline:
    """A round's events. Those of cases hidden from the actor are left out, and then the facts of all others too."""
    act.must("audit.read", round_.id)
    hidden = hidden_from(session, act, round_.id or 0)
    narrow = wanted.subject or wanted.stage or wanted.actor
    # a sum is no column: where something rarer is asked for, the database must not walk through all of the round
    here = (col(AuditEvent.round_id) + 0 if narrow else col(AuditEvent.round_id)) == round_.id
    conditions = [here, *([AuditEvent.subject == f"{round_.key}/{wanted.stage}"] if wanted.stage else [])]
    return page_of(session, wanted, conditions, hidden)


def case_timeline(session: Session, act: Act, nominations: Sequence[Nomination], wanted: Wanted) -> Timeline:
    """Events of one person's cases, in all rounds that the actor may read; see `cases_of_person`."""
    hidden = _hidden_in(session, act, {one.round_id for one in nominations})
    if any(one.case_no in hidden for one in nominations):
        raise NotFound(f"没有申报 {nominations[0].case_no}，请核对申报编号。")
    conditions = [col(AuditEvent.subject).in_(numbers_of(session, nominations))]
    return page_of(session, wanted, [*conditions, *_about_stage(wanted.stage)], hidden)


def account_timeline(session: Session, act: Act, account: Account, wanted: Wanted, *, about: bool = False) -> Timeline:
    """All that an account did, log-ins and refusals too; or, `about` it, what was done to the account."""
    rounds = trail_rounds(session, act)
    hidden = _hidden_in(session, act, rounds)
    who = AuditEvent.subject == f"account/{account.login}" if about else AuditEvent.actor == account.login
    where = or_(col(AuditEvent.round_id).is_(None), col(AuditEvent.round_id).in_(rounds))
    return page_of(session, wanted, [who, where, *_about_stage(wanted.stage)], hidden)


def office_timeline(session: Session, act: Act, wanted: Wanted) -> Timeline:
    """Events of certain acts, of whatever round, such as refusals."""
    rounds = trail_rounds(session, act)
    where = or_(col(AuditEvent.round_id).is_(None), col(AuditEvent.round_id).in_(rounds))
    return page_of(session, wanted, [where], _hidden_in(session, act, rounds))


def cases_of_person(session: Session, act: Act, case_no: str) -> list[Nomination]:
    """The nominations of the person of a case, this one first, then of all rounds that the actor may read."""
    nomination = session.exec(select(Nomination).where(Nomination.case_no == case_no)).first()
    if nomination is None:
        raise NotFound(f"没有申报 {case_no}，请核对申报编号。")
    act.must("audit.read", nomination.round_id)
    same = select(Person.id_index).where(Person.id == nomination.person_id).scalar_subquery()
    query = (
        select(Nomination)
        .join(Person, col(Person.id) == Nomination.person_id)
        # an erased person has no index any more, and is nobody's namesake
        .where(Person.id_index == same, Person.id_index != "", Nomination.id != nomination.id)
        .order_by(col(Nomination.id).desc())
    )
    others = [one for one in session.exec(query).all() if act.may("audit.read", one.round_id)]
    return [nomination, *others]


def numbers_of(session: Session, nominations: Sequence[Nomination]) -> list[str]:
    """All names by which the history knows these cases: cases, objections, certificates, leads, merged numbers."""
    ids = [one.id for one in nominations]
    numbers = [one.case_no for one in nominations]
    found = [
        *session.exec(select(Objection.receipt_no).where(col(Objection.nomination_id).in_(ids))).all(),
        *session.exec(select(Award.certificate_no).where(col(Award.nomination_id).in_(ids))).all(),
        *session.exec(select(Lead.receipt_no).where(col(Lead.nomination_id).in_(ids))).all(),
        *session.exec(select(Merge.merged).where(col(Merge.kept).in_(numbers))).all(),
    ]
    views = [f"view/case/{number}" for number in numbers]
    return sorted({*numbers, *views, *(one for one in found if one)})


def trail_rounds(session: Session, act: Act) -> list[int]:
    """The rounds in which the actor may read what accounts did. Forbidden where there is none."""
    if not allowed("trail.read", {role for role, _ in act.actor.grants}):
        raise Forbidden(TOLD[Denial.ROLE], asked="trail.read")
    return [one or 0 for one in session.exec(select(Round.id)).all() if act.may("trail.read", one)]


def page_of(
    session: Session, wanted: Wanted, conditions: Sequence[ColumnElement[bool] | bool], hidden: Collection[str]
) -> Timeline:
    """One page of what fits: three queries, one more where days are asked for, a few where something is hidden."""
    asked = [*conditions, *_asked(session, wanted), *without_traces(session, hidden)]
    seq = col(AuditEvent.seq)
    newer = bool(wanted.after) and not wanted.before
    bounds = [seq > wanted.after] if newer else [seq < wanted.before] if wanted.before else []
    query = select(AuditEvent.seq, AuditEvent.body).where(*asked, *bounds)
    rows = list(session.exec(query.order_by(seq if newer else seq.desc()).limit(PAGE + 1)).all())
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if newer:
        rows.reverse()
    bodies = [read_event(body) | (dict(_UNTOLD) if hidden else {}) for _, body in rows]
    if not rows:
        return Timeline([], 0, 0)
    went_back = bool(wanted.before) or (newer and more)
    bounds = rows[0][0] if went_back else 0, rows[-1][0] if more or newer else 0
    return Timeline(bodies, *bounds, names_in(session, bodies))


def _asked(session: Session, wanted: Wanted) -> list[ColumnElement[bool] | bool]:
    found: list[ColumnElement[bool] | bool] = []
    if wanted.acts:
        found.append(col(AuditEvent.act).in_(sorted(wanted.acts)))
    if wanted.act:
        found.append(AuditEvent.act == wanted.act)
    if wanted.subject:
        found.append(AuditEvent.subject == wanted.subject)
    if wanted.actor:
        found.append(AuditEvent.actor == wanted.actor)
    return [*found, *_within(session, wanted.first_day, wanted.last_day)]


def _within(session: Session, first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    """Events of these days; told to the database as numbers too, by which it then begins where they lie."""
    at = col(AuditEvent.at)
    days = [at >= _midnight(first)] if first else []
    days += [at < _midnight(last + timedelta(days=1))] if last else []
    if not days:
        return []
    low, high = session.exec(select(func.min(AuditEvent.seq), func.max(AuditEvent.seq)).where(*days)).one()
    return [*days, col(AuditEvent.seq).between(low or 0, high or 0)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, CHINA)


def midnight_of(now: datetime) -> datetime:
    """The midnight in China with which the day of an instant began."""
    return _midnight(now.astimezone(CHINA).date())


def _about_stage(stage: str) -> list[ColumnElement[bool]]:
    if not stage:
        return []
    named = col(AuditEvent.subject).endswith(f"/{stage}", autoescape=True)
    return [or_(named, col(AuditEvent.body).contains(f'"stage":"{stage}"', autoescape=True))]


def _hidden_in(session: Session, act: Act, rounds: Collection[int]) -> frozenset[str]:
    return frozenset().union(*(hidden_from(session, act, one) for one in sorted(rounds)))
