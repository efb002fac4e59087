"""What people do between the verdicts and the gate of the screening: one 补正, and overrides by two people."""

from datetime import datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime


class Supplement(Table, table=True):
    """The one chance of a nomination to be put right after its verdict; a second row cannot be made."""

    __table_args__ = (UniqueConstraint("stage_run_id", "nomination_id"),)

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id")
    nomination_id: int = Field(foreign_key="nomination.id")
    reasons: list[str] = Field(default_factory=list, sa_type=JSON)
    asked_by: int = Field(foreign_key="account.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lapsed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Override(Table, table=True):
    """Failed rules that two people agree to set aside for one nomination, with the reason.

    In force once another account than the proposer's has confirmed it; withdrawn ones stay as history.
    """

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id", index=True)
    nomination_id: int = Field(foreign_key="nomination.id")
    rules: list[str] = Field(default_factory=list, sa_type=JSON)
    reason: str = Field(sa_type=Text)
    proposed_by: int = Field(foreign_key="account.id")
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_by: int | None = Field(default=None, foreign_key="account.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_by: int | None = Field(default=None, foreign_key="account.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
