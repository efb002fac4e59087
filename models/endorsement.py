"""What each level of the union tree decided of a nomination."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class EndorsementDecision(StrEnum):
    """Recommend it, decline it, or return it for correction (it then waits for a new decision)."""

    RECOMMEND = "recommend"
    DECLINE = "decline"
    RETURN = "return"


class Endorsement(Table, table=True):
    """One decision; a later one on the same nomination gets the next version and counts alone."""

    __table_args__ = (UniqueConstraint("stage_run_id", "nomination_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id")
    nomination_id: int = Field(foreign_key="nomination.id")
    version: int = 1
    decision: EndorsementDecision = Field(sa_type=text_enum(EndorsementDecision))
    rank: int | None = None
    reason: str = Field(default="", sa_type=Text)
    account_id: int = Field(foreign_key="account.id")
    decided_at: datetime = Field(sa_type=UtcDateTime)
