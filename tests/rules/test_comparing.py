"""Panels made comparable, against a slow oracle in decimals of sixty digits."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.rules.comparing import (
    CENTRE,
    _root_share,  # pyright: ignore[reportPrivateUsage]
    group_seats,
    rank_points,
    rescaled,
    standardised,
    z_millionths,
)
from craftsman.rules.scoring import aggregate

Panels = dict[str, dict[str, Fraction]]

marks = st.integers(0, 200).map(lambda half: Fraction(50 * half))
matrices = st.integers(2, 8).flatmap(
    lambda judges: st.lists(st.lists(marks, min_size=judges, max_size=judges), min_size=2, max_size=10)
)


def panels_of(rows: list[list[Fraction]]) -> Panels:
    return {f"c{case}": {f"j{judge}": mark for judge, mark in enumerate(row)} for case, row in enumerate(rows)}


def slow_z(totals: list[Fraction]) -> list[int]:
    with localcontext() as context:
        context.prec = 60
        values = [Decimal(total.numerator) / total.denominator for total in totals]
        mean = sum(values, Decimal(0)) / len(values)
        spread = (sum(((value - mean) ** 2 for value in values), Decimal(0)) / len(values)).sqrt()
        if not spread:
            return [0] * len(values)
        million = Decimal(10**6)
        return [int(((value - mean) / spread * million).quantize(Decimal(1), ROUND_HALF_UP)) for value in values]


def slow_values(panels: Panels) -> dict[str, Fraction]:
    """Standardise, trim and take means the slow way."""
    given: dict[str, list[tuple[str, Fraction]]] = {}
    for case, row in panels.items():
        for judge, total in row.items():
            given.setdefault(judge, []).append((case, total))
    scaled: dict[str, list[Fraction]] = {case: [] for case in panels}
    for rows in given.values():
        for (case, _), z in zip(rows, slow_z([total for _, total in rows]), strict=True):
            scaled[case].append(7500 + Fraction(1000 * z, 10**6))
    for row in scaled.values():
        if len(row) >= 5:
            row.remove(max(row))
            row.remove(min(row))
    return {case: Fraction(sum(row), len(row)) for case, row in scaled.items()}


def quick_values(panels: Mapping[str, Mapping[str, Fraction]]) -> dict[str, Fraction]:
    return {
        case: aggregate([rescaled(z) for z in row.values()], method="trimmed_mean", least=1).value
        for case, row in standardised(panels).items()
    }


def order(values: Mapping[str, Fraction]) -> dict[str, int]:
    return {one: 1 + sum(other > value for other in values.values()) for one, value in values.items()}


def test_slow_oracle_agrees_on_random_panels() -> None:
    rng = Random(2026)
    for _ in range(10_000):
        judges, cases = rng.randint(3, 7), rng.randint(2, 5)
        rows = [[Fraction(rng.randint(100, 200) * 50) for _ in range(judges)] for _ in range(cases)]
        panels = panels_of(rows)
        assert quick_values(panels) == slow_values(panels)


def test_z_of_one_two_three() -> None:
    assert z_millionths([Fraction(8000), Fraction(9000), Fraction(10_000)]) == [-1_224_745, 0, 1_224_745]


def test_halves_go_away_from_nought() -> None:
    # 1 ÷ √(4·10¹²) is half a millionth to the last digit
    assert [_root_share(deviation, 4 * 10**12) for deviation in (-1, 1)] == [-1, 1]


@pytest.mark.parametrize("totals", [[Fraction(7)], [Fraction(7), Fraction(7)]])
def test_equal_marks_have_no_z(totals: list[Fraction]) -> None:
    assert z_millionths(totals) == [0] * len(totals)


def test_rescaled_is_seventy_five_and_ten() -> None:
    assert [rescaled(z) for z in (-1_000_000, 0, 1)] == [6500, CENTRE, 7500 + Fraction(1, 1000)]


@given(matrices, st.data())
def test_a_constant_of_one_judge_changes_nothing(rows: list[list[Fraction]], data: st.DataObject) -> None:
    judge, constant = data.draw(st.integers(0, len(rows[0]) - 1)), Fraction(data.draw(st.integers(-10_000, 10_000)))
    moved = [[mark + constant * (place == judge) for place, mark in enumerate(row)] for row in rows]
    assert quick_values(panels_of(moved)) == quick_values(panels_of(rows))


@given(matrices, st.randoms(use_true_random=False))
def test_order_of_judges_and_cases_changes_nothing(rows: list[list[Fraction]], rng: Random) -> None:
    panels = panels_of(rows)
    cases = rng.sample(list(panels), len(panels))
    judges = rng.sample(list(panels["c0"]), len(panels["c0"]))
    assert quick_values({case: {judge: panels[case][judge] for judge in judges} for case in cases}) == (
        quick_values(panels)
    )


@given(matrices)
def test_a_common_scale_keeps_the_order(rows: list[list[Fraction]]) -> None:
    doubled = [[2 * mark + 300 for mark in row] for row in rows]
    assert order(quick_values(panels_of(doubled))) == order(quick_values(panels_of(rows)))


def test_rank_points_are_by_group() -> None:
    values = {"a": Fraction(90), "b": Fraction(80), "c": Fraction(80), "d": Fraction(70), "e": Fraction(10)}
    groups = dict.fromkeys("abcd", "焊接") | {"e": "钳工"}
    assert rank_points(values, groups) == {"a": 8750, "b": 5000, "c": 5000, "d": 1250, "e": 5000}


@given(st.dictionaries(st.text(min_size=1), st.integers(0, 9).map(Fraction), min_size=1))
def test_rank_points_keep_order_and_mean(values: dict[str, Fraction]) -> None:
    points = rank_points(values, dict.fromkeys(values, "组"))
    assert order(points) == order(values)
    assert sum(points.values()) == 5000 * len(points)


@pytest.mark.parametrize(
    ("sizes", "seats", "allotted"),
    [
        ({"a": 50, "b": 30, "c": 20}, 10, {"a": 5, "b": 3, "c": 2}),
        ({"a": 5, "b": 3, "c": 1}, 4, {"a": 2, "b": 1, "c": 1}),
        ({"a": 6, "b": 6, "c": 3}, 4, {"a": 2, "b": 2, "c": 1}),
        ({"a": 2, "b": 1}, 7, {"a": 2, "b": 1}),
        ({"a": 4, "b": 4}, 8, {"a": 4, "b": 4}),
    ],
)
def test_seats_follow_the_groups_sizes(sizes: dict[str, int], seats: int, allotted: dict[str, int]) -> None:
    assert group_seats(sizes, seats) == allotted


@given(st.dictionaries(st.text(min_size=1), st.integers(1, 50), min_size=1, max_size=9), st.integers(1, 120))
def test_seats_stay_near_their_share(sizes: dict[str, int], seats: int) -> None:
    allotted, people = group_seats(sizes, seats), sum(sizes.values())
    assert sum(allotted.values()) >= min(seats, people)
    assert all(abs(allotted[key] - min(Fraction(size * seats, people), size)) < 1 for key, size in sizes.items())
