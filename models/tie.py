"""Ties between people who act and those who are nominated, by which recusal is computed."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class TieKind(StrEnum):
    """Kinship, master and apprentice (either way), work done together, or an economic interest."""

    KINSHIP = "kinship"
    APPRENTICESHIP = "apprenticeship"
    SHARED_WORK = "shared_work"
    INTEREST = "interest"


class TieSource(StrEnum):
    """Declared by the person, or recorded by staff from a nominee's papers or from a tip."""

    DECLARED = "declared"
    PAPERS = "papers"
    TIP = "tip"


class Tie(Table, table=True):
    """One tie of an account: to a nominee (and to that person in later rounds), to a unit, or a work of its own.

    It counts once confirmed; what staff recorded is confirmed by somebody else. Withdrawn ones stay as history.
    """

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    kind: TieKind = Field(sa_type=text_enum(TieKind))
    source: TieSource = Field(sa_type=text_enum(TieSource))
    nomination_id: int | None = Field(default=None, foreign_key="nomination.id")
    id_index: str = Field(default="", max_length=64)
    uscc: str = Field(default="", max_length=18)
    number: str = Field(default="", max_length=80)
    year: int | None = None
    note: str = Field(sa_type=Text)
    recorded_by: int = Field(foreign_key="account.id")
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_by: int | None = Field(default=None, foreign_key="account.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_by: int | None = Field(default=None, foreign_key="account.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_reason: str = Field(default="", sa_type=Text)
