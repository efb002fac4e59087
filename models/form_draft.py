"""What somebody typed into a form and has not handed in; nobody else reads it, and nobody counts it."""

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field

from models.base import Table, UtcDateTime


class FormDraft(Table, table=True):
    """The typed fields of one form (the path it is sent to) of one account, sealed; `page` is where it is filled in.

    `version` rises with each keeping. When the form was sent, or after some days, nothing is left of the fields.
    """

    __table_args__ = (UniqueConstraint("account_id", "form"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    form: str = Field(max_length=300)
    page: str = Field(max_length=600)
    fields_cipher: str = Field(sa_type=Text)
    version: int = 1
    saved_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
