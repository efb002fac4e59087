"""Contest results as they were posted to the units, the appeals against them, and files that prove a result."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, UniqueConstraint
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class AppealStatus(StrEnum):
    """An appeal is open until it is ruled on."""

    OPEN = "open"
    DISMISSED = "dismissed"
    UPHELD = "upheld"


APPEAL_MOVES: dict[AppealStatus, frozenset[AppealStatus]] = {
    AppealStatus.OPEN: frozenset({AppealStatus.DISMISSED, AppealStatus.UPHELD}),
    AppealStatus.DISMISSED: frozenset(),
    AppealStatus.UPHELD: frozenset(),
}


class ContestPosting(Table, table=True):
    """What the units were told, by case number, and until when they may appeal; the highest number is in force."""

    __table_args__ = (UniqueConstraint("stage_run_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id")
    number: int = 1
    results: dict[str, Any] = Field(sa_type=JSON)
    # of the sheets that it rests on: other sheets need a posting of their own
    sheets_digest: str = Field(max_length=64)
    posted_by: int = Field(foreign_key="account.id")
    posted_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)


class Appeal(Table, table=True):
    """A recommending unit appeals against the contest result of one of its nominees."""

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id", index=True)
    nomination_id: int = Field(foreign_key="nomination.id")
    grounds: str = Field(sa_type=Text)
    status: AppealStatus = Field(default=AppealStatus.OPEN, sa_type=text_enum(AppealStatus))
    filed_by: int = Field(foreign_key="account.id")
    filed_at: datetime = Field(sa_type=UtcDateTime)
    ruling: str = Field(default="", sa_type=Text)
    ruled_by: int | None = Field(default=None, foreign_key="account.id")
    ruled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ContestEvidence(Table, table=True):
    """A file that proves what happened at an item: kept in the vault, or elsewhere and told again by its digest."""

    __table_args__ = (UniqueConstraint("stage_run_id", "nomination_id", "criterion", "sha256"),)

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id")
    nomination_id: int = Field(foreign_key="nomination.id")
    criterion: str = Field(max_length=40)
    title: str = Field(max_length=120)
    sha256: str = Field(max_length=64)
    size: int = Field(sa_type=BigInteger)
    media_type: str = Field(max_length=80)
    # empty: in the vault
    kept_where: str = Field(max_length=200)
    added_by: int = Field(foreign_key="account.id")
    added_at: datetime = Field(sa_type=UtcDateTime)
