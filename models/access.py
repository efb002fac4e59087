"""Ways in besides the password: single-use links by mail, and returns from an identity provider."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field

from models.base import Table, UtcDateTime, text_enum


class AccessPurpose(StrEnum):
    """What a link lets its bearer do: choose the first password, or another one."""

    INVITATION = "invitation"
    RESET = "reset"


LIVE = text("used_at IS NULL AND voided_at IS NULL")


class AccessLink(Table, table=True):
    """A link sent by mail, known by the SHA-256 of its token. An account has one live link for each purpose at most."""

    __table_args__ = (
        Index("uq_access_link_live", "account_id", "purpose", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
    )

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    account_id: int = Field(foreign_key="account.id", index=True)
    purpose: AccessPurpose = Field(sa_type=text_enum(AccessPurpose))
    made_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    voided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ResetRequest(Table, table=True):
    """Somebody forgot a password. Of a login that is nobody's there is a row too, which is done from the start.

    The delivery of letters answers it: that whoever asks waits for the same work, whether there is an account or not.
    """

    id: int | None = Field(default=None, primary_key=True)
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ProviderReturn(Table, table=True):
    """A log-in by an identity provider, known by the SHA-256 of its state: none is carried out twice."""

    id: int | None = Field(default=None, primary_key=True)
    state_hash: str = Field(unique=True, max_length=64)
    account_id: int = Field(foreign_key="account.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
