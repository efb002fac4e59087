"""Dates move to another year as working days: by the tables of days off, told by hand."""

from datetime import date

import pytest

from craftsman.errors import Invalid
from craftsman.programme.calendars import load_workdays
from craftsman.programme.workday_table import WorkdayTable
from craftsman.rules.redating import moved_day, unknown_years, workday_number, workday_of

TABLE = load_workdays()
NOTHING_KNOWN = WorkdayTable(frozenset(), {}, {})


@pytest.mark.parametrize(
    ("day", "number"),
    [
        ("2025-09-01", 0),
        ("2025-09-05", 4),
        ("2025-09-07", 4),  # a Sunday is the Friday before it
        ("2025-09-28", 20),  # a Sunday that is worked for the National Day
        ("2025-09-30", 22),
        ("2025-10-08", 22),  # the holiday of eight days
        ("2025-10-09", 23),
        ("2025-10-11", 25),  # a Saturday that is worked
    ],
)
def test_days_are_numbered_by_work(day: str, number: int) -> None:
    assert workday_number(date.fromisoformat(day), date(2025, 9, 1), TABLE) == number


@pytest.mark.parametrize(
    ("day", "start", "moved"),
    [
        ("2025-09-01", "2025-09-01", "2025-09-01"),
        ("2025-10-17", "2025-09-01", "2025-10-17"),
        ("2025-09-05", "2024-09-02", "2024-09-06"),
        # the 30th of either autumn: 2024 was off on 15-17 September and 1-7 October, and worked three days for it
        ("2025-10-17", "2024-09-02", "2024-10-18"),
        ("2025-09-05", "2025-09-26", "2025-10-09"),
    ],
)
def test_days_move_by_working_days(day: str, start: str, moved: str) -> None:
    told = moved_day(date.fromisoformat(day), date(2025, 9, 1), date.fromisoformat(start), TABLE)
    assert told.isoformat() == moved


def test_unknown_years_count_by_weekdays() -> None:
    assert workday_of(5, date(2090, 1, 6), NOTHING_KNOWN) == date(2090, 1, 13)
    assert unknown_years([date(2025, 1, 1), date(2091, 1, 1), date(2090, 1, 1)], TABLE) == [2090, 2091]


def test_moving_keeps_every_number() -> None:
    first, start = date(2025, 9, 1), date(2024, 3, 4)
    for number in range(0, 180, 7):
        there = workday_of(number, first, TABLE)
        assert workday_number(moved_day(there, first, start, TABLE), start, TABLE) == number


@pytest.mark.parametrize("day", ["2025-08-31", "2035-09-01"])
def test_mistyped_years_are_told(day: str) -> None:
    with pytest.raises(Invalid, match="请核对年份"):
        workday_number(date.fromisoformat(day), date(2025, 9, 1), TABLE)
