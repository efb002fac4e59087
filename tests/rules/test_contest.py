"""Raw results of contest items become points exactly, by a line, a table or a majority of ticks."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.programme.judging import Item, ItemStep
from craftsman.rules.contest import attempt_problems, majority, points_of, told, tried

TIMED = Item(type="time", unit="秒", full="60", zero="180", attempts=3)
MEASURED = Item(type="measure", unit="毫米", full="9.5", zero="2")
TABLED = Item(
    type="time",
    unit="秒",
    steps=(ItemStep(to="60", points=100), ItemStep(to="90", points=80), ItemStep(to="120", points=60)),
)
TICKED = Item(type="pass", attempts=2)
figures = st.decimals(0, 1000, places=4, allow_nan=False).map(str)
items = st.sampled_from([TIMED, MEASURED, TABLED])


@pytest.mark.parametrize(
    ("item", "value", "mark"),
    [
        (TIMED, "60", 10_000),
        (TIMED, "59.99", 10_000),
        (TIMED, "120", 5000),
        (TIMED, "180", 0),
        (TIMED, "999", 0),
        (TIMED, "61", 9917),
        (MEASURED, "9.5", 10_000),
        (MEASURED, "2", 0),
        (MEASURED, "1", 0),
        (MEASURED, "5.75", 5000),
        (TABLED, "60", 10_000),
        (TABLED, "60.0001", 8000),
        (TABLED, "120", 6000),
        (TABLED, "120.01", 0),
        (TIMED, "无效", 0),
        (TICKED, "通过", 10_000),
        (TICKED, "未通过", 0),
    ],
)
def test_results_become_points(item: Item, value: str, mark: int) -> None:
    assert tried(item, [value], "half_up").mark == mark


@pytest.mark.parametrize(("rule", "mark"), [("half_up", 9913), ("gb8170", 9912)])
def test_points_round_once_by_rule(rule: Literal["half_up", "gb8170"], mark: int) -> None:
    item = Item(type="time", unit="秒", full="0", zero="800")
    assert points_of(item, Fraction(7)) == Fraction(19825, 2)
    assert tried(item, ["7"], rule).mark == mark


@pytest.mark.parametrize(("counts", "counted"), [("best", 1), ("last", 2)])
def test_the_attempt_that_counts(counts: Literal["best", "last"], counted: int) -> None:
    item = TIMED.model_copy(update={"counts": counts})
    assert tried(item, ["120", "90", "无效"], "half_up").counted == counted


@pytest.mark.parametrize(("ticks", "mark"), [((1, 1, 0), 10_000), ((1, 0, 0), 0), ((1, 1, 0, 0), 0), ((), 0)])
def test_more_than_half_must_tick(ticks: tuple[int, ...], mark: int) -> None:
    assert majority([tick * 10_000 for tick in ticks]) == mark


@pytest.mark.parametrize(
    ("item", "attempts", "problems"),
    [
        (TIMED, ["61.25", "无效"], []),
        (TIMED, [], ["尚未填写成绩"]),
        (TIMED, ["1", "2", "3", "4"], ["至多 3 次，现填了 4 次"]),
        (TIMED, ["61", "1:02"], ["第 2 次应填数字（单位：秒，至多四位小数）或“无效”"]),
        (TIMED, ["-1"], ["第 1 次应填数字（单位：秒，至多四位小数）或“无效”"]),
        (TIMED, ["１"], ["第 1 次应填数字（单位：秒，至多四位小数）或“无效”"]),
        (TICKED, ["61"], ["第 1 次应填“通过”或“未通过”"]),
    ],
)
def test_wrong_attempts_are_named(item: Item, attempts: list[str], problems: list[str]) -> None:
    assert attempt_problems(item, attempts) == problems


def test_the_way_to_points_is_told() -> None:
    assert told(MEASURED, ["5.75"], "half_up") == "5.75 毫米 → 50.00 分"
    assert (
        told(TIMED, ["120", "无效"], "half_up")
        == "第 1 次 120 秒 → 50.00 分；第 2 次 无效 → 0.00 分；取最好一次，得 50.00 分"
    )


@given(items, figures, figures)
def test_a_better_result_never_earns_less(item: Item, one: str, other: str) -> None:
    low, high = sorted((Fraction(one), Fraction(other)))
    better, worse = (high, low) if item is MEASURED else (low, high)
    assert 0 <= points_of(item, worse) <= points_of(item, better) <= 10_000


@given(figures, st.integers(0, 999), st.integers(1, 999))
def test_the_line_equals_a_decimal_oracle(value: str, full: int, width: int) -> None:
    item = Item(type="time", unit="秒", full=str(full), zero=str(full + width))
    with localcontext() as context:
        context.prec = 60
        share = (Decimal(full + width) - Decimal(value)) * 10_000 / Decimal(width)
        slow = int(min(max(share, Decimal(0)), Decimal(10_000)).quantize(Decimal(1), ROUND_HALF_UP))
    assert tried(item, [value], "half_up").mark == slow


@given(st.lists(figures, min_size=1, max_size=5), st.sampled_from([TIMED, MEASURED, TABLED]))
def test_the_best_attempt_is_never_beaten(attempts: list[str], item: Item) -> None:
    found = tried(item, attempts, "half_up")
    assert found.mark == max(found.marks)
