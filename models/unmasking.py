"""Looks at one unmasked field of one person: asked for with a reason, agreed to by another, shown once."""

from datetime import datetime

from sqlmodel import Field, Text

from models.base import Table, UtcDateTime


class Unmasking(Table, table=True):
    """One look. `field` is `id_number`, `birth` or `phone`; the value is kept nowhere but in the person's cipher."""

    id: int | None = Field(default=None, primary_key=True)
    nomination_id: int = Field(foreign_key="nomination.id", index=True)
    field: str = Field(max_length=20)
    reason: str = Field(sa_type=Text)
    asked_by: int = Field(foreign_key="account.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    agreed_by: int | None = Field(default=None, foreign_key="account.id")
    agreed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    shown_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
