"""A period as a calendar: whole weeks, month by month."""

from datetime import date

from craftsman.portal.months import months_of
from craftsman.programme.calendars import load_workdays
from craftsman.rules.workdays import period

TABLE = load_workdays()


def test_weeks_hold_the_period_alone() -> None:
    (month,) = months_of(period(date(2026, 4, 13), 5, TABLE, count_posting_day=False))
    days = [cell.day.day for week in month.weeks for cell in week if cell]
    assert (month.title, days) == ("2026年4月", list(range(13, 27)))
    marked = [(cell.day.day, cell.first, cell.last) for week in month.weeks for cell in week if cell]
    assert [one for one in marked if one[1] or one[2]] == [(13, True, False), (20, False, True)]


def test_months_do_not_share_days() -> None:
    april, may = months_of(period(date(2026, 4, 27), 5, TABLE, count_posting_day=False))
    assert [cell and cell.day.day for cell in april.weeks[0]] == [27, 28, 29, 30, None, None, None]
    assert [cell and cell.day.day for cell in may.weeks[0]] == [None, None, None, None, 1, 2, 3]
    assert [len(week) for week in (*april.weeks, *may.weeks)] == [7, 7, 7]
