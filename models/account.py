"""Accounts, the roles granted to them, and their browser sessions."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime


class Role(StrEnum):
    """Who somebody is in a round; docs/glossary.md names each."""

    REPORTER = "reporter"
    EXPERT = "expert"
    JUDGE = "judge"
    CHAIR = "chair"
    COMMITTEE = "committee"
    LEADER = "leader"
    STAFF = "staff"
    VERIFIER = "verifier"
    DISCIPLINE = "discipline"
    AUDITOR = "auditor"
    ADMIN = "admin"
    SECURITY = "security"


class Account(Table, table=True):
    """A person who can act. `unit` and `uscc` are the employer, by which recusal is computed."""

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True, max_length=60)
    name: str = Field(max_length=40)
    email: str = Field(max_length=120)
    password_hash: str | None = Field(default=None, max_length=200)
    unit: str = Field(default="", max_length=120)
    uscc: str = Field(default="", max_length=18)
    id_index: str | None = Field(default=None, max_length=64)
    disciplines: list[str] = Field(default_factory=list, sa_type=JSON)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    disabled_reason: str = Field(default="", sa_type=Text)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Grant(Table, table=True):
    """A role given to an account: for one round, or for the office as a whole (round_id is empty); until it ends."""

    __table_args__ = (UniqueConstraint("account_id", "role", "round_id"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    role: str = Field(max_length=20)
    round_id: int | None = Field(default=None, foreign_key="round.id", index=True)
    granted_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LoginSession(Table, table=True):
    """A browser session, known by the SHA-256 of its token; it can be ended at any time.

    Of where it was begun no more is kept than craftsman.rules.devices leaves: the network, and the browser's family.
    """

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    account_id: int = Field(foreign_key="account.id", index=True)
    started_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    address: str | None = Field(default=None, max_length=40)
    browser: str | None = Field(default=None, max_length=40)
