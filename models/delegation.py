"""Delegations: a signer names who stands in for a role, for a period."""

from datetime import datetime

from sqlmodel import Field, Text

from models.base import Table, UtcDateTime


class Delegation(Table, table=True):
    """Who may sign in a role on whose behalf, from when to when, on what authority; a revoked one stays as history."""

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    account_id: int = Field(foreign_key="account.id")
    delegate_id: int = Field(foreign_key="account.id", index=True)
    role: str = Field(max_length=20)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(sa_type=Text)
    authority: str = Field(max_length=200)
    made_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
