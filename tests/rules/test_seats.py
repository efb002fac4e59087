"""Seats bound to classes: nobody fills two, and nobody sits on a seat of another class."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from craftsman.rules.seats import seat_problems, unfilled_seats

TITLES = {"front": "一线职工", "head": "非公企业负责人"}
CASES: dict[str, tuple[list[set[str]], dict[str, int], int, list[str]]] = {
    "nothing bound": ([{"x"}, set()], {}, 2, []),
    "filled": ([{"front"}, {"head"}], {"front": 1, "head": 1}, 2, []),
    "left empty": ([{"front"}], {"front": 1, "head": 1}, 2, []),
    "taken by another": (
        [{"front"}, {"front"}],
        {"front": 1, "head": 1},
        2,
        ["名额 2 名中限定 非公企业负责人 1 名（缺 1 名），其他人选多占 1 名。"],
    ),
    "one person for two seats": (
        [{"front", "head"}, set()],
        {"front": 1, "head": 1},
        2,
        ["名额 2 名中限定 非公企业负责人 1 名（缺 1 名），其他人选多占 1 名。"],
    ),
    "moved aside": ([{"front", "head"}, {"front"}], {"front": 1, "head": 1}, 2, []),
    "free seat": ([set(), {"front"}], {"front": 1}, 2, []),
}


@pytest.mark.parametrize("case", CASES)
def test_bound_seats_are_kept(case: str) -> None:
    """The line says of which class how many are lacking, and how many sit too many."""
    people, seats, quota, wanted = CASES[case]
    assert seat_problems(people, seats, quota, TITLES) == wanted


CLASSES = st.frozensets(st.sampled_from("abc"))


@settings(max_examples=60)
@given(st.lists(CLASSES, max_size=5), st.dictionaries(st.sampled_from("abc"), st.integers(1, 2), max_size=3))
def test_matching_is_the_largest(people: list[frozenset[str]], seats: dict[str, int]) -> None:
    """No order of seating people leaves fewer seats empty."""
    places = [key for key, count in seats.items() for _ in range(count)]
    assert sum(unfilled_seats(people, seats).values()) == len(places) - _most(people, places)


@settings(max_examples=60)
@given(
    st.lists(CLASSES, max_size=5),
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 2), max_size=2),
    st.integers(0, 3),
)
def test_people_fit_or_are_told(people: list[frozenset[str]], seats: dict[str, int], free: int) -> None:
    """By trying every order: all sit on seats of their own classes or on free ones, or the surplus is told."""
    places = [key for key, count in seats.items() for _ in range(count)]
    best = _most(people, places)
    surplus = len(people) - best - free
    told = seat_problems(people, seats, free + len(places), TITLES)
    if best == len(places) or surplus <= 0:
        assert told == []
    else:
        assert [line.endswith(f"其他人选多占 {surplus} 名。") for line in told] == [True]


def _most(people: list[frozenset[str]], places: list[str]) -> int:
    """The most seats that are filled in any seating: each one stays empty, or takes one of those who may sit there."""
    if not places:
        return 0
    first, *rest = places
    taken = [1 + _most(people[:at] + people[at + 1 :], rest) for at, person in enumerate(people) if first in person]
    return max([_most(people, rest), *taken])
