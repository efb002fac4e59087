"""Working days and terms, counted by the State Council's yearly tables of days off and make-up workdays."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from craftsman.errors import Invalid

_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkdayTable:
    """The years whose table is known, their public days off, and the weekend days worked, each with its name."""

    years: frozenset[int]
    off: Mapping[date, str]
    work: Mapping[date, str]

    def works(self, day: date) -> bool:
        """Whether people work on that day; raises Invalid when its year has no table."""
        self._refuse_unknown_year(day)
        if day in self.off:
            return False
        return day in self.work or day.weekday() < 5

    def reason(self, day: date) -> str:
        """Say in Chinese why people work or rest on that day; raises Invalid when its year has no table."""
        self._refuse_unknown_year(day)
        if day in self.off:
            return f"{self.off[day]}放假"
        if day in self.work:
            return "调休上班"
        return "工作日" if day.weekday() < 5 else f"{_WEEKDAYS[day.weekday()]}休息"

    def _refuse_unknown_year(self, day: date) -> None:
        if day.year not in self.years:
            raise Invalid(f"没有{day.year}年的放假调休安排，不能计算期限，请先补充该年度的工作日表")


@dataclass(frozen=True, slots=True)
class DayReason:
    """One day of a term: its number in the count (None when it does not count) and why, in Chinese."""

    day: date
    count: int | None
    reason: str

    def __str__(self) -> str:
        """Return the day as a line of a table that people check."""
        number = "不计" if self.count is None else f"第{self.count}天"
        weekday = _WEEKDAYS[self.day.weekday()]
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
