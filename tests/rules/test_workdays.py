"""Terms are counted by the table, day by day, and say why."""

from calendar import isleap
from datetime import date, timedelta
from functools import cache

import pytest
from chinese_calendar import is_workday
from hypothesis import given
from hypothesis import strategies as st

from craftsman.errors import Invalid
from craftsman.programme.calendars import load_workdays
from craftsman.rules.workdays import Period, WorkdayTable, period

TABLE = load_workdays()
is_open = cache(is_workday)  # each day is asked for by many terms
LAST_KNOWN, LONGEST_TERM = date(2026, 12, 31), 20
STARTS = st.dates(date(2022, 1, 1), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("start", "counting", "excluding"),
    [
        ("2021-09-14", "2021-09-18", "2021-09-22"),
        ("2026-02-12", "2026-02-25", "2026-02-26"),
        ("2026-04-20", "2026-04-24", "2026-04-27"),
        ("2026-04-27", "2026-05-06", "2026-05-07"),
        ("2026-09-18", "2026-09-23", "2026-09-24"),
        ("2026-09-21", "2026-09-28", "2026-09-29"),
        ("2026-09-30", "2026-10-12", "2026-10-13"),
    ],
)
def test_published_five_day_terms_hold(start: str, counting: str, excluding: str) -> None:
    day = date.fromisoformat(start)
    assert period(day, 5, TABLE, count_posting_day=True).end == date.fromisoformat(counting)
    assert period(day, 5, TABLE, count_posting_day=False).end == date.fromisoformat(excluding)


def slow_ends(start: date, *, count_posting_day: bool, natural: bool) -> list[date | None]:
    """The last days of terms of 1 to 20 days, asked of the library day by day; None beyond what it knows."""
    day, found, counted = start - timedelta(days=count_posting_day), list[date | None](), 0
    while day < LAST_KNOWN and len(found) < LONGEST_TERM:
        day += timedelta(days=1)
        counted += natural or is_open(day)
        if is_open(day):
            found += [day] * (min(counted, LONGEST_TERM) - len(found))
    return found + [None] * (LONGEST_TERM - len(found))


def told_ends(start: date, *, count_posting_day: bool, natural: bool) -> list[date | None]:
    return [told_end(start, days, count_posting_day, natural) for days in range(1, LONGEST_TERM + 1)]


def told_end(start: date, days: int, count_posting_day: bool, natural: bool) -> date | None:
    try:
        return period(start, days, TABLE_TO_2026, count_posting_day=count_posting_day, natural=natural).end
    except Invalid:
        return None


@pytest.mark.parametrize("year", range(2022, 2027))
@pytest.mark.parametrize("count_posting_day", [False, True])
@pytest.mark.parametrize("natural", [False, True])
def test_every_term_equals_the_slow_count(year: int, count_posting_day: bool, natural: bool) -> None:
    terms = {"count_posting_day": count_posting_day, "natural": natural}
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366 if isleap(year) else 365)]
    wrong = [day for day in days if told_ends(day, **terms) != slow_ends(day, **terms)]
    assert wrong == []


@given(STARTS, st.integers(1, 30), st.booleans(), st.sets(st.integers(0, 40)))
def test_void_days_never_count(start: date, days: int, natural: bool, lost: set[int]) -> None:
    void = {start + timedelta(days=n): "页面中断" for n in lost}
    whole = period(start, days, TABLE, count_posting_day=False, natural=natural)
    told = period(start, days, TABLE, count_posting_day=False, natural=natural, void=void)
    assert [one.count for one in told.days if one.count] == list(range(1, days + 1))
    assert [one.day for one in told.days if one.count and one.day in void] == []
    assert whole.end <= told.end not in void


def test_void_day_tells_its_reason() -> None:
    void = {date(2026, 4, 15): "公示页面中断5小时"}
    assert period(date(2026, 4, 13), 2, TABLE, count_posting_day=False, void=void).explain() == [
        "2026年4月13日（周一） 不计 起始日不计入",
        "2026年4月14日（周二） 第1天 工作日",
        "2026年4月15日（周三） 不计 公示页面中断5小时",
        "2026年4月16日（周四） 第2天 工作日",
    ]


