"""Lines of a table of times: what was done, how long it took, and how long it may take."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.meter import user_seconds

Taken = tuple[float, float]
"""Wall and user CPU seconds."""


@dataclass(frozen=True)
class Line:
    """One line of a table: medians of so many runs in seconds; the goal in milliseconds, None without one."""

    name: str
    wall: float
    cpu: float
    goal: int | None
    runs: int


def line(name: str, runs: Sequence[Taken], goal: int | None = None) -> Line:
    """The medians of some runs."""
    return Line(name, median(wall for wall, _ in runs), median(cpu for _, cpu in runs), goal, len(runs))


def timed(call: Callable[[], Any], repeats: int) -> list[Taken]:
    """What each of so many calls takes."""
    return [once(call) for _ in range(repeats)]


def once(call: Callable[[], Any]) -> Taken:
    """What one call takes."""
    wall, cpu = time.perf_counter(), user_seconds()
    call()
    return time.perf_counter() - wall, user_seconds() - cpu
