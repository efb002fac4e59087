"""Versions of the lists that an administrator loads: code lists, industries, clusters, units, past winners."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime


class ReferenceVersion(Table, table=True):
    """One version of one list of a programme: canonical JSON under its SHA-256, with the document it was taken from.

    The newest version of a list counts for rounds that are opened after it; open rounds keep theirs.
    """

    __table_args__ = (UniqueConstraint("slug", "name", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=40)
    name: str = Field(max_length=60)
    version: int
    sha256: str = Field(max_length=64)
    entries: int
    content: str = Field(sa_type=Text)
    source: str = Field(max_length=200)
    account_id: int = Field(foreign_key="account.id")
    loaded_at: datetime = Field(sa_type=UtcDateTime)
