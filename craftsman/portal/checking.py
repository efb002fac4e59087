"""Workbooks being checked in threads of this process, beside the requests; rows tell all processes how far they are."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlmodel import Session

from craftsman.actions.intake_checks import (
    Claim,
    Result,
    end_check,
    keep_result,
    tell_alive,
    tell_opened,
    tell_progress,
)
from craftsman.actions.intake_file import Prepared
from craftsman.actions.long_works import telling_alive
from craftsman.actions.workplace import Workplace
from craftsman.errors import Invalid
from craftsman.store.engine import transaction
from craftsman.workbook.check import Watch
from craftsman.workbook.read import RawRow
from models import IntakeCheckState

# a workbook may unpack to ten times its size: more at once would fill the memory, so that others wait for their turn
TURNS = 2
# each telling is a transaction
SECONDS = 1.0
logger = logging.getLogger("craftsman.portal")


@dataclass(frozen=True, slots=True)
class Job:
    """A workbook to be checked: whose it is, and how it is made ready."""

    place: Workplace
    owner: str
    sha256: str
    work: Callable[[Watch], Prepared]


class Checks:
    """The checks of one process: a few at a time."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(TURNS, "workbook-check")
        self._here: set[Claim] = set()

    def start(self, claim: Claim, job: Job) -> "Future[Result]":
        """Do a check that was claimed, as soon as it is its turn."""
        self._here.add(claim)
        future = self._pool.submit(self._check, claim, job)
        future.add_done_callback(lambda done: _tell_fault(done, claim, job))
        return future

    def _check(self, claim: Claim, job: Job) -> Result:
        try:
            with telling_alive(job.place, self._tell_alive):
                _tell(job, partial(tell_opened, claim=claim))
                result = Result(job.work(lambda rows: _watched(claim, job, rows)))
        except Invalid as refused:
            result = Result(refused=str(refused))
        finally:
            self._here.discard(claim)
        keep_result(job.place, job.owner, job.sha256, result)
        with transaction(job.place.engine) as session:
            end_check(session, claim, IntakeCheckState.FAILED if result.refused else IntakeCheckState.DONE)
        return result

    def _tell_alive(self, session: Session, now: datetime) -> None:
        tell_alive(session, now, [one.number for one in tuple(self._here)])


def _watched(claim: Claim, job: Job, rows: Sequence[RawRow]) -> Iterator[RawRow]:
    """The rows, told as they go by and once they are over."""
    told = -SECONDS
    for done, row in enumerate(rows):
        if time.monotonic() - told >= SECONDS:
            told = time.monotonic()
            _tell(job, partial(tell_progress, claim=claim, done=done, rows=len(rows)))
        yield row
    _tell(job, partial(tell_progress, claim=claim, done=len(rows), rows=len(rows)))


def _tell(job: Job, tell: Callable[[Session, datetime], None]) -> None:
    with transaction(job.place.engine) as session:
        tell(session, job.place.now())


def _tell_fault(future: "Future[Result]", claim: Claim, job: Job) -> None:
    """A fault of ours is asked for by no page: the log has to tell it, and the check may be begun again at once."""
    if (fault := future.exception()) is not None:
        logger.error("A check of a workbook broke off.", exc_info=fault)
        with transaction(job.place.engine) as session:
            end_check(session, claim, IntakeCheckState.FAILED)
