"""A stage of a round, the nominations in it, and its sealed result."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class StageStatus(StrEnum):
    """planned -> due -> opening -> open -> closing_due -> closing -> awaiting -> passed."""

    PLANNED = "planned"
    DUE = "due"
    OPENING = "opening"
    OPEN = "open"
    CLOSING_DUE = "closing_due"
    CLOSING = "closing"
    AWAITING = "awaiting"
    PASSED = "passed"


STAGE_MOVES: dict[StageStatus, frozenset[StageStatus]] = {
    StageStatus.PLANNED: frozenset({StageStatus.DUE}),
    StageStatus.DUE: frozenset({StageStatus.OPENING}),
    # back to due: the process that held the step died, the reconciler asks for it again
    StageStatus.OPENING: frozenset({StageStatus.DUE, StageStatus.OPEN, StageStatus.CLOSING}),
    StageStatus.OPEN: frozenset({StageStatus.CLOSING_DUE}),
    # back to open: closing was asked for too early and found something missing
    StageStatus.CLOSING_DUE: frozenset({StageStatus.CLOSING, StageStatus.OPEN}),
    StageStatus.CLOSING: frozenset(
        {StageStatus.CLOSING_DUE, StageStatus.AWAITING, StageStatus.PASSED, StageStatus.OPEN}
    ),
    # back to open: the gate was returned with a reason
    StageStatus.AWAITING: frozenset({StageStatus.PASSED, StageStatus.OPEN}),
    StageStatus.PASSED: frozenset(),
}

REQUESTED = frozenset({StageStatus.DUE, StageStatus.CLOSING_DUE})
HELD = frozenset({StageStatus.OPENING, StageStatus.CLOSING})


class StageRun(Table, table=True):
    """One stage of one round. `attempt` rises at each request: a process with an older one may not write.

    A step with a `refusal` is not tried again until staff, having seen to the reason, ask for it.
    """

    __table_args__ = (UniqueConstraint("round_id", "key"), UniqueConstraint("round_id", "position"))

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    position: int
    key: str = Field(max_length=40)
    kind: str = Field(max_length=20)
    title: str = Field(max_length=80)
    status: StageStatus = Field(default=StageStatus.PLANNED, sa_type=text_enum(StageStatus), index=True)
    attempt: int = 0
    refusal: str = Field(default="", sa_type=Text)
    flow_run_id: str | None = Field(default=None, max_length=36)
    dispatched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    heartbeat_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Outcome(StrEnum):
    """What a stage decided of a nomination."""

    PENDING = "pending"
    ADVANCE = "advance"
    RESERVE = "reserve"
    STOP = "stop"


class StageEntry(Table, table=True):
    """A nomination in a stage. `value` is in hundredths of a point, `exact` the unrounded fraction as "n/d"."""

    __table_args__ = (UniqueConstraint("stage_run_id", "nomination_id"),)

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id")
    nomination_id: int = Field(foreign_key="nomination.id", index=True)
    outcome: Outcome = Field(default=Outcome.PENDING, sa_type=text_enum(Outcome))
    place: int | None = None
    value: int | None = None
    exact: str | None = Field(default=None, max_length=200)
    tier: str | None = Field(default=None, max_length=40)
    reason: str = Field(default="", sa_type=Text)
    detail: dict[str, object] = Field(default_factory=dict, sa_type=JSON)


class SealedResult(Table, table=True):
    """The outcome of a stage as frozen bytes; a correction is a new number that names the one it supersedes."""

    __table_args__ = (UniqueConstraint("stage_run_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id")
    number: int = 1
    body: str = Field(sa_type=Text)
    digest: str = Field(max_length=64)
    inputs: str = Field(default="", sa_type=Text, description="what it was computed from, as canonical JSON")
    inputs_digest: str = Field(max_length=64)
    rules_digest: str = Field(max_length=64)
    code_version: str = Field(max_length=40)
    supersedes: str | None = Field(default=None, max_length=64)
    reason: str = Field(default="", sa_type=Text, description="why the one before is superseded")
    sealed_at: datetime = Field(sa_type=UtcDateTime)
