"""The committee's ballot: who voted, and apart from it, what was voted."""

from datetime import datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from models.base import Table, UtcDateTime


class BallotTicket(Table, table=True):
    """A member's right to one paper. It tells that they voted, never how."""

    __table_args__ = (UniqueConstraint("stage_run_id", "account_id"),)

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id")
    account_id: int = Field(foreign_key="account.id")
    issued_at: datetime = Field(sa_type=UtcDateTime)
    cast_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class BallotPaper(Table, table=True):
    """A paper in the box: case numbers chosen, under a random receipt. No time, no person, no order."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    receipt: str = Field(primary_key=True, max_length=64)
    stage_run_id: int = Field(foreign_key="stage_run.id", index=True)
    choices: list[str] = Field(sa_type=JSON)
