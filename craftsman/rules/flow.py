"""Assignments as flows: from cases through reviewers, at the least cost, with the prices that prove it.

A *load price* for each reviewer tells which assignments have the evenest loads: just those in which every case goes to
its cheapest reviewers, and every reviewer has a load at which load² − price × load is least. Among these, *fit prices*
do the same for the cost of pairs. Prices are the dual variables of the two flows, found by shortest paths.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from craftsman.rules.network import Network

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FAR = 1 << 60
# how many times the needed reviewers a case is first offered; if that leaves a better way out, it is offered more
WIDTHS = (4, 16)


class Work(Protocol):
    """Cases × reviewers: who may read what, at which cost; how many each case needs, and the most that anyone reads."""

    @property
    def needed(self) -> int:
        """Reviewers a case needs."""
        ...

    @property
    def most(self) -> int:
        """The highest load allowed."""
        ...

    @property
    def open(self) -> Bools:
        """True where there is no conflict."""
        ...

    @property
    def cost(self) -> Ints:
        """What a pair costs, not negative."""
        ...


@dataclass(frozen=True, slots=True)
class Prices:
    """A number for each reviewer, of loads and of fits."""

    load: Ints
    fit: Ints


@dataclass(frozen=True, slots=True)
class Face:
    """The assignments with the evenest loads: pairs that all of them hold, pairs that some hold, and loads in them."""

    forced: Bools
    free: Bools
    picks: Ints
    least: Ints
    most: Ints


def face_of(work: Work, load_prices: Ints) -> Face:
    """The face of these load prices; every case must have as many reviewers as it needs."""
    priced = np.where(work.open, load_prices, FAR)
    line = np.partition(priced, work.needed - 1, axis=1)[:, work.needed - 1 : work.needed]
    forced, free = priced < line, priced == line
    return Face(
        forced=forced,
        free=free,
        picks=work.needed - forced.sum(axis=1),
        least=np.clip(load_prices // 2, 0, work.most),
        most=np.clip((load_prices + 1) // 2, 0, work.most),
    )


def even_prices(work: Work) -> Ints:
    """Load prices under which all loads are within 1 of each other."""
    cases, people = work.open.shape
    return np.full(people, 2 * (work.needed * cases // people) + 1, np.int64)


def evenest_prices(work: Work) -> Ints:
    """Load prices of the evenest loads where conflicts keep some from their even share."""
    held = _evenest(work)
    loads = held.sum(axis=0)
    can_hand_on = _moves(np.zeros_like(work.cost), held, work.open & ~held)
    # one case more costs 2 × load + 1; whoever has the most allowed takes none at any price
    ceiling = np.where(loads >= work.most, 2 * work.open.shape[0] + 1, 2 * loads + 1)
    prices = _settled(can_hand_on, ceiling)
    if prices is None:
        raise ValueError("the loads found are not the evenest")
    return prices


def solved(work: Work, load_prices: Ints) -> tuple[Bools, Prices] | None:
    """The cheapest assignment on the face of the load prices, with its prices; None where there is none."""
    face = face_of(work, load_prices)
    widths = [times * work.needed for times in WIDTHS if times * work.needed < work.open.shape[1]]
    for width in (*widths, None):
        offered = face.free if width is None else _nearest(work, face, width)
        held = _cheapest(work, face, offered)
        if held is not None and (fit_prices := _fit_prices(work, face, held)) is not None:
            return held, Prices(load_prices, fit_prices)
    return None


def _nearest(work: Work, face: Face, width: int) -> Bools:
    cost = np.where(face.free, work.cost, FAR)
    offered = np.zeros_like(face.free)
    np.put_along_axis(offered, np.argpartition(cost, width, axis=1)[:, :width], values=True, axis=1)
    return offered & face.free


def _cheapest(work: Work, face: Face, offered: Bools) -> Bools | None:
    """Pairs held at the least cost, of the pairs offered and the forced ones; None where there is no way."""
    cases, people = offered.shape
    taken = face.forced.sum(axis=0)
    least, room = np.maximum(face.least - taken, 0), face.most - taken
    rest = int(face.picks.sum() - least.sum())
    if rest < 0 or (room < least).any():
        return None
    rows, columns = np.nonzero(offered)
    network = Network()
    network.add(rows, cases + columns, costs=work.cost[rows, columns])
    network.add(np.arange(cases, cases + people), cases + people, room - least)
    flows = network.cheapest(np.concatenate([face.picks, -least, [-rest]]))
    return None if flows is None else _with(face.forced, rows, columns, flows[0])


def _with(held: Bools, rows: Ints, columns: Ints, flow: Ints) -> Bools:
    more = held.copy()
    more[rows[flow > 0], columns[flow > 0]] = True
    return more


def _evenest(work: Work) -> Bools:
    """Any assignment with the least sum of squared loads: each further case of a reviewer costs 2 more."""
    cases, people = work.open.shape
    rows, columns = np.nonzero(work.open)
    places = np.minimum(work.open.sum(axis=0), work.most)
    seats = np.repeat(np.arange(people), places)
    nth = np.arange(len(seats)) - np.repeat(np.cumsum(places) - places, places)
    network = Network()
    network.add(rows, cases + columns)
    network.add(cases + seats, cases + people, costs=2 * nth + 1)
    supplies = np.full(cases + people + 1, work.needed, np.int64)
    supplies[cases:-1], supplies[-1] = 0, -work.needed * cases
    flows = network.cheapest(supplies)
    if flows is None:
        raise ValueError("some case lacks reviewers")
    return _with(np.zeros_like(work.open), rows, columns, flows[0])


def _fit_prices(work: Work, face: Face, held: Bools) -> Ints | None:
    """Prices under which every case has its cheapest reviewers; None where a chain of moves would be cheaper."""
    limits = _moves(work.cost, held & face.free, face.free & ~held)
    loads = held.sum(axis=0)
    may_give, may_take = loads > face.least, loads < face.most
    # whoever may give one away is never worth less than whoever may take one more
    limits[np.ix_(may_take, may_give)] = np.minimum(limits[np.ix_(may_take, may_give)], 0)
    prices = _settled(limits, np.zeros(held.shape[1], np.int64))
    if prices is None:
        return None
    # the level is free; zero parts takers from givers
    if may_take.any():
        return prices - prices[may_take].max()
    return prices - prices[may_give].min() if may_give.any() else prices


def _moves(cost: Ints, given: Bools, takeable: Bools) -> Ints:
    """The least that one of a reviewer's cases costs more with another reviewer: givers × takers."""
    wanted = np.where(takeable, cost, FAR)
    limits = np.full((cost.shape[1],) * 2, FAR, np.int64)
    for giver in range(cost.shape[1]):
        rows = np.nonzero(given[:, giver])[0]
        if len(rows):
            limits[giver] = (wanted[rows] - cost[rows, giver][:, None]).min(axis=0)
    limits[limits > FAR // 2] = FAR
    return limits


def _settled(limits: Ints, ceiling: Ints) -> Ints | None:
    """The highest p ≤ ceiling with p[i] − p[j] ≤ limits[i, j] (Bellman–Ford); None where there is none."""
    prices = ceiling.astype(np.int64)
    for _ in range(len(prices) + 1):
        lowered = np.minimum(prices, (limits + prices).min(axis=1))
        if (lowered == prices).all():
            return prices
        prices = lowered
    return None
