"""Totals to places: an exact chain of tie-breaks, shared places for full ties, and the cut between in and out."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from operator import ne
from typing import Generic, TypeVar

from craftsman.rules.scoring import over_one_unit

E = TypeVar("E")
TIED = "并列"


@dataclass(frozen=True)
class TieBreak(Generic[E]):
    """One step of the chain: its Chinese name and an exact value of an entry; the higher value goes first."""

    name: str
    value: Callable[[E], Fraction | int]


@dataclass(frozen=True, slots=True)
class Ranked(Generic[E]):
    """An entry in its place.

    `decided_by` names the step that parted it from the place above, is TIED for all who share the place, and None
    for a sole first.
    """

    place: int
    entry: E
    decided_by: str | None

    @property
    def tied(self) -> bool:
        """Whether the whole chain could not part this entry from another."""
        return self.decided_by == TIED


@dataclass(frozen=True)
class Cut(Generic[E]):
    """A ranking cut at some seats: `tied` share the place that straddles the cut and compete for `open_seats`."""

    in_: tuple[Ranked[E], ...]
    tied: tuple[Ranked[E], ...]
    out: tuple[Ranked[E], ...]
    open_seats: int


def rank(entries: Sequence[E], *, chain: Sequence[TieBreak[E]]) -> list[Ranked[E]]:
    """Places counted 1, 2, 2, 4; the first step of `chain` is the main score, a ballot may be its last.

    Entries level on the whole chain share a place: their order in the list is the order given and means nothing.
    """
    # whole numbers over one denominator stand in the same order and compare many times as quickly
    columns = [over_one_unit([step.value(entry) for entry in entries])[1] for step in chain]
    keys = list(zip(*columns, strict=True)) if chain else [()] * len(entries)
    level = Counter(keys)
    ranked: list[Ranked[E]] = []
    above: tuple[int, ...] | None = None
    place, word = 0, None
    for index in sorted(range(len(keys)), key=keys.__getitem__, reverse=True):
        values = keys[index]
        if values != above:
            word = TIED if level[values] > 1 else _parting(above, values, chain)
            above, place = values, len(ranked) + 1
        ranked.append(Ranked(place, entries[index], word))
    return ranked


def line(ranked: Sequence[Ranked[E]], seats: int) -> Cut[E]:
    """Cut a ranking after `seats` entries without splitting a shared place; the ranking may have lost some entries."""
    inside: list[Ranked[E]] = []
    tied: tuple[Ranked[E], ...] = ()
    out: list[Ranked[E]] = []
    for group in shared_places(ranked):
        if not tied and not out and len(inside) + len(group) <= seats:
            inside += group
        elif not tied and not out and len(inside) < seats:
            tied = group
        else:
            out += group
    return Cut(tuple(inside), tied, tuple(out), seats - len(inside))


def shared_places(ranked: Sequence[Ranked[E]]) -> list[tuple[Ranked[E], ...]]:
    """The ranking from the top, grouped by place."""
    in_order = sorted(ranked, key=lambda one: one.place)
    return [tuple(group) for _, group in groupby(in_order, key=lambda one: one.place)]


def _parting(above: tuple[int, ...] | None, values: tuple[int, ...], chain: Sequence[TieBreak[E]]) -> str | None:
    return None if above is None else chain[list(map(ne, above, values)).index(True)].name
