"""All dates of a round: what was planned of each stage, what became of it, deadlines, periods and reminders."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from craftsman import clock
from craftsman.actions.rounds import stages_of
from craftsman.actions.views import read_programme
from craftsman.actions.workplace import Workplace
from craftsman.errors import Invalid
from craftsman.programme.programme import Programme
from craftsman.programme.schema import NoticeStage
from craftsman.rules.redating import workday_number
from craftsman.rules.workdays import DayReason, period
from models import Gate, Message, Nomination, Notice, Objection, Round, StageRun
from models.objection import OPEN_OBJECTIONS


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage as planned and as it went; `workdays` are those of the plan, `late` says how its end was missed."""

    key: str
    title: str
    status: str
    opens: datetime
    closes: datetime
    workdays: int
    opened_at: datetime | None
    closed_at: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class Dated:
    """One thing that happens at a moment, or on a `whole` day; `link` leads to where it is seen to."""

    at: datetime
    what: str
    kind: str
    link: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class NoticePeriod:
    """A term of publicity day by day: of a posted notice, or planned where none is posted yet."""

    title: str
    planned: bool
    first: date
    last: date | None
    days: Sequence[DayReason]
    lines: Sequence[str]
    link: str = ""


@dataclass(frozen=True, slots=True)
class RoundCalendar:
    """The calendar of a round."""

    stages: Sequence[StageLine]
    dates: Sequence[Dated]
    periods: Sequence[NoticePeriod]


def round_calendar(session: Session, place: Workplace, round_: Round, hidden: Collection[str] = ()) -> RoundCalendar:
    """All dates of a round; what tells of hidden cases is left out. Five queries."""
    programme = read_programme(round_.programme)
    runs = stages_of(session, round_.id or 0)
    notices = _notices(session, runs)
    now = place.now()
    dates = [
        *_of_stages(round_, programme, runs),
        *_of_gates(session, runs),
        *_of_notices(notices),
        *_of_objections(session, round_, hidden),
        *_of_reminders(session, round_),
        Dated(_noon(programme.plan.announce_on), "计划发布名单", "planned", whole=True),
    ]
    return RoundCalendar(
        [_line(programme, run, place, now) for run in runs],
        sorted(dates, key=lambda one: one.at),
        [*map(_posted, notices)] or list(_planned(programme, place)),
    )


def _line(programme: Programme, run: StageRun, place: Workplace, now: datetime) -> StageLine:
    opens, closes = programme.planned(run.key)
    first, last = clock.day(opens), clock.day(closes)
    days = workday_number(last, first, place.workdays) + 1
    late = (run.closed_at or now) > closes and run.opened_at is not None
    status = run.status.value
    return StageLine(run.key, run.title, status, opens, closes, days, run.opened_at, run.closed_at, late)


def _of_stages(round_: Round, programme: Programme, runs: Sequence[StageRun]) -> Iterator[Dated]:
    for run in runs:
        opens, closes = programme.planned(run.key)
        link = f"/rounds/{round_.key}/stages/{run.key}"
        yield Dated(opens, f"计划开启“{run.title}”", "planned", link)
        yield Dated(closes, f"计划截止“{run.title}”", "planned", link)
        if run.opened_at:
            yield Dated(run.opened_at, f"开启“{run.title}”", "actual", link)
        if run.closed_at:
            yield Dated(run.closed_at, f"“{run.title}”结果封存", "actual", link)


def _of_gates(session: Session, runs: Sequence[StageRun]) -> Iterator[Dated]:
    titles = {run.id: run.title for run in runs}
    query = select(Gate).where(col(Gate.stage_run_id).in_(titles)).order_by(col(Gate.id))
    for gate in session.exec(query).all():
        title, link = titles[gate.stage_run_id], f"/gates/{gate.id}"
        yield Dated(gate.opened_at, f"“{title}”提请签批", "actual", link)
        if gate.due_at:
            yield Dated(gate.due_at, f"“{title}”签批期限", "deadline", link)
        if gate.decided_at:
            yield Dated(
                gate.decided_at, f"“{title}”签批{'通过' if gate.status == 'approved' else '退回'}", "actual", link
            )


def _notices(session: Session, runs: Sequence[StageRun]) -> Sequence[Notice]:
    query = select(Notice).where(col(Notice.stage_run_id).in_([run.id for run in runs]))
    return session.exec(query.where(col(Notice.posted_at).is_not(None)).order_by(col(Notice.id))).all()


def _of_notices(notices: Sequence[Notice]) -> Iterator[Dated]:
    for one in notices:
        if one.posted_at:
            yield Dated(one.posted_at, f"发布《{one.title}》", "actual", f"/notices/{one.id}")
        if one.ends_on:
            yield Dated(
                _noon(one.ends_on), f"《{one.title}》公示最后一天", "deadline", f"/notices/{one.id}", whole=True
            )


def _posted(one: Notice) -> NoticePeriod:
    first = one.starts_on or (clock.day(one.posted_at) if one.posted_at else date.min)
    return NoticePeriod(one.title, False, first, one.ends_on, (), one.explanation, f"/notices/{one.id}")


def _planned(programme: Programme, place: Workplace) -> Iterator[NoticePeriod]:
    for stage in programme.rules.stages:
        if isinstance(stage, NoticeStage):
            first = clock.day(programme.planned(stage.key)[0])
            yield _counted(stage, first, place)


def _counted(stage: NoticeStage, first: date, place: Workplace) -> NoticePeriod:
    try:
        found = period(
            first,
            stage.days,
            place.workdays,
            count_posting_day=stage.count_posting_day,
            natural=stage.natural_days,
        )
    except Invalid as unknown:
        return NoticePeriod(stage.title, True, first, None, (), [unknown.reason])
    return NoticePeriod(stage.title, True, first, found.end, found.days, found.explain())


def _of_objections(session: Session, round_: Round, hidden: Collection[str]) -> Iterator[Dated]:
    query = (
        select(Objection)
        .join(Nomination, col(Nomination.id) == Objection.nomination_id)
        .where(Nomination.round_id == round_.id, col(Nomination.case_no).not_in(hidden))
        .where(col(Objection.status).in_(OPEN_OBJECTIONS))
    )
    for one in session.exec(query.order_by(col(Objection.id))).all():
        link = f"/rounds/{round_.key}/objections"
        if one.accepted_at is None and one.accept_by:
            yield Dated(one.accept_by, f"异议 {one.receipt_no} 决定受理的期限", "deadline", link)
        elif one.investigate_by:
            yield Dated(one.investigate_by, f"异议 {one.receipt_no} 查清的期限", "deadline", link)


def _of_reminders(session: Session, round_: Round) -> Iterator[Dated]:
    """Reminders by the day on which they were written, with their number."""
    query = select(Message.queued_at).where(Message.round_id == round_.id, Message.letter == "reminder")
    for times in _by_day(session.exec(query).all()).values():
        yield Dated(min(times), f"催办函 {len(times)} 封", "reminder")


def _by_day(times: Sequence[datetime]) -> dict[date, list[datetime]]:
    found: dict[date, list[datetime]] = {}
    for one in times:
        found.setdefault(clock.day(one), []).append(one)
    return found


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=clock.CHINA)
