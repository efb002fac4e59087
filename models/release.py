"""Documents that somebody let out of the house."""

from datetime import datetime

from sqlmodel import Field

from models.base import Table, UtcDateTime


class Release(Table, table=True):
    """One document let out, by whom; without an account where it was public before releases were kept."""

    id: int | None = Field(default=None, primary_key=True)
    document_id: int = Field(foreign_key="document.id", unique=True)
    account_id: int | None = Field(default=None, foreign_key="account.id")
    released_at: datetime = Field(sa_type=UtcDateTime)
