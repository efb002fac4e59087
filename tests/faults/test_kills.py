"""Kill -9 at named points in every kind of process: the round ends with the results of an undisturbed one."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.stages import close_what_is_ready
from craftsman.actions.workplace import Workplace
from craftsman.audit import log
from craftsman.store.engine import reading, transaction
from models import AuditEvent, StageRun, StageStatus
from tests.driver import drive
from tests.faults.installation import Installation
from tests.small_round import KEY, finished, open_small_round, people_act, results, standing

PATIENCE = 500  # seconds, on a machine that does much else

IN_FLOW_RUNS = (
    "intake.claim.before",
    "intake.claim.after",
    "intake.finish_opening.after",
    "intake.finish_closing.before",
    "screen.do_batch.before",
    "score.do_batch.after",
    "score.finish_closing.after",
    "ballot.finish_opening.before",
    "notice.do_batch.after",
    "announce.do_batch.after",
)
IN_THE_DISPATCHER = (
    "intake.asked.after",
    "score.mark_dispatched.before",
    "ballot.mark_dispatched.after",
    "notice.take_back_lost.before",
    "announce.take_back_lost.after",
)
# when a stage is first seen in a status, or past it, for on a slow machine a short one may go by unseen
FROM_OUTSIDE = {
    ("intake", "closing_due"): "worker",
    ("screen", "opening"): "server",
    ("score", "awaiting"): "server",
    ("ballot", "closing"): "worker",
    ("notice", "opening"): "server",
}


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """All processes, and orders to die at each point."""
    made = Installation(tmp_path / "installation")
    for point in (*IN_FLOW_RUNS, *IN_THE_DISPATCHER):
        (made.orders / point).touch()
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.mark.slow
def test_kills_leave_the_results_untouched(installation: Installation, tmp_path: Path) -> None:
    undisturbed = Installation(tmp_path / "undisturbed").place
    _play_undisturbed(undisturbed)
    open_small_round(installation.place)
    _play(installation)
    assert list(installation.orders.iterdir()) == []
    assert installation.deaths == {"server": 3, "worker": 2, "dispatcher": len(IN_THE_DISPATCHER)}
    assert results(installation.place) == results(undisturbed)
    assert _acts(installation.place, "stage.passed") == _acts(undisturbed, "stage.passed")
    assert _acts(installation.place, "stage.sealed") == _acts(undisturbed, "stage.sealed")
    assert _broken_history(installation.place) == []


def _play_undisturbed(place: Workplace) -> None:
    open_small_round(place)
    while not finished(place):
        drive(place, KEY, place.now())
        people_act(place)
        with transaction(place.engine) as session:
            close_what_is_ready(session, Act(SYSTEM, place.now(), place))


def _play(installation: Installation) -> None:
    """People act whenever they are awaited, whatever is down; dead processes come back a moment later."""
    coming = dict(FROM_OUTSIDE)
    deadline = time.monotonic() + PATIENCE
    while not finished(installation.place):
        run = standing(installation.place)
        for moment in [moment for moment in coming if run is not None and _has_come(installation.place, run, moment)]:
            installation.kill(coming.pop(moment))
        people_act(installation.place)
        installation.tend()
        time.sleep(0.05)
        assert time.monotonic() < deadline, _where(installation)
    assert coming == {}


def _has_come(place: Workplace, run: StageRun, moment: tuple[str, str]) -> bool:
    """Whether the stage that stands is at this moment or past it."""
    key, status = moment
    with reading(place.engine) as session:
        position = session.exec(select(StageRun.position).where(StageRun.key == key)).one()
    order = [one.value for one in StageStatus]
    return (run.position, order.index(run.status.value)) >= (position, order.index(status))


def _where(installation: Installation) -> str:
    run: StageRun | None = standing(installation.place)
    return f"{run} {sorted(order.name for order in installation.orders.iterdir())}"


def _acts(place: Workplace, act: str) -> Counter[str]:
    with reading(place.engine) as session:
        return Counter(session.exec(select(AuditEvent.subject).where(AuditEvent.act == act)).all())


def _broken_history(place: Workplace) -> list[str]:
    with reading(place.engine) as session:
        return list(log.verify(log.rows_of(session)))
