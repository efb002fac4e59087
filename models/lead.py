"""Leads: clues from media and workers that a recommending unit may adopt."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class LeadStatus(StrEnum):
    """A lead is not a nomination until it is adopted."""

    FILED = "filed"
    ADOPTED = "adopted"
    REJECTED = "rejected"
    MERGED = "merged"


LEAD_MOVES: dict[LeadStatus, frozenset[LeadStatus]] = {
    LeadStatus.FILED: frozenset({LeadStatus.ADOPTED, LeadStatus.REJECTED, LeadStatus.MERGED}),
    # back to filed: an adoption or a merge was undone
    LeadStatus.ADOPTED: frozenset({LeadStatus.FILED}),
    LeadStatus.REJECTED: frozenset(),
    LeadStatus.MERGED: frozenset({LeadStatus.FILED}),
}


class Lead(Table, table=True):
    """Who was named, by which channel, and what became of it.

    `phone_index` is keyed, so that who filed it can ask for its status by receipt number and phone; the phone itself is
    in `contact_cipher` alone, under the row's own `data_key`. `decide_by` ends the working days for a decision.
    """

    id: int | None = Field(default=None, primary_key=True)
    receipt_no: str = Field(unique=True, max_length=40)
    round_id: int = Field(foreign_key="round.id", index=True)
    channel: str = Field(max_length=40)
    name: str = Field(max_length=40)
    unit: str = Field(max_length=120)
    summary: str = Field(sa_type=Text)
    contact_cipher: str = Field(max_length=400)
    data_key: str = Field(default="", max_length=120)
    phone_index: str = Field(default="", max_length=64)
    relation: str = Field(default="", max_length=40)
    links: list[str] = Field(default_factory=list, sa_type=JSON)
    consent: bool
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    status: LeadStatus = Field(default=LeadStatus.FILED, sa_type=text_enum(LeadStatus))
    nomination_id: int | None = Field(default=None, foreign_key="nomination.id")
    reason: str = Field(default="", sa_type=Text)
    filed_at: datetime = Field(sa_type=UtcDateTime)
    decide_by: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
