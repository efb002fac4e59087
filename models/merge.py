"""Merges: nominations, leads and ways in that were found to be of one person; every merge can be undone."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class MergeKind(StrEnum):
    """What was merged. A way is the channel of a second unit's row for somebody who was nominated before.

    An adoption lets a lead go into the nomination of the same person.
    """

    NOMINATION = "nomination"
    LEAD = "lead"
    WAY = "way"
    ADOPTION = "adoption"


class Merge(Table, table=True):
    """`merged` went into `kept` (case or receipt numbers); `before` is the status that an undo gives back.

    Of a way, `merged` is the code of the second unit and `before` the channel. A merge is in force as long as
    `undone_at` is empty.
    """

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    kind: MergeKind = Field(sa_type=text_enum(MergeKind))
    kept: str = Field(max_length=40, index=True)
    merged: str = Field(max_length=40, index=True)
    before: str = Field(max_length=32)
    reason: str = Field(default="", sa_type=Text)
    account_id: int = Field(foreign_key="account.id")
    merged_at: datetime = Field(sa_type=UtcDateTime)
    undone_by: int | None = Field(default=None, foreign_key="account.id")
    undone_reason: str = Field(default="", sa_type=Text)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
