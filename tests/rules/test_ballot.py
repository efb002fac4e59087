"""Ballots: the table of thresholds, valid papers, and who is elected."""

from collections import Counter
from fractions import Fraction
from math import ceil, floor
from typing import TypedDict, Unpack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.errors import Refused
from craftsman.rules.ballot import Base, Count, Paper, Tally, count, quorum_holds, threshold

SIZES = (5, 7, 9, 11, 13, 15, 17, 21)
TWO_THIRDS = Fraction(2, 3)


class Heads(TypedDict, total=False):
    present: int
    entitled: int
    issued: int


def papers(*marks: str) -> list[Paper]:
    return [Paper(frozenset(mark)) for mark in marks]


def vote(
    *marks: str,
    seats: int = 1,
    base: Base = "实到",
    majority: Fraction = TWO_THIRDS,
    inclusive: bool = True,
    recused: dict[str, int] | None = None,
    **heads: Unpack[Heads],
) -> Count:
    """Count papers marked with letters; `heads` may tell present, entitled and issued."""
    present = heads.get("present", len(marks))
    return count(
        papers(*marks),
        candidates=["A", "B", "C"],
        seats=seats,
        majority=majority,
        base=base,
        entitled=heads.get("entitled", present),
        present=present,
        recused=recused,
        inclusive=inclusive,
        issued=heads.get("issued"),
    )


@pytest.mark.parametrize(
    ("ratio", "inclusive", "row"),
    [
        ((2, 3), True, (4, 5, 6, 8, 9, 10, 12, 14)),
        ((2, 3), False, (4, 5, 7, 8, 9, 11, 12, 15)),
        ((1, 2), False, (3, 4, 5, 6, 7, 8, 9, 11)),
    ],
)
def test_thresholds_match_the_table(ratio: tuple[int, int], inclusive: bool, row: tuple[int, ...]) -> None:
    assert tuple(threshold(*ratio, n, inclusive=inclusive) for n in SIZES) == row


@given(st.integers(0, 9), st.integers(1, 9), st.integers(0, 200))
def test_thresholds_are_the_least(numerator: int, denominator: int, n: int) -> None:
    share = Fraction(numerator, denominator) * n
    assert threshold(numerator, denominator, n) == ceil(share)
    assert threshold(numerator, denominator, n, inclusive=False) == floor(share) + 1


@pytest.mark.parametrize(
    ("present", "entitled", "holds"), [(10, 15, True), (9, 15, False), (0, 0, False), (8, 11, True), (7, 11, False)]
)
def test_quorum_includes_two_thirds(present: int, entitled: int, holds: bool) -> None:
    assert quorum_holds(present, entitled, TWO_THIRDS) is holds


def test_majority_elects_and_explains() -> None:
    result = vote("A", "A", "B", "A", "")
    assert result == Count(
        issued=5,
        returned=5,
        valid=5,
        void=0,
        abstained=1,
        tallies=(
            Tally("A", 3, 5, 4, "得 3 票，计票基数 5，需 4 票：未达到所需票数，未当选。"),
            Tally("B", 1, 5, 4, "得 1 票，计票基数 5，需 4 票：未达到所需票数，未当选。"),
            Tally("C", 0, 5, 4, "得 0 票，计票基数 5，需 4 票：未达到所需票数，未当选。"),
        ),
        elected=(),
        tied=(),
        open_seats=1,
    )


@pytest.mark.parametrize(("base", "elected"), [("应到", ()), ("实到", ()), ("有效票", ("A",))])
def test_base_decides_what_suffices(base: Base, elected: tuple[str, ...]) -> None:
    # Four votes of six valid papers, seven present, nine entitled.
    assert vote("A", "A", "A", "A", "B", "", "AX", base=base, entitled=9).elected == elected


def test_void_papers_count_for_nobody() -> None:
    marked = [*papers("A", "AB", "X"), Paper(frozenset("A"), abstained=True), Paper(abstained=True)]
    result = count(marked, candidates=["A", "B"], seats=1, majority=Fraction(1, 5), base="实到", entitled=5, present=5)
    assert (result.valid, result.void, result.abstained, result.elected) == (2, 3, 1, ("A",))
    assert [tally.votes for tally in result.tallies] == [1, 0]


def test_elected_stand_in_vote_order() -> None:
    assert vote("AB", "AB", "B", "B", "AB", "AB", seats=2).elected == ("B", "A")


