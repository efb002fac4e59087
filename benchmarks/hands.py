"""Stagehands whose acts are timed, driving a round with Prefect or without."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from sqlmodel import col, select

from benchmarks.meter import Meter
from craftsman.actions import stages
from craftsman.actions.acting import SYSTEM, Act
from craftsman.demo.hand import Stagehand
from craftsman.store.engine import reading, transaction
from flows.inprocess import advance_here
from models import StageRun
from models.stage import REQUESTED


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
