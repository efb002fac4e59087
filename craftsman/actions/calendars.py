"""A year's working days, loaded from the State Council's notice; terms that are counted from then on go by them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from craftsman.actions.acting import Act, record
from craftsman.actions.reference import loaded_entry, newest_of, version_row, written_source
from craftsman.actions.workdays_at_hand import CALENDARS
from craftsman.errors import Invalid
from craftsman.programme.calendars import YearOfDays, with_year, year_problems
from craftsman.programme.workday_table import WorkdayTable
from craftsman.rules.lists import Changes, changes_between
from craftsman.store.bulk import insert_rows

WORKS = "上班"
YEARS = range(2004, 2100)


@dataclass(frozen=True, slots=True)
class LoadedYear:
    """What became of a year: the table with it, its version, and which days differ from what counted before."""

    year: int
    version: int
    table: WorkdayTable
    changes: Changes


def load_year(  # noqa: PLR0913  (which year, all by name)
    session: Session,
    act: Act,
    *,
    year: int,
    days: Sequence[Mapping[str, Any]],
    source: str,
    dry_run: bool = False,
) -> LoadedYear:
    """Load the days off and the weekend days worked of a year, whole; where nothing differs there is no new version.

    Terms that were counted before stay as they were told. Invalid for days that cannot be, with a line each.
    """
    act.must("reference.load", None)
    told = written_source(source)
    listed = _listed(year, days)
    before = act.place.workdays
    table = with_year(before, year, listed)
    changes = changes_between(_told(before, year), _told(table, year))
    newest = newest_of(session, CALENDARS).get(str(year))
    if dry_run or not (changes.any or year not in before.years):
        return LoadedYear(year, newest.version if newest else 0, table, changes)
    row = version_row(act, CALENDARS, str(year), listed.model_dump(mode="json"), newest, told)
    insert_rows(session, [row])
    record(session, act, None, [loaded_entry(CALENDARS, row)])
    return LoadedYear(year, row.version, table, changes)


def _listed(year: int, days: Sequence[Mapping[str, Any]]) -> YearOfDays:
    if year not in YEARS:
        raise Invalid(f"年度应为 {YEARS[0]} 至 {YEARS[-1]} 年，请填写四位年份，如 2027。")
    parts: dict[str, list[dict[str, Any]]] = {"off": [], "work": []}
    for day in days:
        parts["work" if day["kind"] == WORKS else "off"].append({"date": day["date"], "name": day["name"]})
    try:
        listed = YearOfDays.model_validate(parts)
    except ValidationError as error:
        raise Invalid("日期读不出，请写成 2027-01-01。", [each["msg"] for each in error.errors()]) from error
    if problems := year_problems(year, listed):
        raise Invalid(f"{year}年的日期有误，没有载入：", problems)
    return listed


def _told(table: WorkdayTable, year: int) -> dict[str, str]:
    """The days of a year's notice, each with what it is; a New Year's notice may reach back to December."""
    named = [(table.off, "放假"), (table.work, "调休上班")]
    found = {day: f"{names[day]}{what}" for names, what in named for day in names if _near(day.year, day.month, year)}
    return {day.isoformat(): found[day] for day in sorted(found)}


def _near(of: int, month: int, year: int) -> bool:
    return of == year or (of, month) == (year - 1, 12)
