"""Quotas of units and shares of classes."""

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.rules.quota import quota_problems, ratio_bounds, ratio_problems


@dataclass(frozen=True)
class Share:
    key: str
    label: str
    minimum: Fraction | None = None
    maximum: Fraction | None = None


WORKERS = Share("worker", "产业工人", minimum=Fraction(35, 100))
MANAGERS = Share("manager", "企业负责人", maximum=Fraction(13, 100))
THIRD = Share("woman", "女职工", minimum=Fraction(1, 3))


def test_units_above_quota_are_named() -> None:
    quota = {"石家庄市总工会": 3, "唐山市总工会": 3, "定州市总工会": 1}
    selected = {"石家庄市总工会": 4, "唐山市总工会": 2, "雄安新区总工会": 1, "省直机关工会": 0}
    assert quota_problems(selected, quota) == [
        "石家庄市总工会：推荐 4 人，名额 3 人，超出 1 人。",
        "雄安新区总工会：推荐 1 人，但没有分配名额。",
    ]


@pytest.mark.parametrize(
    ("n", "minimum", "maximum", "bounds"),
    [
        (20, Fraction(35, 100), None, (7, 20)),
        (30, Fraction(35, 100), Fraction(13, 100), (11, 3)),
        (30, None, Fraction(13, 100), (0, 3)),
        (3, Fraction(1, 3), Fraction(2, 3), (1, 2)),
        (0, Fraction(1, 3), Fraction(1, 3), (0, 0)),
    ],
)
def test_bounds_round_against_the_class(
    n: int, minimum: Fraction | None, maximum: Fraction | None, bounds: tuple[int, int]
) -> None:
    assert ratio_bounds(n, minimum, maximum) == bounds


@given(st.integers(0, 500), st.fractions(0, 1, max_denominator=100))
def test_bounds_are_tight(n: int, share: Fraction) -> None:
    least, most = ratio_bounds(n, share, share)
    assert next(heads for heads in range(n + 1) if heads >= share * n) == least
    assert [heads for heads in range(n + 1) if heads <= share * n][-1] == most


@given(
    st.lists(st.frozensets(st.sampled_from(["worker", "woman"])), max_size=30),
    st.one_of(st.none(), st.fractions(0, 1, max_denominator=20)),
    st.one_of(st.none(), st.fractions(0, 1, max_denominator=20)),
)
def test_shares_are_held_exactly(
    people: list[frozenset[str]], minimum: Fraction | None, maximum: Fraction | None
) -> None:
    """Something is said if and only if the share itself, as a fraction, lies outside of its bounds."""
    held = sum("woman" in flags for flags in people)
    wrong = (minimum is not None and held < minimum * len(people)) or (
        maximum is not None and held > maximum * len(people)
    )
    told = ratio_problems(people, [Share("woman", "女职工", minimum, maximum)])
    assert len(told) == int(wrong)


@given(
    st.dictionaries(st.sampled_from("甲乙丙"), st.integers(0, 9)),
    st.dictionaries(st.sampled_from("甲乙丙"), st.integers(0, 9)),
)
def test_quota_is_a_ceiling(selected: dict[str, int], quota: dict[str, int]) -> None:
    over = [unit for unit, count in selected.items() if count > quota.get(unit, 0)]
    assert [line[0] for line in quota_problems(selected, quota)] == over


def test_one_person_counts_in_classes() -> None:
    people = [frozenset({"worker", "woman"}), frozenset[str](), frozenset[str]()]
    assert ratio_problems(people, [THIRD]) == []
    assert ratio_problems(people, [WORKERS, THIRD]) == [
        "产业工人：共 3 人，现有 1 人，应不少于 2 人（35%），还差 1 人。"
    ]


def test_too_many_are_named() -> None:
    people = [frozenset({"manager"})] * 4 + [frozenset({"worker"})] * 16
    assert ratio_problems(people, [WORKERS, MANAGERS]) == [
        "企业负责人：共 20 人，现有 4 人，应不超过 2 人（13%），超出 2 人。"
    ]


def test_odd_shares_are_told_whole() -> None:
    assert ratio_problems([frozenset()], [THIRD]) == ["女职工：共 1 人，现有 0 人，应不少于 1 人（1/3），还差 1 人。"]


def test_empty_lists_miss_no_share() -> None:
    assert ratio_problems([], [WORKERS, MANAGERS]) == []
