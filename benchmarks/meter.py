"""Times what a round does: user CPU and wall seconds and statements, by stage and act."""

import resource
import time
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import event
from sqlmodel import col, select

from craftsman.actions import stages
from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.views import StageView
from craftsman.actions.workplace import Workplace
from craftsman.demo.hand import Stagehand
from craftsman.store.engine import reading, transaction
from flows.inprocess import advance_here
from models import StageRun
from models.stage import REQUESTED

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


class Timed(Stagehand):
    """A stagehand that books what people do, and drives the steps between their acts as the flows do."""

    meter: ClassVar[Meter]

    def do(self, login: str, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Book the act, with its transaction."""
        return self.meter.time(act.__name__, lambda: super(Timed, self).do(login, act, *args, **kwargs))

    def advance(self) -> None:
        """Run the requested steps: a transaction per act, as in the flows."""
        act = Act(SYSTEM, self.place.now(), self.place)
        step = self._in_transaction(stages.claim, act, self.round_key)
        while step is not None:
            step = self._run(act, step)

    def _run(self, act: Act, step: stages.Step) -> stages.Step | None:
        def timed(work: Callable[..., Any], *args: object) -> Any:
            return self.meter.time(work.__name__, partial(self._in_transaction, work, act, step, *args), step.stage_key)

        if step.phase == "close":
            return timed(stages.finish_closing)
        for batch in timed(stages.prepare):
            timed(stages.do_batch, batch)
        return timed(stages.finish_opening)

    def _in_transaction(self, work: Callable[..., Any], act: Act, *args: object) -> Any:
        with transaction(self.place.engine) as session:
            return work(session, act, *args)


class TimedByFlows(Timed):
    """The same through Prefect's flows."""

    def advance(self) -> None:
        """Run the annual round's flow to the next gate, booked under the stage that is due."""
        with reading(self.place.engine) as session:
            due = session.exec(select(StageRun.key).where(col(StageRun.status).in_(REQUESTED))).first()
        state = self.meter.time("flow", lambda: advance_here(self.place, self.round_key), due)
        assert state.is_completed(), state


def user_seconds() -> float:
    """User CPU seconds of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime
