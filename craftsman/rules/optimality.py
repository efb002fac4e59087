"""Whether an assignment is the best there is: checked from its prices, in integers, without any solver.

Whatever the prices, no assignment can undercut the bounds below (weak duality: a case pays the price of each of its
reviewers, a reviewer earns it for each case, and both sums are the same). So an assignment that meets them is optimal.
"""

import numpy as np
from numpy.typing import NDArray

from craftsman.rules.assignment import Assignment, Task
from craftsman.rules.flow import FAR, Face, face_of

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def certificate_holds(task: Task, found: Assignment) -> bool:
    """Whether the assignment keeps every rule, no other has evener loads, and none as even fits better.

    Of equally even and fitting ones, it also is the one that the seed's numbers prefer.
    """
    held = _held(task, found)
    if held is None or not task.cases:
        return held is not None
    loads = held.sum(axis=0)
    load_prices, fit_prices = (
        np.array([prices[one] for one in task.reviewers], np.int64) for prices in (found.load_prices, found.fit_prices)
    )
    if int((loads * loads).sum()) != least_squares(task, load_prices):
        return False
    return int(task.cost[held].sum()) == least_cost(task, face_of(task, load_prices), fit_prices)


def least_squares(task: Task, prices: Ints) -> int:
    """A bound that no sum of squared loads is below."""
    cheapest = np.partition(np.where(task.open, prices, FAR), task.needed - 1, axis=1)[:, : task.needed]
    loads = np.clip(prices // 2, 0, task.most)
    return int(cheapest.sum()) + int((loads * loads - prices * loads).sum())


def least_cost(task: Task, face: Face, prices: Ints) -> int:
    """A bound that no cost of an assignment on the face is below."""
    priced = task.cost + prices
    free = np.where(face.free, priced, FAR)
    width = min(task.needed, free.shape[1])
    cheapest = np.sort(np.partition(free, width - 1, axis=1)[:, :width], axis=1)
    picked = np.arange(width) < face.picks[:, None]
    earned = np.where(prices > 0, prices * face.most, prices * face.least)
    return int(priced[face.forced].sum()) + int(cheapest[picked].sum()) - int(earned.sum())


def _held(task: Task, found: Assignment) -> Bools | None:
    """Pairs held, cases × reviewers; None where a rule is broken."""
    places = {one: place for place, one in enumerate(task.reviewers)}
    everyone = set(places)
    if set(found.reviewers) != set(task.cases) or not everyone == set(found.load_prices) == set(found.fit_prices):
        return None
    panels = [found.reviewers[case] for case in task.cases]
    if any(len(set(panel)) != task.needed or not everyone >= set(panel) for panel in panels):
        return None
    held = np.zeros_like(task.open)
    for row, panel in enumerate(panels):
        held[row, [places[one] for one in panel]] = True
    loads = dict(zip(task.reviewers, held.sum(axis=0).tolist(), strict=True))
    kept = not (held & ~task.open).any() and max(loads.values(), default=0) <= task.most and loads == found.loads
    return held if kept and int(task.fit[held].sum()) == found.fit else None
