"""Tokens by which other programs act for an account."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field

from models.base import Table, UtcDateTime


class ApiToken(Table, table=True):
    """A token of one account, known by its SHA-256; it may do what its scopes name, as far as the account may."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=60)
    account_id: int = Field(foreign_key="account.id", index=True)
    token_hash: str = Field(unique=True, max_length=64)
    scopes: list[str] = Field(default_factory=list, sa_type=JSON)
    made_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
