"""What assigning panels takes: fictitious cases and experts of 22 industries, two per cent of the pairs barred."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

import numpy as np

from craftsman.rules.assignment import Assignment, assign, make_task
from craftsman.rules.optimality import certificate_holds

T = TypeVar("T")
INDUSTRIES = 22
SEED = 2026


@dataclass(frozen=True)
class Size:
    """One line of the table: cases, experts, experts for each case, and the seconds that it may take."""

    cases: int
    experts: int
    needed: int
    goal: float
    repeats: int

    @property
    def name(self) -> str:
        """As in 1000×50×5."""
        return f"{self.cases}×{self.experts}×{self.needed}"


SIZES = (Size(1_000, 50, 5, 0.1, 7), Size(5_000, 300, 5, 2.0, 5), Size(10_000, 500, 7, 6.0, 3))


def measure(size: Size) -> dict[str, object]:
    """Medians in seconds, CPU and wall: building arrays, solving, checking the proof; and what came of it."""
    drawn = np.random.default_rng(SEED)
    industry, known = drawn.integers(0, INDUSTRIES, size.cases), drawn.integers(0, INDUSTRIES, (size.experts, 2))
    fit = (industry[:, None, None] == known[None]).any(axis=2).astype(np.int64)
    barred = drawn.random(fit.shape) < 0.02
    experts, cases = [f"e{number}" for number in range(size.experts)], [f"c{number}" for number in range(size.cases)]
    spent: dict[str, list[tuple[float, float]]] = {"build": [], "assign": [], "check": []}

    def once() -> tuple[Assignment, bool]:
        task = _timed(
            spent["build"], lambda: make_task(experts, cases, needed=size.needed, seed=SEED, barred=barred, fit=fit)
        )
        best = _timed(spent["assign"], lambda: assign(task))
        return best, _timed(spent["check"], lambda: certificate_holds(task, best))

    best, holds = [once() for _ in range(size.repeats)][-1]
    loads = best.loads.values()
    return {
        "size": size.name,
        "goal": size.goal,
        "holds": holds,
        "fit": best.fit,
        "seats": size.cases * size.needed,
        "spread": max(loads) - min(loads),
        **{step: _medians(runs) for step, runs in spent.items()},
    }


def _medians(runs: list[tuple[float, float]]) -> dict[str, float]:
    return {"cpu": median(cpu for cpu, _ in runs), "wall": median(wall for _, wall in runs)}


def _timed(spent: list[tuple[float, float]], call: Callable[[], T]) -> T:
    cpu, wall = time.process_time(), time.perf_counter()
    result = call()
    spent.append((time.process_time() - cpu, time.perf_counter() - wall))
    return result
