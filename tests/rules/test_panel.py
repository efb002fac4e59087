"""Panels drawn in public: the seed decides, and a pocket calculator agrees."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftsman.errors import Refused
from craftsman.rules.panel import Need, Seat, draw_seats, pool_text, ranked, read_pool, text_digest

POOL = {f"E{number:02}": ["3"] if number % 2 else ["7", "3"] for number in range(1, 17)}
NEEDS = [Need("3", 3, 2), Need("7", 2, 1)]


@given(st.permutations(list(POOL)), st.text(min_size=1, max_size=20))
def test_order_of_the_library_changes_nothing(numbers: list[str], seed: str) -> None:
    shuffled = {number: POOL[number][::-1] for number in numbers}
    assert draw_seats(shuffled, NEEDS, seed) == draw_seats(POOL, NEEDS, seed)
    assert pool_text(shuffled) == pool_text(POOL)


@given(st.text(max_size=20))
def test_seats_are_the_first_by_hash(seed: str) -> None:
    order = sorted(POOL, key=lambda number: sha256(f"{seed}:{number}".encode()).hexdigest())
    seats = draw_seats(POOL, NEEDS, seed)
    members = order[:3]
    welders = [number for number in order if number not in members and "7" in POOL[number]][:2]
    assert [seat.number for seat in seats if not seat.alternate] == [*members, *welders]
    assert len({seat.number for seat in seats}) == 8


def test_a_seed_draws_these_seats() -> None:
    # Pinned: printf '%s' '583:E01' | sha256sum, and so on.
    some = {number: POOL[number] for number in list(POOL)[:6]}
    assert ranked(some, "583") == ["E02", "E04", "E06", "E05", "E01", "E03"]
    assert draw_seats(some, [Need("3", 2, 0), Need("7", 1, 0)], "583") == [
        Seat("E02", "3", alternate=False, position=1),
        Seat("E04", "3", alternate=False, position=2),
        Seat("E06", "7", alternate=False, position=1),
    ]


def test_no_discipline_is_anybody() -> None:
    drawn = {seat.number for seat in draw_seats(POOL, [Need("", 16, 0)], "1")}
    assert drawn == set(POOL)


def test_what_falls_short_is_told() -> None:
    with pytest.raises(Refused) as refusal:
        draw_seats(POOL, [Need("7", 8, 1), Need("9", 1, 0)], "1")
    assert refusal.value.details == ("产业 9：需正选 1 名，只余 0 名", "产业 7：需候补 1 名，只余 0 名")


def test_the_pool_is_read_as_it_was_written() -> None:
    text = pool_text({"E2": ["7", "3"], "E1": []})
    assert text == '[["E1",[]],["E2",["3","7"]]]'
    assert read_pool(text) == {"E1": [], "E2": ["3", "7"]}
    assert text_digest(text) == sha256(text.encode()).hexdigest()
