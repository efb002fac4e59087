"""Times what a round does: user CPU and wall seconds and statements, by stage and act."""

import resource
import time
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from craftsman.actions.views import StageView
from craftsman.actions.workplace import Workplace

BEFORE = "set-up"

Call = Callable[[], Any]


@dataclass
class Spent:
    """What the calls of one act came to: user CPU and wall seconds, statements sent to the database."""

    calls: int = 0
    cpu: float = 0.0
    wall: float = 0.0
    statements: int = 0
    most: int = 0


@dataclass
class Meter:
    """Time and statements by stage and act; also the quiet show that the walk asks for."""

    stage_key: str = BEFORE
    sent: int = 0
    total: Spent = field(default_factory=Spent)
    spent: dict[tuple[str, str], Spent] = field(default_factory=lambda: defaultdict(Spent))

    def watch(self, place: Workplace) -> None:
        """Count what this workplace sends to its database (an executemany is one)."""
        event.listen(place.engine, "before_cursor_execute", self._count)

    def _count(self, *_: object) -> None:
        self.sent += 1

    def time(self, name: str, call: Call, stage: str | None = None) -> Any:
        """Make a call and book it under its stage and name."""
        with self.booking(self.spent[stage or self.stage_key, name]):
            return call()

    @contextmanager
    def booking(self, one: Spent) -> Generator[None]:
        """Add what the block takes."""
        before, cpu, wall = self.sent, user_seconds(), time.perf_counter()
        yield
        one.calls += 1
        one.cpu += user_seconds() - cpu
        one.wall += time.perf_counter() - wall
        one.statements += self.sent - before
        one.most = max(one.most, self.sent - before)

    @contextmanager
    def stage(self, view: StageView) -> Generator[Callable[[int], None]]:
        """Whatever is done now belongs to this stage."""
        self.stage_key = view.run.key
        yield lambda _: None

    def by_stage(self) -> dict[str, float]:
        """User CPU seconds of each stage, in the order of the round."""
        sums: dict[str, float] = defaultdict(float)
        for (stage, _), one in self.spent.items():
            sums[stage] += one.cpu
        return dict(sums)


def user_seconds() -> float:
    """User CPU seconds of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime
