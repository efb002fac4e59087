"""The committee's ballot: who voted, and apart from it, what was voted."""

from datetime import datetime

from sqlalchemy import JSON, Text, UniqueConstraint
from sqlmodel import Field

from models.base import Table, UtcDateTime


class BallotTicket(Table, table=True):
    """A member's right to one paper. It tells that they voted, never how."""

    __table_args__ = (UniqueConstraint("stage_run_id", "account_id", "round_no"),)

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id")
    account_id: int = Field(foreign_key="account.id")
    round_no: int = 1
    issued_at: datetime = Field(sa_type=UtcDateTime)
    cast_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class BallotPaper(Table, table=True):
    """A paper in the box: case numbers chosen, under a random receipt. No time, no person, no order."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    receipt: str = Field(primary_key=True, max_length=64)
    stage_run_id: int = Field(foreign_key="stage_run.id", index=True)
    round_no: int = 1
    choices: list[str] = Field(sa_type=JSON)


class BallotRound(Table, table=True):
    """A second round and what it stands on: frozen when it opens, so that the first is counted the same ever after.

    `kept` is case number -> tier of who was elected in the first; `barred` may not have a seat that is left; `recused`
    is how many members were recused from each candidate of the first round.
    """

    __table_args__ = (UniqueConstraint("stage_run_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id")
    number: int = 2
    seats: int
    candidates: list[str] = Field(sa_type=JSON)
    kept: dict[str, str] = Field(sa_type=JSON)
    barred: list[str] = Field(sa_type=JSON)
    recused: dict[str, int] = Field(sa_type=JSON)
    opened_by: int = Field(foreign_key="account.id")
    opened_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(default="", sa_type=Text)
