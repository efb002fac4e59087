"""Drives a round's requested steps as the flows do, without Prefect."""

from datetime import datetime, timedelta

from craftsman.actions import stages
from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import transaction


def drive(place: Workplace, round_key: str, now: datetime) -> None:
    """Run all requested steps of a round until people or a gate are awaited; a transaction per act, as in the flows."""
    act = Act(SYSTEM, now, place)
    with transaction(place.engine) as session:
        step = stages.claim(session, act, round_key)
    while step is not None:
        step = _run(place, act, step)


def _run(place: Workplace, act: Act, step: stages.Step) -> stages.Step | None:
    if step.phase == "close":
        with transaction(place.engine) as session:
            return stages.finish_closing(session, act, step)
    with transaction(place.engine) as session:
        batches = stages.prepare(session, act, step)
    for batch in batches:
        with transaction(place.engine) as session:
            stages.do_batch(session, act, step, batch)
    with transaction(place.engine) as session:
        return stages.finish_opening(session, act, step)


def soon(now: datetime, minutes: int = 1) -> datetime:
    """A little later."""
    return now + timedelta(minutes=minutes)
