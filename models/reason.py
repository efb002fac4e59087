"""Why something was done to an account or a token: the words, which the history only commits to."""

from datetime import datetime

from sqlmodel import Field, Text

from models.base import Table, UtcDateTime


class ActReason(Table, table=True):
    """The reason of one act upon an account or token; `act` and `subject` are those of its event."""

    id: int | None = Field(default=None, primary_key=True)
    act: str = Field(max_length=40)
    subject: str = Field(max_length=80, index=True)
    reason: str = Field(sa_type=Text)
    account_id: int = Field(foreign_key="account.id")
    given_at: datetime = Field(sa_type=UtcDateTime)
