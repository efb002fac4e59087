"""Long works of auditors: checks of the history and evidence bundles, made in the background."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field

from models.base import Table, UtcDateTime, text_enum


class AuditWorkKind(StrEnum):
    """A check of the history with its invariants, or the evidence bundle of a round."""

    CHECK = "check"
    BUNDLE = "bundle"


class AuditWorkState(StrEnum):
    """running -> done or failed; one that gives no sign of life is told as lost."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class AuditWork(Table, table=True):
    """One work: how far it is, and what came of it.

    A check goes from event `since` on to `total`, and ends with the tree's `root`; `problems` are its Chinese lines. Of
    a bundle `sha256` and `size` tell the file. `beat_at` is its last sign of life.
    """

    id: int | None = Field(default=None, primary_key=True)
    kind: AuditWorkKind = Field(sa_type=text_enum(AuditWorkKind))
    state: AuditWorkState = Field(default=AuditWorkState.RUNNING, sa_type=text_enum(AuditWorkState), index=True)
    round_id: int | None = Field(default=None, foreign_key="round.id", index=True)
    account_id: int = Field(foreign_key="account.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    beat_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    since: int = 0
    done: int = 0
    total: int = 0
    root: str = Field(default="", max_length=64)
    problems: list[str] = Field(default_factory=list, sa_type=JSON)
    sha256: str = Field(default="", max_length=64)
    size: int = 0
