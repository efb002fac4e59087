"""Terms are counted by the table, day by day, and say why."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.errors import Invalid
from craftsman.programme.calendars import load_workdays
from craftsman.rules.workdays import Period, WorkdayTable, period

TABLE = load_workdays()
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


def slow_end(start: date, days: int, *, count_posting_day: bool) -> date:
    """Count again in the plainest way: list ninety days, keep the worked ones, take the last of them."""
    ahead = [start + timedelta(days=n) for n in range(0 if count_posting_day else 1, 90)]
    worked = [day for day in ahead if day in TABLE.work or (day.weekday() < 5 and day not in TABLE.off)]
    return worked[days - 1]


@given(STARTS, st.integers(1, 30), st.booleans())
def test_term_equals_the_slow_count(start: date, days: int, count_posting_day: bool) -> None:
    counted = period(start, days, TABLE, count_posting_day=count_posting_day)
    assert counted.end == slow_end(start, days, count_posting_day=count_posting_day)
    assert [day.count for day in counted.days if day.count] == list(range(1, days + 1))


def test_five_days_from_every_start() -> None:
    starts = [date(2022, 1, 1) + timedelta(days=n) for n in range(0, 1760, 3)]
    ends = [period(start, 5, TABLE, count_posting_day=False).end for start in starts]
    assert ends == [slow_end(start, 5, count_posting_day=False) for start in starts]


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


def test_term_of_no_days_is_refused() -> None:
    with pytest.raises(Invalid, match="期限天数应为正整数"):
        period(date(2026, 4, 20), 0, TABLE, count_posting_day=True)


def test_term_within_one_day_ends_there() -> None:
    counted = period(date(2026, 4, 20), 1, TABLE, count_posting_day=True)
    assert counted == Period(date(2026, 4, 20), date(2026, 4, 20), counted.days)


TABLE_TO_2026 = WorkdayTable(
    frozenset(year for year in TABLE.years if year <= 2026),
    {day: name for day, name in TABLE.off.items() if day.year <= 2026},
    {day: name for day, name in TABLE.work.items() if day.year <= 2026},
)
