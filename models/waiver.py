"""Waivers: a quota or structure ratio that was missed and let pass, signed by name."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime


class Waiver(Table, table=True):
    """`lines` are the very violations that were let pass; others, or the same by more, still block.

    `scope` is the code of a recommending unit, or empty for the province as a whole.
    """

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id", index=True)
    scope: str = Field(default="", max_length=40)
    lines: list[str] = Field(default_factory=list, sa_type=JSON)
    reason: str = Field(sa_type=Text)
    account_id: int = Field(foreign_key="account.id")
    signed_at: datetime = Field(sa_type=UtcDateTime)
