"""Awards and the certificates that stand for them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class AwardStatus(StrEnum):
    """What the public check of a certificate answers."""

    VALID = "valid"
    REISSUED = "reissued"
    REVOKED = "revoked"


AWARD_MOVES: dict[AwardStatus, frozenset[AwardStatus]] = {
    AwardStatus.VALID: frozenset({AwardStatus.REISSUED, AwardStatus.REVOKED}),
    AwardStatus.REISSUED: frozenset(),
    AwardStatus.REVOKED: frozenset(),
}


class Award(Table, table=True):
    """One honour of one person; `certificate_no` ends with its check character."""

    __table_args__ = (UniqueConstraint("round_id", "nomination_id", "issue"),)

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    nomination_id: int = Field(foreign_key="nomination.id")
    issue: int = 1
    tier: str = Field(max_length=40)
    position: int
    certificate_no: str = Field(unique=True, max_length=40)
    status: AwardStatus = Field(default=AwardStatus.VALID, sa_type=text_enum(AwardStatus))
    awarded_on: date
    reason: str = Field(default="", sa_type=Text)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
