"""Objections to names on a notice: the case itself; who objects, what they handed in and who investigates apart."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class ObjectionStatus(StrEnum):
    """filed -> accepted or refused; accepted -> upheld, dismissed or deferred."""

    FILED = "filed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    DEFERRED = "deferred"


_S = ObjectionStatus
OBJECTION_MOVES: dict[ObjectionStatus, frozenset[ObjectionStatus]] = {
    _S.FILED: frozenset({_S.ACCEPTED, _S.REFUSED}),
    _S.ACCEPTED: frozenset({_S.UPHELD, _S.DISMISSED, _S.DEFERRED}),
    _S.REFUSED: frozenset(),
    _S.UPHELD: frozenset(),
    _S.DISMISSED: frozenset(),
    _S.DEFERRED: frozenset(),
}
OPEN_OBJECTIONS = frozenset({_S.FILED, _S.ACCEPTED})
# of these the nominee is not announced this year
LOST_OBJECTIONS = frozenset({_S.UPHELD, _S.DEFERRED})


class Objection(Table, table=True):
    """Somebody objects to a name. Who it was stands sealed in another table.

    `ground` and `refusal` are keys of craftsman/rules/objections.py; `clues` is what staff found checkable in an
    anonymous one. Deadlines are the midnights that end their last working day.
    `data_key`, wrapped, opens who objected and what they handed in.
    """

    id: int | None = Field(default=None, primary_key=True)
    receipt_no: str = Field(unique=True, max_length=40)
    data_key: str = Field(default="", max_length=120)
    notice_id: int = Field(foreign_key="notice.id", index=True)
    nomination_id: int = Field(foreign_key="nomination.id")
    kind: str = Field(default="person", max_length=20)
    ground: str = Field(default="other", max_length=40)
    grounds: str = Field(sa_type=Text)
    postmarked_on: date | None = None
    status: ObjectionStatus = Field(default=ObjectionStatus.FILED, sa_type=text_enum(ObjectionStatus))
    filed_at: datetime = Field(sa_type=UtcDateTime)
    accept_by: datetime | None = Field(default=None, sa_type=UtcDateTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    clues: str = Field(default="", sa_type=Text)
    refusal: str = Field(default="", max_length=40)
    investigate_by: datetime | None = Field(default=None, sa_type=UtcDateTime)
    extended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    extension: str = Field(default="", sa_type=Text)
    report: str = Field(default="", sa_type=Text)
    reported_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ruling: str = Field(default="", sa_type=Text)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ObjectorRecord(Table, table=True):
    """Who made an objection, encrypted, and nothing else; every look at it is recorded."""

    objection_id: int = Field(primary_key=True, foreign_key="objection.id", sa_column_kwargs={"autoincrement": False})
    cipher: str = Field(sa_type=Text)


class ObjectionFile(Table, table=True):
    """A file handed in with an objection; its bytes lie encrypted in the vault, its own name is not kept."""

    __table_args__ = (UniqueConstraint("objection_id", "sha256"),)

    id: int | None = Field(default=None, primary_key=True)
    objection_id: int = Field(foreign_key="objection.id")
    sha256: str = Field(max_length=64)
    media_type: str = Field(max_length=100)
    size: int
    file_name: str = Field(max_length=40)
    added_at: datetime = Field(sa_type=UtcDateTime)


class Investigator(Table, table=True):
    """Somebody who investigates an objection; `signed_at` is under its report as it stands."""

    id: int | None = Field(default=None, primary_key=True)
    objection_id: int = Field(foreign_key="objection.id", index=True)
    account_id: int = Field(foreign_key="account.id")
    assigned_by: int = Field(foreign_key="account.id")
    assigned_at: datetime = Field(sa_type=UtcDateTime)
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    signed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
