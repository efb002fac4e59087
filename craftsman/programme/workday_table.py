"""The State Council's yearly tables of days off and make-up workdays, as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from craftsman.errors import Invalid

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


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
        return "工作日" if day.weekday() < 5 else f"{WEEKDAYS[day.weekday()]}休息"

    def _refuse_unknown_year(self, day: date) -> None:
        if day.year not in self.years:
            raise Invalid(f"没有{day.year}年的放假调休安排，不能计算期限，请先补充该年度的工作日表")
