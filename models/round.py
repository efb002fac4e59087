"""A round: one year's run of one programme, with the rules it was opened under."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class RoundStatus(StrEnum):
    """Where a round stands as a whole."""

    OPEN = "open"
    FINISHED = "finished"


class Round(Table, table=True):
    """`programme` is the canonical JSON of the Programme; later edits of the files do not reach an open round."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=60)
    slug: str = Field(max_length=40)
    year: int
    title: str = Field(max_length=120)
    status: RoundStatus = Field(default=RoundStatus.OPEN, sa_type=text_enum(RoundStatus))
    rules_digest: str = Field(max_length=64)
    programme: str = Field(sa_type=Text)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
