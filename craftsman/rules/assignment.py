"""Who reads which nomination: never a conflict, the evenest loads there are, and of those the best fit.

Optimal, not greedy (docs/adr/0023): loads first (the least sum of squared loads, hence the lowest heaviest load and the
smallest spread; within 1 wherever conflicts allow), then the sum of fits, then a number that the public seed gives each
pair, so that nobody can choose among equals. The answer carries prices by which `optimality` proves it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from craftsman.rules.flow import Prices, even_prices, evenest_prices, solved
from craftsman.rules.shortage import refuse_shortage

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

TIE_BITS = 24


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be assigned, in the order that the seed draws; matrices are cases × reviewers.

    `fit` is higher for a closer discipline, `most` is the load nobody may exceed, `cost` is what is minimised.
    """

    reviewers: tuple[str, ...]
    cases: tuple[str, ...]
    needed: int
    open: Bools
    fit: Ints
    seed: int
    most: int
    cost: Ints


@dataclass(frozen=True, slots=True)
class Assignment:
    """Reviewers of each case, cases per reviewer, the sum of fits, and the prices that prove it the best."""

    reviewers: Mapping[str, tuple[str, ...]]
    loads: Mapping[str, int]
    fit: int
    load_prices: Mapping[str, int]
    fit_prices: Mapping[str, int]


def pairs_matrix(reviewers: Sequence[str], cases: Sequence[str], pairs: Iterable[tuple[str, str]]) -> Bools:
    """A matrix, cases × reviewers, that is true at the (reviewer, case) pairs given."""
    row, column = ({one: place for place, one in enumerate(ids)} for ids in (cases, reviewers))
    found = np.zeros((len(cases), len(reviewers)), dtype=np.bool_)
    places = [(row[case], column[one]) for one, case in pairs if case in row and one in column]
    if places:
        found[tuple(np.array(places).T)] = True
    return found


def make_task(  # noqa: PLR0913  (people, cases and the terms between them, told by name)
    reviewers: Sequence[str],
    cases: Sequence[str],
    *,
    needed: int,
    seed: int,
    barred: Bools | None = None,
    fit: Ints | None = None,
    most: int | None = None,
) -> Task:
    """Bring people and cases into the seed's order; `barred` (conflicts) and `fit` are cases × reviewers as given.

    ValueError for ids named twice and for fits too fine to be weighed exactly.
    """
    people, people_words = _drawn(reviewers, seed)
    rows, case_words = _drawn(cases, seed)
    shape = (len(cases), len(reviewers))
    fits = (np.zeros(shape, np.int64) if fit is None else fit)[np.ix_(rows, people)]
    shut = (np.zeros(shape, np.bool_) if barred is None else barred)[np.ix_(rows, people)]
    ties = _mixed(case_words[:, None] + people_words[None, :]) >> np.uint64(64 - TIE_BITS)
    # one step of fit outweighs all that ties may add up to
    step = max(1, needed * len(cases)) << TIE_BITS
    loss = int(fits.max(initial=0)) - fits
    if int(loss.max(initial=0)) * step * (sum(shape) + 2) >= 1 << 61:
        raise ValueError("fits are too fine to be weighed exactly")
    return Task(
        reviewers=tuple(reviewers[place] for place in people),
        cases=tuple(cases[place] for place in rows),
        needed=needed,
        open=~shut,
        fit=fits,
        seed=seed,
        most=len(cases) if most is None else most,
        cost=loss * step + ties.astype(np.int64),
    )


def assign(task: Task, groups: Mapping[str, str] | None = None) -> Assignment:
    """The best assignment; the order in which people and cases were given changes nothing.

    Refused where there is none, with a line for each group (`groups`: case -> its name in words, by default each case
    is its own) of a smallest set that cannot be served together.
    """
    if not task.cases:
        none = dict.fromkeys(sorted(task.reviewers), 0)
        return Assignment({}, none, 0, none, none)
    refuse_shortage(task, groups or {})
    prices = even_prices(task)
    found = solved(task, prices)
    if found is None:
        found = solved(task, evenest_prices(task))
    if found is None:
        raise ValueError("the evenest loads could not be assigned")
    return _told(task, *found)


def _told(task: Task, held: Bools, prices: Prices) -> Assignment:
    names = np.array(task.reviewers, dtype=object)
    panels = {case: tuple(names[held[row]]) for row, case in enumerate(task.cases)}
    loads = held.sum(axis=0).tolist()
    return Assignment(
        reviewers={case: panels[case] for case in sorted(panels)},
        loads=dict(sorted(zip(task.reviewers, loads, strict=True))),
        fit=int(task.fit[held].sum()),
        load_prices=dict(sorted(zip(task.reviewers, prices.load.tolist(), strict=True))),
        fit_prices=dict(sorted(zip(task.reviewers, prices.fit.tolist(), strict=True))),
    )


def _drawn(ids: Sequence[str], seed: int) -> tuple[list[int], NDArray[np.uint64]]:
    """Places of the ids in an order anyone can recompute from the seed, and the 64 bits they are drawn by."""
    if len(set(ids)) < len(ids):
        raise ValueError("ids must be distinct")
    digests = [sha256(f"{seed}:{one}".encode()).digest() for one in ids]
    order = sorted(range(len(ids)), key=lambda place: digests[place])
    words = [int.from_bytes(digests[place][:8], "big") for place in order]
    return order, np.array(words, dtype=np.uint64)


def _mixed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64: numbers that look like chance, each pair's its own (arithmetic modulo 2^64)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
