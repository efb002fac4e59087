"""A role lent to an administrator for an hour at most, asked for by one and agreed to by another (break-glass)."""

from datetime import datetime

from sqlmodel import Field, Text

from models.base import Table, UtcDateTime


class Emergency(Table, table=True):
    """What was asked, why, and by whom; in force from `agreed_at` until `ends_at`, which ending it brings forward."""

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    role: str = Field(max_length=20)
    round_id: int = Field(foreign_key="round.id")
    reason: str = Field(sa_type=Text)
    minutes: int
    asked_at: datetime = Field(sa_type=UtcDateTime)
    agreed_by: int | None = Field(default=None, foreign_key="account.id")
    agreed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
