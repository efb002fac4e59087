"""Who reads which nomination: never a conflict, loads as even as conflicts allow, fitting disciplines preferred.

Without a cap on loads a solution exists as soon as every nomination has enough eligible reviewers. A greedy start is
evened out along alternating paths; when none is left, no assignment has a smaller sum of squared loads (Harvey et al.,
"Semi-matchings for bipartite graphs and load balancing"), hence none a lower heaviest load.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import sha256

from craftsman.errors import Refused

Fit = Callable[[str, str], int]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Reviewers of each nomination, and how many nominations each reviewer has."""

    reviewers: Mapping[str, tuple[str, ...]]
    loads: Mapping[str, int]


def assign(  # noqa: PLR0913  (people, cases and the terms between them, told by name)
    reviewers: Sequence[str],
    nominations: Sequence[str],
    *,
    per_nomination: int,
    conflicts: AbstractSet[tuple[str, str]] = frozenset(),
    fit: Fit = lambda _reviewer, _nomination: 0,
    seed: int,
) -> Assignment:
    """Give each nomination id `per_nomination` distinct reviewer ids; the order given changes nothing.

    `conflicts` holds (reviewer, nomination) pairs, `fit(reviewer, nomination)` is higher for a closer discipline.
    Raises Refused naming each nomination that lacks reviewers and how many.
    """
    people = _drawn(reviewers, seed)
    eligible = {case: [one for one in people if (one, case) not in conflicts] for case in _drawn(nominations, seed)}
    _check_supply(eligible, per_nomination)
    panels = _Panels(eligible, people, fit)
    panels.start(per_nomination)
    panels.even_out()
    chosen = {case: tuple(one for one in people if case in panels.cases[one]) for case in sorted(eligible)}
    return Assignment(chosen, {one: len(panels.cases[one]) for one in sorted(people)})


def _drawn(ids: Sequence[str], seed: int) -> list[str]:
    """The ids in an order that anyone can recompute from the seed."""
    if len(set(ids)) < len(ids):
        raise ValueError("ids must be distinct")
    return sorted(ids, key=lambda one: sha256(f"{seed}:{one}".encode()).digest())


def _check_supply(eligible: Mapping[str, Sequence[str]], needed: int) -> None:
    short = {case: needed - len(people) for case, people in sorted(eligible.items()) if len(people) < needed}
    if short:
        lines = [f"申报 {case}：还差 {lack} 名无须回避的评委。" for case, lack in short.items()]
        raise Refused("部分申报的评委不足，无法分配；请增补评委。", lines)


class _Panels:
    """The assignment in the making: `cases` of each reviewer, and who is `free` to take each case."""

    def __init__(self, eligible: Mapping[str, list[str]], people: Sequence[str], fit: Fit) -> None:
        self.eligible = eligible
        self.cases: dict[str, dict[str, None]] = {one: {} for one in people}
        self.free = {case: set(able) for case, able in eligible.items()}
        self.fit = {case: {one: fit(one, case) for one in able} for case, able in eligible.items()}

    def start(self, needed: int) -> None:
        """Serve the scarcest nominations first, each with the best fit among reviewers below an even share."""
        share = -(-needed * len(self.eligible) // max(1, len(self.cases)))
        for case in sorted(self.eligible, key=lambda case: len(self.eligible[case])):
            for one in self._preferred(case, share)[:needed]:
                self._take(one, case)

    def _take(self, one: str, case: str) -> None:
        self.cases[one][case] = None
        self.free[case].remove(one)

    def _preferred(self, case: str, share: int) -> list[str]:
        fits = self.fit[case]

        def order(one: str) -> tuple[int, int, int]:
            load = len(self.cases[one])
            return max(0, load - share + 1), -fits[one], load

        return sorted(self.eligible[case], key=order)

    def even_out(self) -> None:
        """Move work from the more to the less loaded until no chain of moves lowers the sum of squared loads."""
        while path := self._uneven_path():
            for giver, taker in path:
                case = self._best_move(giver, taker)
                del self.cases[giver][case]
                self.free[case].add(giver)
                self._take(taker, case)

    def _uneven_path(self) -> list[tuple[str, str]]:
        for giver in sorted(self.cases, key=lambda one: -len(self.cases[one])):
            if path := self._path_from(giver):
                return path
        return []

    def _path_from(self, start: str) -> list[tuple[str, str]]:
        """Steps of the shortest chain from `start` to someone with at least two nominations fewer."""
        came_from: dict[str, str] = {}
        queue = deque([start])
        while queue:
            giver = queue.popleft()
            for taker in self._takers(giver, came_from.keys() | {start}):
                came_from[taker] = giver
                if len(self.cases[taker]) <= len(self.cases[start]) - 2:
                    return _steps(came_from, taker)
                queue.append(taker)
        return []

    def _takers(self, giver: str, seen: AbstractSet[str]) -> list[str]:
        """Those who could take a case over, the least loaded first, in an order that no set decides."""
        able: set[str] = set().union(*(self.free[case] for case in self.cases[giver]))
        return sorted((one for one in self.cases if one in able and one not in seen), key=self._load)

    def _load(self, one: str) -> int:
        return len(self.cases[one])

    def _best_move(self, giver: str, taker: str) -> str:
        movable = [case for case in self.cases[giver] if taker in self.free[case]]
        return max(movable, key=lambda case: self.fit[case][taker] - self.fit[case][giver])


def _steps(came_from: Mapping[str, str], end: str) -> list[tuple[str, str]]:
    steps: list[tuple[str, str]] = []
    while end in came_from:
        steps.append((came_from[end], end))
        end = came_from[end]
    return steps[::-1]
