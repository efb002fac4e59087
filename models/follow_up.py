"""What a correction leaves for people to decide, because no machine may change it: posted lists, honours."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime


class FollowUp(Table, table=True):
    """`cause` is the digest of the correction, `stage_run_id` the stage it bears on; open until `resolved_at`.

    `decision` says what the body that may decide it decided, `authority` the document of that.
    """

    __table_args__ = (UniqueConstraint("stage_run_id", "cause"),)

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    stage_run_id: int = Field(foreign_key="stage_run.id")
    cause: str = Field(max_length=64)
    matter: str = Field(sa_type=Text)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    decision: str = Field(default="", sa_type=Text)
    authority: str = Field(default="", max_length=200)
    resolved_by: int | None = Field(default=None, foreign_key="account.id")
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
