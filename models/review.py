"""Assignments of judges to nominations and the batches they were drawn in, score sheets, and recusals."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class AssignmentStatus(StrEnum):
    """A sheet is awaited, submitted, or void because the judge was recused."""

    ASSIGNED = "assigned"
    SUBMITTED = "submitted"
    VOID = "void"


ASSIGNMENT_MOVES: dict[AssignmentStatus, frozenset[AssignmentStatus]] = {
    AssignmentStatus.ASSIGNED: frozenset({AssignmentStatus.SUBMITTED, AssignmentStatus.VOID}),
    # the chair gives a sheet back
    AssignmentStatus.SUBMITTED: frozenset(
        {AssignmentStatus.SUBMITTED, AssignmentStatus.ASSIGNED, AssignmentStatus.VOID}
    ),
    AssignmentStatus.VOID: frozenset(),
}


class AssignmentBatch(Table, table=True):
    """What one drawing of panels was computed from, as canonical JSON, and its answer; in force until undone."""

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id", index=True)
    inputs: str = Field(sa_type=Text)
    inputs_digest: str = Field(max_length=64)
    certificate: str = Field(sa_type=Text)
    drawn_at: datetime = Field(sa_type=UtcDateTime)
    undone_by: int | None = Field(default=None, foreign_key="account.id")
    undone_reason: str = Field(default="", sa_type=Text)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


_LIVE = text("status != 'void'")


class Assignment(Table, table=True):
    """One judge, one nomination, one stage; of a batch, or singly (a stand-in). Void ones may be given anew."""

    __table_args__ = (
        Index(
            "uq_assignment_live",
            "stage_run_id",
            "nomination_id",
            "account_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        # a judge's own cases: without the stage in it, SQLite would rather read all of the stage
        Index("ix_assignment_account_id_stage_run_id", "account_id", "stage_run_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id")
    nomination_id: int = Field(foreign_key="nomination.id")
    account_id: int = Field(foreign_key="account.id")
    batch_id: int | None = Field(default=None, foreign_key="assignment_batch.id", index=True)
    status: AssignmentStatus = Field(default=AssignmentStatus.ASSIGNED, sa_type=text_enum(AssignmentStatus))
    reason: str = Field(default="", sa_type=Text)


class ScoreSheet(Table, table=True):
    """Marks by criterion key in hundredths of a point (87.5 is 8750). The highest version counts.

    `raw` holds the attempts at contest items, from which their marks were reckoned.
    """

    __table_args__ = (UniqueConstraint("assignment_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id")
    version: int = 1
    marks: dict[str, int] = Field(sa_type=JSON)
    raw: dict[str, list[str]] = Field(default_factory=dict, sa_type=JSON)
    comment: str = Field(default="", sa_type=Text)
    reason: str = Field(default="", sa_type=Text)
    scored_at: datetime = Field(sa_type=UtcDateTime)


class ScoreDraft(Table, table=True):
    """Marks that a judge has kept and not handed in, the comment sealed; nobody counts them."""

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id", unique=True)
    marks: dict[str, int] = Field(sa_type=JSON)
    raw: dict[str, list[str]] = Field(default_factory=dict, sa_type=JSON)
    comment_cipher: str = Field(default="", sa_type=Text)
    saved_at: datetime = Field(sa_type=UtcDateTime)


class Recusal(Table, table=True):
    """A declared conflict: this person takes no part in this nomination."""

    __table_args__ = (UniqueConstraint("round_id", "account_id", "nomination_id"),)

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id")
    account_id: int = Field(foreign_key="account.id")
    nomination_id: int = Field(foreign_key="nomination.id")
    reason: str = Field(sa_type=Text)
    declared_at: datetime = Field(sa_type=UtcDateTime)
