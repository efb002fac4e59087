"""Places to tiers and the reserve."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.errors import Refused
from craftsman.rules.ranking import Ranked, TieBreak, rank
from craftsman.rules.tiers import RESERVE, fill_tiers, split_ties

Entry = tuple[str, int]
TIERS = [("大工匠", 2), ("工匠", 3)]


def ranking(scores: list[int]) -> list[Ranked[Entry]]:
    entries = [(f"{i:02}", score) for i, score in enumerate(scores)]
    return rank(entries, chain=[TieBreak("综合得分", lambda entry: Fraction(entry[1]))])


def names(filled: dict[str, tuple[Ranked[Entry], ...]]) -> dict[str, list[str]]:
    return {key: [one.entry[0] for one in group] for key, group in filled.items()}


def test_tiers_fill_from_the_top() -> None:
    ranked = ranking([3, 9, 8, 7, 6, 5, 4])
    assert names(fill_tiers(ranked, TIERS, reserve=1)) == {
        "大工匠": ["01", "02"],
        "工匠": ["03", "04", "05"],
        RESERVE: ["06"],
    }


def test_short_rankings_leave_seats_empty() -> None:
    assert names(fill_tiers(ranking([9, 8, 7]), TIERS, reserve=2)) == {
        "大工匠": ["00", "01"],
        "工匠": ["02"],
        RESERVE: [],
    }


def test_no_reserve_by_default() -> None:
    assert names(fill_tiers(ranking([9, 8, 7, 6, 5, 4]), TIERS))[RESERVE] == []


@pytest.mark.parametrize(
    ("scores", "lines"),
    [
        ([9, 8, 8, 7, 6, 5], ["第 2 名有 2 人并列，“大工匠”止于第 2 人。"]),
        ([9, 8, 7, 6, 5, 5], ["第 5 名有 2 人并列，“工匠”止于第 5 人。"]),
        ([9, 8, 7, 6, 5, 4, 4], ["第 6 名有 2 人并列，“递补”止于第 6 人。"]),
        ([1] * 7, ["第 1 名有 7 人并列，“大工匠”止于第 2 人。", "第 1 名有 7 人并列，“工匠”止于第 5 人。"]),
    ],
)
def test_split_ties_need_a_ballot(scores: list[int], lines: list[str]) -> None:
    assert split_ties(ranking(scores), TIERS, reserve=1)[: len(lines)] == lines
    with pytest.raises(Refused, match="投票"):
        fill_tiers(ranking(scores), TIERS, reserve=1)


def test_ties_within_tier_are_fine() -> None:
    filled = fill_tiers(ranking([9, 9, 7, 7, 7, 4]), TIERS, reserve=1)
    assert [[one.place for one in group] for group in filled.values()] == [[1, 1], [3, 3, 3], [6]]


@pytest.mark.parametrize("tiers", [[("A", 1), ("A", 1)], [("A", -1)], [(RESERVE, 1)]])
def test_malformed_tiers_are_wrong(tiers: list[tuple[str, int]]) -> None:
    with pytest.raises(ValueError, match="distinct"):
        fill_tiers(ranking([1]), tiers)


@given(st.lists(st.integers(0, 6), max_size=10), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
def test_tiers_never_part_equals(scores: list[int], first: int, second: int, reserve: int) -> None:
    ranked, tiers = ranking(scores), [("A", first), ("B", second)]
    high_first = sorted(scores, reverse=True)
    edges = (first, first + second, first + second + reserve)
    splits = any(0 < edge < len(scores) and high_first[edge - 1] == high_first[edge] for edge in edges)
    assert bool(split_ties(ranked, tiers, reserve=reserve)) is splits
    if not splits:
        groups = [[one.entry[1] for one in group] for group in fill_tiers(ranked, tiers, reserve=reserve).values()]
        assert [len(group) for group in groups] == [len(range(*edge)) for edge in spans(edges, len(scores))]
        assert [score for group in groups for score in group] == high_first[: edges[-1]]


def spans(edges: tuple[int, int, int], size: int) -> list[tuple[int, int]]:
    ends = [min(edge, size) for edge in (0, *edges)]
    return list(pairwise(ends))
