"""Erasures of personal data: requested by one person of the office, confirmed by another, done at that moment."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime


class Erasure(Table, table=True):
    """One erasure. `kind` is `person`, `lead`, `objection` or `expert`, `subject` the number it is known by.

    `ground`: `request` of the person, or `retention`. `files_left` are files (SHA-256) still to be taken off the disk.
    """

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=20)
    subject: str = Field(max_length=80, index=True)
    round_id: int | None = Field(default=None, foreign_key="round.id")
    ground: str = Field(max_length=20)
    reason: str = Field(sa_type=Text)
    asked_by: int = Field(foreign_key="account.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_by: int | None = Field(default=None, foreign_key="account.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    files_left: list[str] = Field(default_factory=list, sa_type=JSON)
