"""Documents that were issued or returned, kept by their content."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.base import Table, UtcDateTime


class Document(Table, table=True):
    """A file in the content store, under its SHA-256. `subject` says what it is of (a stage, a case).

    `public` ones are meant for everybody, and seen by everybody once released; `made_by` nobody where the system did.
    """

    __table_args__ = (UniqueConstraint("round_id", "kind", "subject", "media_type", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    kind: str = Field(max_length=40)
    subject: str = Field(max_length=80)
    version: int = 1
    file_name: str = Field(max_length=200)
    media_type: str = Field(max_length=100)
    sha256: str = Field(max_length=64)
    size: int
    public: bool = False
    made_by: int | None = Field(default=None, foreign_key="account.id")
    issued_at: datetime = Field(sa_type=UtcDateTime)
