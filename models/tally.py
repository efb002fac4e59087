"""Likes of the public: the files they came in, each like, and which of them were found tainted."""

from datetime import date, datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field

from models.base import Table, UtcDateTime


class TallyBatch(Table, table=True):
    """A table of the voting platform: how many likes came of it. Their sum is what the closing must find again."""

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id", index=True)
    sha256: str = Field(max_length=64)
    lines: int
    taken: int
    repeated: int
    refused: int
    taken_by: int = Field(foreign_key="account.id")
    taken_at: datetime = Field(sa_type=UtcDateTime)


class TallyLike(Table, table=True):
    """One like of one voter for one candidate on one day; never rewritten. `token` is a keyed digest, nothing else."""

    __table_args__ = (UniqueConstraint("stage_run_id", "token", "nomination_id", "day"),)

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id")
    batch_id: int = Field(foreign_key="tally_batch.id")
    nomination_id: int = Field(foreign_key="nomination.id")
    token: str = Field(max_length=64)
    day: date
    cast_at: datetime = Field(sa_type=UtcDateTime)


class TallyVoid(Table, table=True):
    """Likes found tainted, by what and why; they count until a second person has confirmed it."""

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id", index=True)
    chosen_by: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    likes: int
    proposed_by: int = Field(foreign_key="account.id")
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_by: int | None = Field(default=None, foreign_key="account.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_by: int | None = Field(default=None, foreign_key="account.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TallyVoidLike(Table, table=True):
    """The record of one like that a void names; the like itself stays as it came."""

    void_id: int = Field(foreign_key="tally_void.id", primary_key=True)
    like_id: int = Field(foreign_key="tally_like.id", primary_key=True, index=True)
