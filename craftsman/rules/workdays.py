"""Working days and terms, counted by the State Council's yearly tables of days off and make-up workdays."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from craftsman.errors import Invalid
from craftsman.programme.workday_table import WEEKDAYS, WorkdayTable

__all__ = ["DayReason", "Period", "WorkdayTable", "period"]
_ONE_DAY = timedelta(days=1)
# no deadline of a selection is longer; a mistyped number is told instead of counted through all tables
LONGEST = 1000
NOTHING_VOID: Mapping[date, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class DayReason:
    """One day of a term: its number in the count (None when it does not count) and why, in Chinese."""

    day: date
    count: int | None
    reason: str

    @property
    def number(self) -> str:
        """Which day of the term it is, in Chinese."""
        return "不计" if self.count is None else f"第{self.count}天"

    @property
    def weekday(self) -> str:
        """The day of the week, in Chinese."""
        return WEEKDAYS[self.day.weekday()]

    def __str__(self) -> str:
        """Return the day as a line of a table that people check."""
        day = f"{self.day.year}年{self.day.month}月{self.day.day}日（{self.weekday}）"
        return f"{day} {self.number} {self.reason}"


@dataclass(frozen=True, slots=True)
class Period:
    """A term from the day of posting to its last day, both included, with the reason of every day between."""

    start: date
    end: date
    days: tuple[DayReason, ...]

    def explain(self) -> list[str]:
        """One Chinese line for each day, in order."""
        return [str(day) for day in self.days]


def period(  # noqa: PLR0913  (the terms of the count, by name)
    start: date,
    days: int,
    table: WorkdayTable,
    *,
    count_posting_day: bool,
    natural: bool = False,
    void: Mapping[date, str] = NOTHING_VOID,
) -> Period:
    """The term of `days` working days (or natural days) that opens on `start`.

    Without `count_posting_day` the count begins the day after (民法典 201). A natural-day term that would end on a
    day off ends on the next working day (民法典 203). Days of `void` (day -> why) do not count, and no term ends on
    one. Raises Invalid for a day whose year has no table, and for fewer than one day or more than `LONGEST`.
    """
    if not 0 < days <= LONGEST:
        raise Invalid(f"期限天数应为正整数，至多 {LONGEST} 天，请核对后重新填写")
    counted = [] if count_posting_day else [DayReason(start, None, "起始日不计入")]
    first = start if count_posting_day else start + _ONE_DAY
    table.reason(start)
    following = _natural_days(first, days, table, void) if natural else _working_days(first, days, table, void)
    reasons = (*counted, *following)
    return Period(start, reasons[-1].day, reasons)


def _working_days(first: date, days: int, table: WorkdayTable, void: Mapping[date, str]) -> Iterator[DayReason]:
    count = 0
    for day in _days_from(first):
        counts = table.works(day) and day not in void
        count += counts
        yield DayReason(day, count if counts else None, _why(day, table, void))
        if count == days:
            return


def _natural_days(first: date, days: int, table: WorkdayTable, void: Mapping[date, str]) -> Iterator[DayReason]:
    count = 0
    for day in _days_from(first):
        works = table.works(day) and day not in void
        if count == days:
            yield DayReason(day, None, "届满日遇休息日，顺延至本日" if works else f"{_why(day, table, void)}，顺延")
        elif day in void:
            yield DayReason(day, None, void[day])
        else:
            count += 1
            yield DayReason(day, count, "自然日" if works else f"自然日（{table.reason(day)}）")
        if count == days and works:
            return


def _why(day: date, table: WorkdayTable, void: Mapping[date, str]) -> str:
    return void[day] if day in void and table.works(day) else table.reason(day)


def _days_from(first: date) -> Iterator[date]:
    while True:
        yield first
        first += _ONE_DAY
