"""A year's dates moved to another year: each day stays the same working day of the round, counted from its first day.

Days of a year whose table the State Council has not published yet count as Monday to Friday.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from craftsman.errors import Invalid
from craftsman.programme.workday_table import WorkdayTable

_ONE_DAY = timedelta(days=1)
# of a round from its first day to its last; a mistyped year is told instead of counted day by day
LONGEST = timedelta(days=1500)


def is_workday(day: date, table: WorkdayTable) -> bool:
    """Whether people work on that day, as far as is known."""
    return table.works(day) if day.year in table.years else day.weekday() < 5


def workday_number(day: date, first: date, table: WorkdayTable) -> int:
    """Which working day of a round it is that begins on `first`, which is number 0; a day off is the one before it."""
    if not timedelta(0) <= day - first <= LONGEST:
        raise Invalid(f"日期 {day} 不在 {first} 起的 {LONGEST.days} 天之内，请核对年份。")
    return sum(is_workday(first + _ONE_DAY * passed, table) for passed in range(1, (day - first).days + 1))


def workday_of(number: int, first: date, table: WorkdayTable) -> date:
    """The working day of that number of a round that begins on `first`."""
    day = first
    while number:
        day += _ONE_DAY
        number -= is_workday(day, table)
    return day


def moved_day(day: date, first: date, start: date, table: WorkdayTable) -> date:
    """The day of a round that begins on `start`, for a day of the one that began on `first`."""
    return workday_of(workday_number(day, first, table), start, table)


def unknown_years(days: Iterable[date], table: WorkdayTable) -> list[int]:
    """The years among these days whose table is not known, in order."""
    return sorted({day.year for day in days} - table.years)