@given(STARTS, st.integers(1, 30), st.booleans(), st.booleans())
def test_term_lists_every_day_once(start: date, days: int, count_posting_day: bool, natural: bool) -> None:
    counted = period(start, days, TABLE, count_posting_day=count_posting_day, natural=natural)
    span = (counted.end - start).days + 1
    assert [day.day for day in counted.days] == [start + timedelta(days=n) for n in range(span)]
    assert TABLE.works(counted.end)


@given(STARTS, st.integers(1, 30), st.booleans())
def test_natural_term_ends_on_first_workday(start: date, days: int, count_posting_day: bool) -> None:
    last = start + timedelta(days=days - count_posting_day)
    expected = next(day for n in range(30) if TABLE.works(day := last + timedelta(days=n)))
    assert period(start, days, TABLE, count_posting_day=count_posting_day, natural=True).end == expected


def test_every_day_has_its_reason() -> None:
    counted = period(date(2021, 9, 16), 3, TABLE, count_posting_day=False)
    assert counted.explain() == [
        "2021年9月16日（周四） 不计 起始日不计入",
        "2021年9月17日（周五） 第1天 工作日",
        "2021年9月18日（周六） 第2天 调休上班",
        "2021年9月19日（周日） 不计 中秋节放假",
        "2021年9月20日（周一） 不计 中秋节放假",
        "2021年9月21日（周二） 不计 中秋节放假",
        "2021年9月22日（周三） 第3天 工作日",
    ]


def test_natural_term_rolls_over_rest() -> None:
    counted = period(date(2026, 4, 22), 3, TABLE, count_posting_day=False, natural=True)
    assert counted.explain() == [
        "2026年4月22日（周三） 不计 起始日不计入",
        "2026年4月23日（周四） 第1天 自然日",
        "2026年4月24日（周五） 第2天 自然日",
        "2026年4月25日（周六） 第3天 自然日（周六休息）",
        "2026年4月26日（周日） 不计 周日休息，顺延",
        "2026年4月27日（周一） 不计 届满日遇休息日，顺延至本日",
    ]


def test_posting_on_rest_counts_nothing() -> None:
    assert period(date(2026, 4, 25), 1, TABLE, count_posting_day=True).explain() == [
        "2026年4月25日（周六） 不计 周六休息",
        "2026年4月26日（周日） 不计 周日休息",
        "2026年4月27日（周一） 第1天 工作日",
    ]


@pytest.mark.parametrize("start", [date(2026, 12, 28), date(2027, 1, 4)])
@pytest.mark.parametrize("natural", [True, False])
def test_year_without_table_is_refused(start: date, natural: bool) -> None:
    with pytest.raises(Invalid, match="没有2027年的放假调休安排"):
        period(start, 5, TABLE_TO_2026, count_posting_day=False, natural=natural)


def test_start_before_tables_is_refused() -> None:
    with pytest.raises(Invalid, match="没有2003年的放假调休安排"):
        period(date(2003, 12, 31), 1, TABLE_TO_2026, count_posting_day=False)


@pytest.mark.parametrize("days", [0, -1, 1001])
def test_term_of_strange_length_is_refused(days: int) -> None:
    with pytest.raises(Invalid, match="期限天数应为正整数"):
        period(date(2026, 4, 20), days, TABLE, count_posting_day=True)


def test_term_within_one_day_ends_there() -> None:
    counted = period(date(2026, 4, 20), 1, TABLE, count_posting_day=True)
    assert counted == Period(date(2026, 4, 20), date(2026, 4, 20), counted.days)


TABLE_TO_2026 = WorkdayTable(
    frozenset(year for year in TABLE.years if year <= 2026),
    {day: name for day, name in TABLE.off.items() if day.year <= 2026},
    {day: name for day, name in TABLE.work.items() if day.year <= 2026},
)
