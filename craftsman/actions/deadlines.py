"""Deadlines in working days."""

from datetime import datetime, time, timedelta

from craftsman.clock import CHINA, day
from craftsman.rules.workdays import WorkdayTable, period


def after_workdays(now: datetime, days: int, table: WorkdayTable) -> datetime:
    """The midnight in China that ends the last of so many working days after today. Invalid without a year's table."""
    last = period(day(now), days, table, count_posting_day=False).end
    return datetime.combine(last + timedelta(days=1), time.min, tzinfo=CHINA)
