"""Consents: who agreed to what, as shown by what, and when it was taken back."""

from datetime import date, datetime

from sqlmodel import Field, Text

from models.base import Table, UtcDateTime


class Consent(Table, table=True):
    """One consent of one person. `subject` is the case or receipt number that they are known by; no name is kept.

    `text_digest` is the SHA-256 of the words agreed to (craftsman/rules/consents.py), `evidence` how it was given
    (`tick`, `paper`, `letter`), `evidence_digest` the SHA-256 of a paper.
    """

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    subject: str = Field(max_length=40, index=True)
    purpose: str = Field(max_length=20)
    text_digest: str = Field(max_length=64)
    evidence: str = Field(max_length=20)
    evidence_digest: str = Field(default="", max_length=64)
    given_on: date
    recorded_by: int | None = Field(default=None, foreign_key="account.id")
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_by: int | None = Field(default=None, foreign_key="account.id")
    withdrawn_reason: str = Field(default="", sa_type=Text)
