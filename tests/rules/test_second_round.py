"""Second rounds: who stands for the seats left, and both rounds as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.rules.ballot import Outcome, Tally, merged, second_field
from tests.rules.test_ballot import vote


def tallies(votes: dict[str, int]) -> list[Tally]:
    return [Tally(one, number, 9, 6, "") for one, number in votes.items()]


@pytest.mark.parametrize(
    ("votes", "out", "seats", "field"),
    [
        ({"A": 9, "B": 5, "C": 4, "D": 3}, "A", 1, "BC"),
        ({"A": 9, "B": 5, "C": 4, "D": 4}, "A", 1, "BCD"),
        ({"A": 3, "B": 5, "C": 5, "D": 5}, "", 1, "BCD"),
        ({"A": 3, "B": 5, "C": 5, "D": 5}, "", 2, "BCD"),
        ({"A": 9, "B": 5}, "A", 1, "B"),
        ({"A": 9, "B": 0, "C": 0}, "A", 1, "BC"),
        ({"A": 9}, "A", 1, ""),
    ],
)
def test_one_more_than_seats_stands(votes: dict[str, int], out: str, seats: int, field: str) -> None:
    assert second_field(tallies(votes), out=out, seats=seats) == tuple(field)


scores = st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 6), min_size=1)


@given(scores, st.sets(st.sampled_from("ABCDEFGH")), st.integers(1, 5))
def test_field_agrees_with_slow_oracle(votes: dict[str, int], out: set[str], seats: int) -> None:
    left = {one: number for one, number in votes.items() if one not in out}
    due = [one for one in left if sum(other > left[one] for other in left.values()) <= seats]
    assert second_field(tallies(votes), out=out, seats=seats) == tuple(due)


@given(scores, st.integers(1, 5))
def test_field_leaves_nobody_better_out(votes: dict[str, int], seats: int) -> None:
    field = second_field(tallies(votes), out=(), seats=seats)
    worst = min(votes[one] for one in field)
    assert len(field) >= min(seats + 1, len(votes))
    assert all(votes[one] < worst for one in votes if one not in field)


def test_second_round_adds_to_the_first() -> None:
    assert merged(["X"], vote("A", "A", "B", seats=1)) == Outcome(("X", "A"), (), 0)


def test_seats_may_stay_empty_twice() -> None:
    assert merged(["X"], vote("A", "B", "", seats=2)) == Outcome(("X",), (), 2)


def test_nobody_is_elected_twice() -> None:
    with pytest.raises(ValueError, match="already"):
        merged(["A"], vote("A"))
