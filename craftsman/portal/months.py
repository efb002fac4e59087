"""A period as a small calendar: months of weeks of days, for a table that screen readers read as well."""

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from craftsman.rules.workdays import DayReason, Period, WorkdayTable

_MONDAY_FIRST = Calendar(firstweekday=0)


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a month; `told` is None on days outside of the period."""

    day: date
    told: DayReason | None
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month by weeks from Monday; None where the week belongs to another month."""

    title: str
    weeks: Sequence[Sequence[Cell | None]]


def year_of(year: int, table: WorkdayTable) -> list[Month]:
    """The twelve months of a year; each day tells whether people work on it and why."""
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    told = {day: DayReason(day, 1 if table.works(day) else None, table.reason(day)) for day in days if day.year == year}
    period = Period(date(year, 1, 1), date(year, 12, 31), tuple(told.values()))
    return [_month(date(year, month, 1), period, told) for month in range(1, 13)]


def months_of(period: Period) -> list[Month]:
    """The months that a period touches, in order; weeks that it does not touch are left out."""
    told = {one.day: one for one in period.days}
    there = [next(days) for _, days in groupby(sorted(told), key=lambda day: (day.year, day.month))]
    return [_month(first, period, told) for first in there]


def _month(within: date, period: Period, told: dict[date, DayReason]) -> Month:
    weeks = [
        [_cell(day, period, told) if day.month == within.month else None for day in week]
        for week in _MONDAY_FIRST.monthdatescalendar(within.year, within.month)
    ]
    touched = [week for week in weeks if any(cell is not None and cell.told is not None for cell in week)]
    return Month(f"{within.year}年{within.month}月", touched)


def _cell(day: date, period: Period, told: dict[date, DayReason]) -> Cell:
    return Cell(day, told.get(day), first=day == period.start, last=day == period.end)
