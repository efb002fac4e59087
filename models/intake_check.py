"""Checks of nomination workbooks before they are taken in, told so that every process knows how far one is."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.base import Table, UtcDateTime, text_enum


class IntakeCheckState(StrEnum):
    """running -> done or failed; done -> taken in. One that gives no sign of life is told as broken off."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    TAKEN = "taken"


class IntakeCheck(Table, table=True):
    """How far the check of one workbook of one person is: rows checked, and rows in all once they are counted.

    While `rows` is 0 they are not counted yet: `done` is 0 while the file waits for its turn, 1 while it is opened.
    Neither its name nor anything of its rows stands here: those lie sealed beside the upload. `attempt` tells a check
    that was begun again from the one before; `beat_at` is its last sign of life.
    """

    __table_args__ = (UniqueConstraint("account_id", "round_id", "sha256"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    round_id: int = Field(foreign_key="round.id")
    sha256: str = Field(max_length=64)
    state: IntakeCheckState = Field(default=IntakeCheckState.RUNNING, sa_type=text_enum(IntakeCheckState))
    attempt: int = 1
    done: int = 0
    rows: int = 0
    asked_at: datetime = Field(sa_type=UtcDateTime)
    beat_at: datetime = Field(sa_type=UtcDateTime)
