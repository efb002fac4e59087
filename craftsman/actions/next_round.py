"""The next round out of the last one: its plan moved to another year, and the opening under a plan or a year's file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from craftsman import clock
from craftsman.actions.acting import Act
from craftsman.actions.reference import current_lists
from craftsman.actions.rounds import open_round, rounds
from craftsman.actions.views import read_programme, round_by_key
from craftsman.actions.workplace import Workplace
from craftsman.clock import CHINA
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.programme.load import list_programmes, load_programme
from craftsman.programme.programme import Programme, RoundPlan, StageDates
from craftsman.programme.workday_table import WorkdayTable
from craftsman.rules.redating import moved_day
from models import Round

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a round may be opened from: an opened round, or a year of a programme in the configuration."""

    key: str
    title: str
    slug: str
    year: int
    opened: bool


def origins(session: Session, act: Act) -> list[Origin]:
    """Opened rounds, the latest year first, then the years of the configuration that are not opened yet."""
    act.must("round.open", None)
    known = sorted(rounds(session), key=lambda one: (-one.year, one.slug))
    found = [Origin(one.key, one.title, one.slug, one.year, opened=True) for one in known]
    there = {one.key for one in found}
    configured = list_programmes(act.place.settings.config_dir)
    return found + [
        Origin(f"{slug}-{year}", f"{slug} {year}", slug, year, opened=False)
        for slug, years in configured.items()
        for year in years
        if f"{slug}-{year}" not in there
    ]


def next_plan(  # noqa: PLR0913  (an act's three, then all by name)
    session: Session, act: Act, origin: str, *, year: int, start: date, seed: int = 0
) -> tuple[str, RoundPlan]:
    """The programme of an origin, and its plan moved to a year whose first stage opens on `start`.

    Numbers that are given anew each year are left empty; a seed of 0 is one that has yet to be chosen. Refused for a
    year that is open already, Invalid for a day long before the year.
    """
    act.must("round.open", None)
    slug, before = _plan_of(session, act, origin)
    _must_be_new(session, slug, year)
    if not year - 1 <= start.year <= year:
        raise Invalid(f"{year} 年度的第一个环节应在 {year - 1} 年或 {year} 年开启，请核对开启日期。")
    return slug, moved_plan(before, year=year, start=start, table=act.place.workdays, seed=seed)


def configured_plan(session: Session, act: Act, slug: str, year: int) -> RoundPlan:
    """The plan of a year as its file has it. Invalid with every problem of the configuration."""
    act.must("round.open", None)
    _must_be_new(session, slug, year)
    return programme_of(session, act.place, slug, year).plan


def moved_plan(before: RoundPlan, *, year: int, start: date, table: WorkdayTable, seed: int) -> RoundPlan:
    """A plan with all dates on the same working days of a round that begins on `start`, at the same times of day."""
    first = min(clock.day(dates.opens) for dates in before.dates.values())

    def moved(day: date) -> date:
        return moved_day(day, first, start, table)

    dates = {
        key: StageDates(opens=_moved_instant(one.opens, moved), closes=_moved_instant(one.closes, moved))
        for key, one in before.dates.items()
    }
    changes: dict[str, Any] = {
        "year": year,
        "title": before.title.replace(str(before.year), str(year)),
        "document_number": "",
        "approval_no": None,
        "announce_on": moved(before.announce_on),
        "dates": dates,
        "seed": seed,
    }
    return before.model_copy(update=changes)


def programme_of(
    session: Session, place: Workplace, slug: str, year: int, plan: Mapping[str, Any] | None = None
) -> Programme:
    """The programme under which a round would open, by a plan or by the year's file. Invalid with every problem."""
    lists = current_lists(session, slug)
    return load_programme(slug, year, root=place.settings.config_dir, lists=lists, plan=plan)


def open_by_plan(
    session: Session, act: Act, slug: str, year: int, plan: Mapping[str, Any] | None = None
) -> tuple[Round, Programme]:
    """Open a round by a plan or by the year's file: what pages and the command line both do."""
    programme = programme_of(session, act.place, slug, year, plan)
    return open_round(session, act, programme), programme


def _plan_of(session: Session, act: Act, origin: str) -> tuple[str, RoundPlan]:
    found = next((one for one in origins(session, act) if one.key == origin), None)
    if found is None:
        raise NotFound(f"没有轮次或配置“{origin}”，请从列表中选择。")
    if found.opened:
        return found.slug, read_programme(round_by_key(session, origin).programme).plan
    return found.slug, programme_of(session, act.place, found.slug, found.year).plan


def _must_be_new(session: Session, slug: str, year: int) -> None:
    if any(one.key == f"{slug}-{year}" for one in rounds(session)):
        raise Refused(f"{year} 年度的轮次已经开启，请另选年度。")


def _moved_instant(instant: datetime, moved: Callable[[date], date]) -> datetime:
    """The same time of day on another day; midnight ends the day before, and stays with it."""
    local = instant.astimezone(CHINA)
    if local.time() == time.min:
        return datetime.combine(moved(local.date() - _ONE_DAY) + _ONE_DAY, time.min, tzinfo=CHINA)
    return datetime.combine(moved(local.date()), local.time(), tzinfo=CHINA)
