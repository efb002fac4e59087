"""Marks to totals, against a slow oracle in decimals."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.errors import Refused
from craftsman.rules.scoring import (
    Aggregate,
    Rounding,
    aggregate,
    combine,
    failed_gates,
    outliers,
    rounded,
    sheet_problems,
    shown,
    weighted_total,
)


@dataclass(frozen=True)
class Line:
    key: str
    weight: int
    gate: bool = False


RUBRIC = [
    Line("politics", 10, gate=True),
    Line("skill", 30),
    Line("innovation", 25),
    Line("teaching", 15),
    Line("example", 10),
    Line("industry", 10),
]
KEYS = [line.key for line in RUBRIC]
MARKS = {"politics": 9000, "skill": 8750, "innovation": 8050, "teaching": 7000, "example": 9550, "industry": 10000}

panels = st.lists(st.integers(0, 10_000).map(Fraction), min_size=3, max_size=15)
exact_values = st.fractions(min_value=-20_000, max_value=20_000, max_denominator=2_000)


def slow_trimmed_mean(totals: list[Fraction]) -> Fraction:
    left = list(totals)
    if len(left) >= 5:
        left.remove(max(left))
        left.remove(min(left))
    return Fraction(sum(left), len(left))


def slow_rounding(value: Fraction, places: int, mode: str) -> int:
    with localcontext() as context:
        context.prec = 60
        points = Decimal(value.numerator) / Decimal(value.denominator) / 100
        return int(points.quantize(Decimal(1).scaleb(-places), rounding=mode).scaleb(places))


def test_weights_apply_to_every_mark() -> None:
    assert weighted_total(MARKS, RUBRIC) == Fraction(8542 * 100 + 50, 100)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"skill": None}, "“skill”尚未打分。"),
        ({"beauty": 100}, "“beauty”不是本轮的评分项。"),
        ({"skill": 10_001}, "“skill”应在 0 至 100 分之间。"),
        ({"skill": -1}, "“skill”应在 0 至 100 分之间。"),
    ],
)
def test_faulty_sheets_are_refused(changes: dict[str, int | None], line: str) -> None:
    sheet = {key: mark for key, mark in {**MARKS, **changes}.items() if mark is not None}
    assert sheet_problems(sheet, KEYS) == [line]
    with pytest.raises(Refused) as refusal:
        weighted_total(sheet, RUBRIC)
    assert refusal.value.details == (line,)


def test_a_nought_is_a_mark() -> None:
    assert sheet_problems({**MARKS, "skill": 0}, KEYS) == []


@pytest.mark.parametrize("weights", [[50, 49], [50, 51], [120, -20], []])
def test_weights_must_make_hundred(weights: list[int]) -> None:
    with pytest.raises(Refused):
        combine([(Fraction(1), weight) for weight in weights])


@pytest.mark.parametrize(("mark", "failed"), [(5999, ("politics",)), (6000, ())])
def test_only_gates_can_fail(mark: int, failed: tuple[str, ...]) -> None:
    assert failed_gates({**MARKS, "politics": mark, "skill": 0}, RUBRIC, pass_mark=6000) == failed


def test_trimming_drops_one_highest_score() -> None:
    totals = [Fraction(n) for n in (9000, 9000, 8000, 7000, 7000)]
    kept = (Fraction(7000), Fraction(8000), Fraction(9000))
    words = "去掉一个最高分和一个最低分后取平均"
    assert aggregate(totals, method="trimmed_mean") == Aggregate(Fraction(8000), kept, totals[0], totals[-1], words)


def test_small_panels_keep_every_score() -> None:
    totals = [Fraction(n) for n in (9000, 8000, 7000, 7001)]
    result = aggregate(totals, method="trimmed_mean")
    assert (result.value, len(result.kept), result.dropped_high) == (Fraction(31001, 4), 4, None)
    assert result.method == "评分不足 5 份，全部取平均"


@pytest.mark.parametrize("size", [0, 1, 2])
def test_too_few_scores_void_panel(size: int) -> None:
    with pytest.raises(Refused, match=f"有效评分只有 {size} 份，少于 3 份"):
        aggregate([Fraction(8000)] * size, method="mean")


def test_plain_mean_never_trims() -> None:
    totals = [Fraction(n) for n in (0, 10_000, 10_000, 10_000, 10_000)]
    assert aggregate(totals, method="mean").value == 8000


def test_settings_must_leave_scores() -> None:
    with pytest.raises(ValueError, match="keep"):
        aggregate([Fraction(1)] * 2, method="trimmed_mean", trim_from=2, least=1)


@given(panels)
def test_trimming_agrees_with_slow_oracle(totals: list[Fraction]) -> None:
    assert aggregate(totals, method="trimmed_mean").value == slow_trimmed_mean(totals)


@given(panels)
def test_trimming_never_leaves_the_range(totals: list[Fraction]) -> None:
    assert min(totals) <= aggregate(totals, method="trimmed_mean").value <= max(totals)


@given(panels.flatmap(lambda totals: st.tuples(st.just(totals), st.permutations(totals))))
def test_order_of_judges_changes_nothing(pair: tuple[list[Fraction], list[Fraction]]) -> None:
    assert aggregate(pair[0], method="trimmed_mean") == aggregate(pair[1], method="trimmed_mean")


def test_parts_combine_by_weight() -> None:
    parts = [(Fraction(8733, 1), 50), (Fraction(9000), 30), (Fraction(25001, 3), 20)]
    assert combine(parts) == Fraction(8733, 2) + 2700 + Fraction(25001, 15)


@pytest.mark.parametrize(
    ("value", "places", "half_up", "gb8170"),
    [
        (Fraction(17469, 2), 2, 8735, 8734),
        (Fraction(17471, 2), 2, 8736, 8736),
        (Fraction(87345001, 10000), 2, 8735, 8735),
        (Fraction(8725), 1, 873, 872),
        (Fraction(8735), 1, 874, 874),
        (Fraction(8750), 0, 88, 88),
        (Fraction(8650), 0, 87, 86),
        (Fraction(-8650), 0, -87, -86),
        (Fraction(26200, 3), 2, 8733, 8733),
    ],
)
def test_rounding_rules_differ_at_ties(value: Fraction, places: int, half_up: int, gb8170: int) -> None:
    assert (rounded(value, places, "half_up"), rounded(value, places, "gb8170")) == (half_up, gb8170)


@given(exact_values, st.integers(0, 4))
def test_rounding_agrees_with_decimal(value: Fraction, places: int) -> None:
    modes: dict[Rounding, str] = {"half_up": ROUND_HALF_UP, "gb8170": ROUND_HALF_EVEN}
    assert {rule: rounded(value, places, rule) for rule in modes} == {
        rule: slow_rounding(value, places, mode) for rule, mode in modes.items()
    }


@pytest.mark.parametrize(
    ("scaled", "places", "text"), [(8750, 2, "87.50"), (5, 2, "0.05"), (-5, 2, "-0.05"), (88, 0, "88"), (0, 1, "0.0")]
)
def test_scaled_integers_are_shown(scaled: int, places: int, text: str) -> None:
    assert shown(scaled, places) == text


def test_outliers_lie_beyond_the_limit() -> None:
    totals = [Fraction(n) for n in (8000, 9500, 9501, 6500, 6499, 8000, 8000)]
    assert outliers(totals, 1500) == [2, 4]


def test_even_panels_have_middle_median() -> None:
    assert outliers([Fraction(0), Fraction(1), Fraction(2), Fraction(100)], Fraction(3, 2)) == [3]


def test_empty_panels_have_no_outliers() -> None:
    assert outliers([], 1500) == []
