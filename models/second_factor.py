"""What somebody proves who they are with beside a password: an authenticator app, passkeys, recovery codes."""

from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from models.base import Table, UtcDateTime


class AuthenticatorApp(Table, table=True):
    """An app that shows a code every half minute; `last_step` is the half minute whose code was taken last."""

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    secret_cipher: str = Field(max_length=400)
    last_step: int = Field(sa_type=BigInteger)
    added_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Passkey(Table, table=True):
    """A key in somebody's device or browser; ours is its public half. `sign_count` may only rise."""

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    name: str = Field(max_length=40)
    credential_id: str = Field(unique=True, max_length=1400)
    public_key: str = Field(sa_type=Text)
    sign_count: int = Field(sa_type=BigInteger)
    added_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RecoveryCode(Table, table=True):
    """A code for the day on which app and passkeys are lost, good once; only its keyed digest is kept."""

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    code_index: str = Field(max_length=64)
    made_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
