"""Resolutions by which a frozen list may change after its notice: two people record each."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class AmendmentKind(StrEnum):
    """What is resolved: a name was written wrongly, a certificate is issued anew, an honour is revoked."""

    NAME = "name"
    REISSUE = "reissue"
    REVOKE = "revoke"


class Amendment(Table, table=True):
    """One resolution about one name of the list; `before` and `after` are names where the name is corrected.

    In force once another account than the proposer's has confirmed it; withdrawn ones stay as history.
    """

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    nomination_id: int = Field(foreign_key="nomination.id")
    kind: AmendmentKind = Field(sa_type=text_enum(AmendmentKind))
    before: str = Field(default="", max_length=80)
    after: str = Field(default="", max_length=80)
    resolution: str = Field(sa_type=Text)
    proposed_by: int = Field(foreign_key="account.id")
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_by: int | None = Field(default=None, foreign_key="account.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_by: int | None = Field(default=None, foreign_key="account.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
