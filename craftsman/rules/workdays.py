"""Working days and terms, counted by the State Council's yearly tables of days off and make-up workdays."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from craftsman.errors import Invalid
from craftsman.programme.workday_table import WEEKDAYS, WorkdayTable

__all__ = ["DayReason", "Period", "WorkdayTable", "period"]
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayReason:
    """One day of a term: its number in the count (None when it does not count) and why, in Chinese."""

    day: date
    count: int | None
    reason: str

    def __str__(self) -> str:
        """Return the day as a line of a table that people check."""
        number = "不计" if self.count is None else f"第{self.count}天"
        weekday = WEEKDAYS[self.day.weekday()]
        return f"{self.day.year}年{self.day.month}月{self.day.day}日（{weekday}） {number} {self.reason}"


@dataclass(frozen=True, slots=True)
class Period:
    """A term from the day of posting to its last day, both included, with the reason of every day between."""

    start: date
    end: date
    days: tuple[DayReason, ...]

    def explain(self) -> list[str]:
        """One Chinese line for each day, in order."""
        return [str(day) for day in self.days]


def period(start: date, days: int, table: WorkdayTable, *, count_posting_day: bool, natural: bool = False) -> Period:
    """The term of `days` working days (or natural days) that opens on `start`.

    Without `count_posting_day` the count begins the day after (民法典 201). A natural-day term that would end on a
    day off ends on the next working day (民法典 203). Raises Invalid for a day whose year has no table, and for
    fewer than one day.
    """
    if days < 1:
        raise Invalid("期限天数应为正整数，请检查届次配置")
    counted = [] if count_posting_day else [DayReason(start, None, "起始日不计入")]
    first = start if count_posting_day else start + _ONE_DAY
    table.reason(start)
    following = _natural_days(first, days, table) if natural else _working_days(first, days, table)
    reasons = (*counted, *following)
    return Period(start, reasons[-1].day, reasons)


def _working_days(first: date, days: int, table: WorkdayTable) -> Iterator[DayReason]:
    count = 0
    for day in _days_from(first):
        works = table.works(day)
        count += works
        yield DayReason(day, count if works else None, table.reason(day))
        if count == days:
            return


def _natural_days(first: date, days: int, table: WorkdayTable) -> Iterator[DayReason]:
    for count, day in enumerate(_days_from(first), start=1):
        works = table.works(day)
        if count > days:
            yield DayReason(day, None, "届满日遇休息日，顺延至本日" if works else f"{table.reason(day)}，顺延")
        else:
            yield DayReason(day, count, "自然日" if works else f"自然日（{table.reason(day)}）")
        if count >= days and works:
            return


def _days_from(first: date) -> Iterator[date]:
    while True:
        yield first
        first += _ONE_DAY
