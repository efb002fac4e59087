"""Places to tiers and the reserve."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.rules.ranking import Ranked, TieBreak, rank
from craftsman.rules.tiers import RESERVE, fill_levels

Entry = tuple[str, int]
TIERS = [("大工匠", 2), ("工匠", 3)]
LEVELS = [*TIERS, (RESERVE, 1)]


def ranking(scores: list[int]) -> list[Ranked[Entry]]:
    entries = [(f"{i:02}", score) for i, score in enumerate(scores)]
    return rank(entries, chain=[TieBreak("综合得分", lambda entry: Fraction(entry[1]))])


def names(filled: dict[str, tuple[Ranked[Entry], ...]]) -> list[list[str]]:
    return [[one.entry[0] for one in group] for group in filled.values()]


def only(limits: dict[str, str]) -> dict[str, tuple[Ranked[Entry], ...]]:
    """Eight in falling order; some may stand for one level only."""
    ranked = ranking([9, 8, 7, 6, 5, 4, 3, 2])
    return fill_levels(ranked, LEVELS, fits=lambda entry, level: limits.get(entry[0], level) == level)


def test_tiers_fill_from_the_top() -> None:
    filled = fill_levels(ranking([3, 9, 8, 7, 6, 5, 4]), LEVELS)
    assert (list(filled), names(filled)) == (["大工匠", "工匠", RESERVE], [["01", "02"], ["03", "04", "05"], ["06"]])


def test_short_rankings_leave_seats_empty() -> None:
    assert names(fill_levels(ranking([9, 8, 7]), LEVELS)) == [["00", "01"], ["02"], []]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([9, 8, 8, 7, 6, 5], [["00"], ["01", "02", "03"], ["04"]]),
        ([9, 8, 7, 6, 5, 5], [["00", "01"], ["02", "03"], []]),
        ([9, 9, 7, 7, 7, 4], [["00", "01"], ["02", "03", "04"], ["05"]]),
        ([1] * 7, [[], [], []]),
    ],
)
def test_equals_go_down_together(scores: list[int], expected: list[list[str]]) -> None:
    assert names(fill_levels(ranking(scores), LEVELS)) == expected


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"00": "大工匠"}, [["00", "01"], ["02", "03", "04"], ["05"]]),
        ({"01": "工匠"}, [["00", "02"], ["01", "03", "04"], ["05"]]),
        ({"03": "大工匠"}, [["00", "01"], ["02", "04", "05"], ["06"]]),
        ({"05": "大工匠"}, [["00", "01"], ["02", "03", "04"], ["06"]]),
    ],
)
def test_who_may_only_rise_takes_no_lower_tier(limits: dict[str, str], expected: list[list[str]]) -> None:
    assert names(only(limits)) == expected


@pytest.mark.parametrize("levels", [[("A", 1), ("A", 1)], [("A", -1)]])
def test_malformed_levels_are_wrong(levels: list[tuple[str, int]]) -> None:
    with pytest.raises(ValueError, match="distinct"):
        fill_levels(ranking([1]), levels)


@given(st.lists(st.integers(0, 6), max_size=12), st.lists(st.integers(0, 4), min_size=1, max_size=3))
def test_levels_never_part_equals_nor_overtake(scores: list[int], seats: list[int]) -> None:
    levels = [(str(number), count) for number, count in enumerate(seats)]
    filled = list(fill_levels(ranking(scores), levels).values())
    assert all(len(group) <= count for group, count in zip(filled, seats, strict=True))
    taken = [one.entry[1] for group in filled for one in group]
    assert taken == sorted(scores, reverse=True)[: len(taken)]
    assert not {one.place for one in filled[0]} & {one.place for group in filled[1:] for one in group}
