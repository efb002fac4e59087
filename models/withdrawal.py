"""Nominations that were taken back while nominations were taken in, and why; the office may let them stand again."""

from datetime import datetime

from sqlmodel import Field, Text

from models.base import Table, UtcDateTime


class Withdrawal(Table, table=True):
    """One taking back of a nomination; in force as long as `restored_at` is empty."""

    id: int | None = Field(default=None, primary_key=True)
    nomination_id: int = Field(foreign_key="nomination.id", index=True)
    reason: str = Field(sa_type=Text)
    account_id: int = Field(foreign_key="account.id")
    withdrawn_at: datetime = Field(sa_type=UtcDateTime)
    restored_by: int | None = Field(default=None, foreign_key="account.id")
    restored_reason: str = Field(default="", sa_type=Text)
    restored_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