def test_full_seats_leave_passers_out() -> None:
    result = vote("A", "A", "A", "B", "B", majority=Fraction(1, 5))
    assert (result.elected, result.tied, result.open_seats) == (("A",), (), 0)
    assert result.tallies[1].reason == "得 2 票，计票基数 5，需 1 票：已达到所需票数，但名额已满，未当选。"


def test_equals_within_seats_are_elected() -> None:
    result = vote("AB", "AB", "C", seats=2)
    assert (result.elected, result.tied, result.open_seats) == (("A", "B"), (), 0)


def test_ties_at_limit_stay_open() -> None:
    result = vote("AC", "AB", "AB", "AC", seats=2, majority=Fraction(1, 2))
    assert (result.elected, result.tied, result.open_seats) == (("A",), ("B", "C"), 1)
    assert result.tallies[1].reason == "得 2 票，计票基数 4，需 2 票：与他人得票相同而名额不足，须再次投票。"


@pytest.mark.parametrize(("recused", "elected"), [(0, ()), (1, ("A",))])
def test_recused_members_leave_the_base(recused: int, elected: tuple[str, ...]) -> None:
    # Five of eight is short of two thirds, five of seven is not.
    result = vote("A", "A", "A", "A", "A", "B", "", "", recused={"A": recused})
    assert (result.elected, result.tallies[0].base, result.tallies[1].base) == (elected, 8 - recused, 8)


def test_nobody_may_vote_elects_nobody() -> None:
    result = vote("B", "", recused={"A": 2})
    assert (result.tallies[0].base, result.tallies[0].needed, result.elected) == (0, 1, ())


@pytest.mark.parametrize(("inclusive", "elected"), [(True, ("A",)), (False, ())])
def test_exceeding_half_needs_one_more(inclusive: bool, elected: tuple[str, ...]) -> None:
    assert vote("A", "A", "", "", majority=Fraction(1, 2), inclusive=inclusive).elected == elected


@pytest.mark.parametrize(
    ("heads", "recused", "line"),
    [
        ({"present": 3, "entitled": 2}, {}, "实到 3 人多于应到 2 人。"),
        ({"present": 3, "issued": 4}, {}, "发出 4 张多于实到 3 人。"),
        ({"present": 3, "issued": 2}, {}, "收回 3 张多于发出 2 张。"),
        ({}, {"A": 1}, "“A”得 3 票，而除去回避者后实到只有 2。"),
        ({}, {"C": 4}, "“C”得 0 票，而除去回避者后实到只有 -1。"),
    ],
)
def test_figures_must_reconcile(heads: Heads, recused: dict[str, int], line: str) -> None:
    with pytest.raises(Refused) as refusal:
        vote("A", "A", "A", recused=recused, **heads)
    assert refusal.value.details == (line,)


def test_strangers_cannot_be_recused_from() -> None:
    with pytest.raises(Refused, match="回避登记"):
        vote("A", recused={"X": 1})


@pytest.mark.parametrize(("names", "seats"), [(["A", "A"], 1), (["A"], 0)])
def test_malformed_ballots_are_wrong(names: list[str], seats: int) -> None:
    with pytest.raises(ValueError, match="distinct"):
        count([], candidates=names, seats=seats, majority=TWO_THIRDS, base="实到", entitled=1, present=1)


boxes = st.lists(st.sets(st.sampled_from("ABCX"), max_size=4).map("".join), max_size=15)


@given(boxes.flatmap(lambda box: st.tuples(st.just(box), st.permutations(box))), st.integers(1, 3))
def test_order_of_papers_changes_nothing(pair: tuple[list[str], list[str]], seats: int) -> None:
    assert vote(*pair[0], seats=seats) == vote(*pair[1], seats=seats)


@given(boxes, st.integers(1, 3))
def test_counting_agrees_with_slow_oracle(box: list[str], seats: int) -> None:
    result = vote(*box, seats=seats)
    good = [mark for mark in box if len(mark) <= seats and "X" not in mark]
    votes = Counter("".join(good))
    passed = sorted((one for one in "ABC" if votes[one] * 3 >= 2 * len(box) and votes[one]), key=lambda c: -votes[c])
    sure = [one for one in passed if sum(votes[two] >= votes[one] for two in passed) <= seats]
    level = [one for one in passed if one not in sure and sum(votes[two] > votes[one] for two in passed) < seats]
    assert (result.valid + result.void, result.valid) == (len(box), len(good))
    assert (list(result.elected), list(result.tied)) == (sure, level)
