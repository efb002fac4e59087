"""Gates between stages and the sign-offs that pass them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class GateStatus(StrEnum):
    """A gate waits until it is approved by all whom the programme demands, or returned by one of them."""

    WAITING = "waiting"
    APPROVED = "approved"
    RETURNED = "returned"


GATE_MOVES: dict[GateStatus, frozenset[GateStatus]] = {
    GateStatus.WAITING: frozenset({GateStatus.APPROVED, GateStatus.RETURNED}),
    GateStatus.APPROVED: frozenset(),
    GateStatus.RETURNED: frozenset(),
}


class Gate(Table, table=True):
    """The door after a stage, bound to its sealed result; a stage closed again after a return gets a new one.

    `checks` are the preconditions as they stood when it opened. A `correction` is the door to another result of a stage
    that has passed: approved, that result counts; returned, the earlier one stands.
    """

    __table_args__ = (UniqueConstraint("stage_run_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    stage_run_id: int = Field(foreign_key="stage_run.id")
    number: int = 1
    status: GateStatus = Field(default=GateStatus.WAITING, sa_type=text_enum(GateStatus))
    digest: str = Field(max_length=64)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = Field(default="", sa_type=Text)
    correction: bool = False
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    checks: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)


class SignOff(Table, table=True):
    """One person's signature under one digest; nobody signs a gate twice.

    `on_behalf_of` is whom a delegate stood in for.
    """

    __table_args__ = (UniqueConstraint("gate_id", "account_id"),)

    id: int | None = Field(default=None, primary_key=True)
    gate_id: int = Field(foreign_key="gate.id")
    account_id: int = Field(foreign_key="account.id")
    role: str = Field(max_length=20)
    digest: str = Field(max_length=64)
    statement: str = Field(sa_type=Text)
    signed_at: datetime = Field(sa_type=UtcDateTime)
    on_behalf_of: int | None = Field(default=None, foreign_key="account.id")
