"""The ledger of 五进 of one calendar year: every visit, and how many of each kind each winner made."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.statuses import OUTREACH_STATUS, VENUES
from craftsman.actions.visibility import hidden_from
from craftsman.documents.workbook import Columns, tables_xlsx
from craftsman.errors import Forbidden, NotFound
from craftsman.rules.permissions import allowed
from models import Nomination, NominationStatus, Organisation, Outreach, OutreachStatus, Person, Round, Venue

TOTALS: Columns = (
    ("申报编号", 20),
    ("姓名", 12),
    ("工作单位", 36),
    *((word, 9) for word in VENUES.values()),
    ("合计", 8),
    ("参加人数", 10),
    ("待确认", 8),
)
VISITS: Columns = (
    ("编号", 7),
    ("日期", 12),
    ("姓名", 12),
    ("推荐单位", 14),
    ("五进", 9),
    ("接待单位", 28),
    ("主题", 30),
    ("人数", 8),
    ("状态", 16),
    ("确认人职务", 18),
)
COUNTED = frozenset({OutreachStatus.HELD, OutreachStatus.CONFIRMED})


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
    """What one winner did in the year: visits that were held, by kind, and how many people came."""

    case_no: str
    name: str
    unit: str
    visits: tuple[int, ...]
    audience: int
    unconfirmed: int

    @property
    def total(self) -> int:
        """Visits of all kinds."""
        return sum(self.visits)


@dataclass(frozen=True, slots=True)
class Ledger:
    """A year's visits and totals; only what was held counts."""

    year: int
    lines: tuple[LedgerLine, ...]
    winners: tuple[WinnerTotal, ...]

    @property
    def visits(self) -> tuple[int, ...]:
        """Visits by kind, of all winners."""
        return tuple(sum(one.visits[place] for one in self.winners) for place in range(len(Venue)))

    @property
    def audience(self) -> int:
        """How many people came."""
        return sum(one.audience for one in self.winners)


def ledger(session: Session, act: Act, year: int) -> Ledger:
    """The visits of a year that the actor may see: the office those of its rounds, a unit its own winners'.

    Forbidden without either.
    """
    query = (
        select(Outreach, Nomination, Person.name, Organisation.short)
        .join(Nomination, col(Nomination.id) == Outreach.nomination_id)
        .join(Person, col(Person.id) == Nomination.person_id)
        .join(Organisation, col(Organisation.id) == Nomination.organisation_id)
        .where(col(Outreach.held_on).between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(col(Outreach.held_on), col(Outreach.id))
    )
    rounds = [round_id or 0 for round_id in session.exec(select(Round.id)).all()]
    seen = [one for one in rounds if allowed("outreach.record", act.actor.roles(one)) or _reads(act, one)]
    if not seen:
        raise Forbidden("您没有查看五进台账的权限；如需查看，请联系活动办公室。")
    hidden = {number for one in seen for number in hidden_from(session, act, one)}
    found = session.exec(query.where(col(Outreach.round_id).in_(seen))).all()
    lines = tuple(
        _line(row, nomination, name, short)
        for row, nomination, name, short in found
        if nomination.case_no not in hidden
        and (_reads(act, row.round_id) or act.actor.organisation_id == nomination.organisation_id)
    )
    return Ledger(year, lines, _totals(lines))


def visit_of_ledger(session: Session, act: Act, number: int) -> tuple[Outreach, LedgerLine]:
    """One visit as `ledger` tells it. NotFound for one that the actor may not see."""
    row = session.get(Outreach, number)
    if row is not None:
        found = next((line for line in ledger(session, act, row.held_on.year).lines if line.number == number), None)
        if found is not None:
            return row, found
    raise NotFound(f"没有第 {number} 号活动，请从台账进入。")


def winners_to_visit(session: Session, act: Act) -> Sequence[tuple[str, str, str, str]]:
    """Round key, case number, name and unit of the winners whose visits the actor records, the latest rounds first."""
    rounds = {one.id or 0: one.key for one in session.exec(select(Round)).all()}
    mine = [number for number in rounds if allowed("outreach.record", act.actor.roles(number))]
    if not mine:
        raise Forbidden("您没有登记五进活动的权限；如需登记，请联系活动办公室。")
    hidden = {number for one in mine for number in hidden_from(session, act, one)}
    query = select(Nomination, Person.name).join(Person, col(Person.id) == Nomination.person_id)
    query = query.where(Nomination.status == NominationStatus.AWARDED, col(Nomination.round_id).in_(mine))
    return [
        (rounds[one.round_id], one.case_no, name, one.unit)
        for one, name in session.exec(query.order_by(col(Nomination.round_id).desc(), col(Nomination.case_no))).all()
        if one.case_no not in hidden and (_reads(act, one.round_id) or act.actor.organisation_id == one.organisation_id)
    ]


def ledger_xlsx(found: Ledger) -> bytes:
    """The year's report as a workbook: totals by winner, then every visit."""
    whole = WinnerTotal("合计", "", "", found.visits, found.audience, sum(one.unconfirmed for one in found.winners))
    tables: dict[str, tuple[Columns, list[Sequence[str | int]]]] = {
        "汇总": (TOTALS, [_total_row(one) for one in (*found.winners, whole)]),
        "明细": (VISITS, [_visit_row(one) for one in found.lines]),
    }
    return tables_xlsx(f"{found.year}年五进活动台账", tables)


def _total_row(one: WinnerTotal) -> Sequence[str | int]:
    return one.case_no, one.name, one.unit, *one.visits, one.total, one.audience, one.unconfirmed


def _visit_row(one: LedgerLine) -> Sequence[str | int]:
    place = one.number, one.held_on.isoformat(), one.name, one.recommender, one.where
    return *place, one.host, one.topic, one.audience, one.state, one.confirmed_as


def _reads(act: Act, round_id: int) -> bool:
    return allowed("nomination.read", act.actor.roles(round_id))


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
    )


def _totals(lines: Sequence[LedgerLine]) -> tuple[WinnerTotal, ...]:
    by_case: dict[str, list[LedgerLine]] = {}
    for line in lines:
        if line.status in COUNTED:
            by_case.setdefault(line.case_no, []).append(line)
    return tuple(_total(here) for _, here in sorted(by_case.items()))


def _total(here: Sequence[LedgerLine]) -> WinnerTotal:
    kinds = Counter(line.venue for line in here)
    return WinnerTotal(
        case_no=here[0].case_no,
        name=here[0].name,
        unit=here[0].unit,
        visits=tuple(kinds[venue] for venue in Venue),
        audience=sum(line.audience for line in here),
        unconfirmed=sum(line.status == OutreachStatus.HELD for line in here),
    )
