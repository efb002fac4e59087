"""Merges: two nominations, or two leads, that were found to be of one person; every merge can be undone."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class MergeKind(StrEnum):
    """What was merged."""

    NOMINATION = "nomination"
    LEAD = "lead"


class Merge(Table, table=True):
    """`merged` went into `kept` (case or receipt numbers); `before` is the status that an undo gives back.

    A merge is in force as long as `undone_at` is empty.
    """

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    kind: MergeKind = Field(sa_type=text_enum(MergeKind))
    kept: str = Field(max_length=40, index=True)
    merged: str = Field(max_length=40, index=True)
    before: str = Field(max_length=32)
    reason: str = Field(sa_type=Text)
    account_id: int = Field(foreign_key="account.id")
    merged_at: datetime = Field(sa_type=UtcDateTime)
    undone_by: int | None = Field(default=None, foreign_key="account.id")
    undone_reason: str = Field(default="", sa_type=Text)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
