"""Workbooks being checked beside the requests: a row tells every process how far it is. No act, so no event either.

What came of it lies sealed beside the upload, for as long as that is kept; the row names nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.intake_file import Prepared
from craftsman.actions.long_works import is_under_way
from craftsman.actions.workplace import Workplace
from craftsman.store.uploads import KEPT, Upload
from models import IntakeCheck, IntakeCheckState

SHOWN = 10
# what `done` tells of a check whose rows are not counted yet, see models/intake_check.py
BEING_OPENED = 1


class CheckStep(StrEnum):
    """How far a check is that is under way."""

    RECEIVED = "received"
    OPENED = "opened"
    COUNTED = "counted"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a check: the workbook made ready, or why it cannot be read."""

    prepared: Prepared | None = None
    refused: str = ""


class Claim(NamedTuple):
    """A check that is ours to do: the number of its row, and which attempt it is."""

    number: int
    attempt: int


_RESULT = TypeAdapter(Result)


def claim_check(session: Session, act: Act, round_id: int, sha256: str, *, known: bool) -> Claim | None:
    """Begin the check of a file; None while it is under way, or where it is done and its result still `known`."""
    act.must("intake.import", round_id)
    row = check_of(session, act, round_id, sha256)
    if row is None:
        mine = {"account_id": act.actor.account, "round_id": round_id, "sha256": sha256}
        row = IntakeCheck.model_validate({**mine, "attempt": 0, "asked_at": act.now, "beat_at": act.now})
    elif known and row.state in {IntakeCheckState.DONE, IntakeCheckState.TAKEN}:
        _change(session, col(IntakeCheck.id) == row.id, state=IntakeCheckState.DONE)
        return None
    elif is_under_way(row, act.now):
        return None
    fresh = {"attempt": row.attempt + 1, "done": 0, "rows": 0, "asked_at": act.now, "beat_at": act.now}
    row.sqlmodel_update({"state": IntakeCheckState.RUNNING, **fresh})
    session.add(row)
    session.flush()
    return Claim(row.id or 0, row.attempt)


def check_of(session: Session, act: Act, round_id: int, sha256: str) -> IntakeCheck | None:
    """The check of a file of the actor's own."""
    return session.exec(select(IntakeCheck).where(*_mine(act, round_id), IntakeCheck.sha256 == sha256)).first()


def checks_waiting(session: Session, act: Act, round_id: int) -> Sequence[IntakeCheck]:
    """The actor's checks that are under way or wait to be taken in, the latest first."""
    states = (IntakeCheckState.RUNNING, IntakeCheckState.DONE)
    recent = col(IntakeCheck.state).in_(states), IntakeCheck.asked_at >= act.now - KEPT
    query = select(IntakeCheck).where(*_mine(act, round_id), *recent)
    return session.exec(query.order_by(col(IntakeCheck.asked_at).desc(), col(IntakeCheck.id).desc()).limit(SHOWN)).all()


def step_of(row: IntakeCheck) -> CheckStep:
    """What is done with a file: it waits for its turn, is being opened, its rows are checked, or all of them are."""
    if not row.rows:
        return CheckStep.OPENED if row.done == BEING_OPENED else CheckStep.RECEIVED
    return CheckStep.READ if row.done == row.rows else CheckStep.COUNTED


def tell_progress(session: Session, now: datetime, claim: Claim, *, done: int, rows: int) -> None:
    """Tell how far a check is."""
    _change(session, *_still(claim), done=done, rows=rows, beat_at=now)


def tell_opened(session: Session, now: datetime, claim: Claim) -> None:
    """Tell that a file has its turn: it is being opened, and its rows are not counted yet."""
    tell_progress(session, now, claim, done=BEING_OPENED, rows=0)


def tell_alive(session: Session, now: datetime, numbers: Sequence[int]) -> None:
    """Tell that checks are not lost, also those that wait for their turn."""
    _change(session, col(IntakeCheck.id).in_(numbers), beat_at=now)


def end_check(session: Session, claim: Claim, state: IntakeCheckState) -> None:
    """Note that a check came to its end, good or bad, unless it was begun again meanwhile."""
    _change(session, *_still(claim), state=state)


def end_taken(session: Session, act: Act, round_id: int, sha256: str) -> None:
    """Note that a checked file was taken in: it waits for nobody any more."""
    _change(session, *_mine(act, round_id), col(IntakeCheck.sha256) == sha256, state=IntakeCheckState.TAKEN)


def keep_result(place: Workplace, owner: str, sha256: str, result: Result) -> None:
    """Seal what came of a check beside the upload; of a wrong file only where that was kept. Raises OSError."""
    if result.prepared is None and not place.uploads.holds(owner, sha256):
        return
    # the file itself lies beside it
    bare = replace(result, prepared=replace(result.prepared, content=b"") if result.prepared else None)
    place.uploads.note(owner, sha256, _RESULT.dump_json(bare), now=place.now())


def result_of(place: Workplace, owner: str, upload: Upload) -> Result | None:
    """What came of the check of a file, None where that is not, or no longer, known."""
    noted = place.uploads.noted(owner, upload.sha256)
    if noted is None:
        return None
    found = _RESULT.validate_json(noted)
    whole = replace(found.prepared, content=upload.content, file_name=upload.name) if found.prepared else None
    return replace(found, prepared=whole)


def _mine(act: Act, round_id: int) -> tuple[ColumnElement[bool], ...]:
    return col(IntakeCheck.account_id) == act.actor.account, col(IntakeCheck.round_id) == round_id


def _still(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    same = col(IntakeCheck.id) == claim.number, col(IntakeCheck.attempt) == claim.attempt
    return *same, col(IntakeCheck.state) == IntakeCheckState.RUNNING


def _change(session: Session, *which: ColumnElement[bool], **values: object) -> None:
    session.exec(update(IntakeCheck).where(*which).values(**values))
