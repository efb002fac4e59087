"""Public notices with their lists, and the objections they draw."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class NoticeStatus(StrEnum):
    """A notice is prepared, then posted, then over."""

    DRAFT = "draft"
    POSTED = "posted"
    OVER = "over"


NOTICE_MOVES: dict[NoticeStatus, frozenset[NoticeStatus]] = {
    NoticeStatus.DRAFT: frozenset({NoticeStatus.POSTED}),
    NoticeStatus.POSTED: frozenset({NoticeStatus.OVER}),
    NoticeStatus.OVER: frozenset(),
}


class Notice(Table, table=True):
    """公示 number 1 is the list; higher numbers are notices of substitutes. The period is counted from the posting."""

    __table_args__ = (UniqueConstraint("stage_run_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id")
    number: int = 1
    title: str = Field(max_length=120)
    status: NoticeStatus = Field(default=NoticeStatus.DRAFT, sa_type=text_enum(NoticeStatus))
    posted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    starts_on: date | None = None
    ends_on: date | None = None
    explanation: list[str] = Field(default_factory=list, sa_type=JSON)
    list_digest: str = Field(max_length=64)
    resolution: str = Field(default="", sa_type=Text)


class NoticeLine(Table, table=True):
    """One name on a notice, in printed order within its tier; the name as it was when the list was frozen."""

    __table_args__ = (UniqueConstraint("notice_id", "nomination_id"),)

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id")
    nomination_id: int = Field(foreign_key="nomination.id")
    tier: str = Field(max_length=40)
    position: int
    name: str = Field(default="", max_length=80)


class ObjectionStatus(StrEnum):
    """filed -> accepted or refused; accepted -> upheld or dismissed."""

    FILED = "filed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


OBJECTION_MOVES: dict[ObjectionStatus, frozenset[ObjectionStatus]] = {
    ObjectionStatus.FILED: frozenset({ObjectionStatus.ACCEPTED, ObjectionStatus.REFUSED}),
    ObjectionStatus.ACCEPTED: frozenset({ObjectionStatus.UPHELD, ObjectionStatus.DISMISSED}),
    ObjectionStatus.REFUSED: frozenset(),
    ObjectionStatus.UPHELD: frozenset(),
    ObjectionStatus.DISMISSED: frozenset(),
}
OPEN_OBJECTIONS = frozenset({ObjectionStatus.FILED, ObjectionStatus.ACCEPTED})


class Objection(Table, table=True):
    """Somebody objects to a name. Who it was is kept encrypted and apart from the case."""

    id: int | None = Field(default=None, primary_key=True)
    receipt_no: str = Field(unique=True, max_length=40)
    notice_id: int = Field(foreign_key="notice.id", index=True)
    nomination_id: int = Field(foreign_key="nomination.id")
    grounds: str = Field(sa_type=Text)
    objector_cipher: str = Field(max_length=600)
    status: ObjectionStatus = Field(default=ObjectionStatus.FILED, sa_type=text_enum(ObjectionStatus))
    ruling: str = Field(default="", sa_type=Text)
    filed_at: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
