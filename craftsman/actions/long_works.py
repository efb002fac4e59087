"""Long works beside the requests, told by rows: every process sees how far one is, and when it fell silent."""

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from craftsman.actions.heartbeat import beside
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import transaction

logger = logging.getLogger("craftsman.works")
BEAT_SECONDS = 15.0
# a work that says nothing for so long is lost: its process ended
SILENCE = timedelta(minutes=2)
RUNNING = "running"


class Told(Protocol):
    """A row that tells of a work: its state, and its last sign of life."""

    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def beat_at(self) -> datetime: ...  # noqa: D102


def is_lost(row: Told, now: datetime) -> bool:
    """Whether a work that is not ended gives no sign of life any more."""
    return row.state == RUNNING and now - row.beat_at > SILENCE


def is_under_way(row: Told, now: datetime) -> bool:
    """Whether a work goes on."""
    return row.state == RUNNING and not is_lost(row, now)


@contextmanager
def telling_alive(place: Workplace, tell: Callable[[Session, datetime], None]) -> Generator[None]:
    """Let `tell` give a sign of life every few seconds while the block runs, however long one step of it takes."""

    def beat() -> bool:
        try:
            with transaction(place.engine) as session:
                tell(session, place.now())
        except OperationalError as busy:
            # the next sign comes before the silence is over
            logger.warning("数据库暂时不可用，本次未能报告进度：%s", busy.orig)
        return True

    with beside(BEAT_SECONDS, beat):
        yield
