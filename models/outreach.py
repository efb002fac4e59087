"""五进: winners visit campuses, classrooms, enterprises, workshops and teams."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class Venue(StrEnum):
    """The five places."""

    CAMPUS = "campus"
    CLASSROOM = "classroom"
    ENTERPRISE = "enterprise"
    WORKSHOP = "workshop"
    TEAM = "team"


class OutreachStatus(StrEnum):
    """planned -> held -> confirmed by the host; or called off."""

    PLANNED = "planned"
    HELD = "held"
    CONFIRMED = "confirmed"
    CALLED_OFF = "called_off"


OUTREACH_MOVES: dict[OutreachStatus, frozenset[OutreachStatus]] = {
    OutreachStatus.PLANNED: frozenset({OutreachStatus.HELD, OutreachStatus.CALLED_OFF}),
    OutreachStatus.HELD: frozenset({OutreachStatus.CONFIRMED}),
    OutreachStatus.CONFIRMED: frozenset(),
    OutreachStatus.CALLED_OFF: frozenset(),
}


class Outreach(Table, table=True):
    """One task of one winner; `audience` is how many came, `confirmed_as` who confirmed it for the host, by office.

    `demonstration` marks it as 示范活动.
    """

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    nomination_id: int = Field(foreign_key="nomination.id", index=True)
    venue: Venue = Field(sa_type=text_enum(Venue))
    host: str = Field(max_length=120)
    topic: str = Field(max_length=120)
    held_on: date = Field(index=True)
    audience: int = 0
    demonstration: bool = False
    status: OutreachStatus = Field(default=OutreachStatus.PLANNED, sa_type=text_enum(OutreachStatus))
    confirmed_as: str = Field(default="", max_length=120)
    reason: str = Field(default="", sa_type=Text)
    recorded_by: int = Field(foreign_key="account.id")
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_by: int | None = Field(default=None, foreign_key="account.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OutreachPhoto(Table, table=True):
    """A photograph of a visit, or the host's stamped slip (`slip`); encrypted in the vault under its SHA-256."""

    id: int | None = Field(default=None, primary_key=True)
    outreach_id: int = Field(foreign_key="outreach.id", index=True)
    slip: bool = False
    sha256: str = Field(max_length=64)
    source_sha256: str = Field(max_length=64)
    media_type: str = Field(max_length=100)
    size: int
    file_name: str = Field(max_length=200)
    account_id: int = Field(foreign_key="account.id")
    added_at: datetime = Field(sa_type=UtcDateTime)
