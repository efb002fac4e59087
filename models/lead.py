"""Leads: clues from media and workers that a recommending unit may adopt."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class LeadStatus(StrEnum):
    """A lead is not a nomination until it is adopted."""

    FILED = "filed"
    ADOPTED = "adopted"
    REJECTED = "rejected"


LEAD_MOVES: dict[LeadStatus, frozenset[LeadStatus]] = {
    LeadStatus.FILED: frozenset({LeadStatus.ADOPTED, LeadStatus.REJECTED}),
    LeadStatus.ADOPTED: frozenset(),
    LeadStatus.REJECTED: frozenset(),
}


class Lead(Table, table=True):
    """Who was named, by which channel, and what became of it."""

    id: int | None = Field(default=None, primary_key=True)
    receipt_no: str = Field(unique=True, max_length=40)
    round_id: int = Field(foreign_key="round.id", index=True)
    channel: str = Field(max_length=40)
    name: str = Field(max_length=40)
    unit: str = Field(max_length=120)
    summary: str = Field(sa_type=Text)
    contact_cipher: str = Field(max_length=400)
    consent: bool
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    status: LeadStatus = Field(default=LeadStatus.FILED, sa_type=text_enum(LeadStatus))
    nomination_id: int | None = Field(default=None, foreign_key="nomination.id")
    reason: str = Field(default="", sa_type=Text)
    filed_at: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
