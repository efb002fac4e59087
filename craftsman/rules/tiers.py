"""Places to honours: a ranking fills level after level, from the top."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from craftsman.rules.ranking import Ranked, shared_places

E = TypeVar("E")
RESERVE = "递补"


def fill_levels(
    ranked: Sequence[Ranked[E]],
    levels: Sequence[tuple[str, int]],
    *,
    fits: Callable[[E, str], bool] = lambda _entry, _level: True,
) -> dict[str, tuple[Ranked[E], ...]]:
    """Entries by level, each level filled from the top with those whom `fits` lets in.

    Who shares a place goes down together: where the level's last seats would split them, these stay empty, for a seat
    rather stays empty than goes by chance (宁缺毋滥). Nobody overtakes those who go down.
    """
    _check(levels)
    waiting = [list(group) for group in shared_places(ranked)]
    filled: dict[str, tuple[Ranked[E], ...]] = {}
    for key, seats in levels:
        inside, is_full = list[Ranked[E]](), False
        for group in waiting:
            fitting = [one for one in group if fits(one.entry, key)]
            is_full = is_full or len(inside) + len(fitting) > seats
            if not is_full:
                inside += fitting
        filled[key] = tuple(inside)
        placed = {id(one) for one in inside}
        waiting = [[one for one in group if id(one) not in placed] for group in waiting]
    return filled


def _check(levels: Sequence[tuple[str, int]]) -> None:
    if len({key for key, _ in levels}) < len(levels) or any(seats < 0 for _, seats in levels):
        raise ValueError("levels need distinct keys and no negative seats")
