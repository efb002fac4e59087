"""The sign of life of a step: renewed beside the work, so that a dead process is told from a slow one."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Event, Thread

from sqlmodel import Session, col, select

from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.stages import StaleStep, Step, hold
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import transaction
from models import StageRun
from models.stage import HELD

BEATS_PER_LEASE = 4


def beat(session: Session, act: Act, step: Step) -> None:
    """Say that the run of this step is alive. StaleStep when the step is no longer this attempt's."""
    hold(session, act, step)


@contextmanager
def beating(place: Workplace, step: Step) -> Generator[None]:
    """Renew the heartbeat of a step four times per lease while the block runs, in a thread beside it."""

    def once() -> bool:
        try:
            with transaction(place.engine) as session:
                beat(session, Act(SYSTEM, place.now(), place), step)
        except StaleStep:
            # the work itself finds out at its next transaction
            return False
        return True

    with beside(place.settings.lease_seconds / BEATS_PER_LEASE, once):
        yield


@contextmanager
def beside(seconds: float, beat: Callable[[], bool]) -> Generator[None]:
    """Call `beat` every so many seconds while the block runs, in a thread beside it, until it answers False."""
    over = Event()
    thread = Thread(target=_beat_until, args=(over, seconds, beat), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat_until(over: Event, seconds: float, beat: Callable[[], bool]) -> None:
    while not over.wait(seconds) and beat():
        pass


def held_flow_runs(session: Session) -> frozenset[str]:
    """The Prefect runs that hold a step now."""
    query = select(StageRun.flow_run_id).where(col(StageRun.status).in_(HELD))
    return frozenset(filter(None, session.exec(query).all()))
