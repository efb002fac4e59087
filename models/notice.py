"""Public notices with their lists, what prolongs their periods, and who moves up."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class NoticeStatus(StrEnum):
    """A notice is prepared, then posted, then over; one with a material error is replaced by another."""

    DRAFT = "draft"
    POSTED = "posted"
    OVER = "over"
    REPLACED = "replaced"


NOTICE_MOVES: dict[NoticeStatus, frozenset[NoticeStatus]] = {
    NoticeStatus.DRAFT: frozenset({NoticeStatus.POSTED, NoticeStatus.REPLACED}),
    NoticeStatus.POSTED: frozenset({NoticeStatus.OVER, NoticeStatus.REPLACED}),
    NoticeStatus.OVER: frozenset({NoticeStatus.REPLACED}),
    NoticeStatus.REPLACED: frozenset(),
}


class Notice(Table, table=True):
    """公示 number 1 is the list; those with a `resolution` are of substitutes. The period is counted from the posting.

    One that `replaces` another is the same list corrected, for the reason in `correction`, with a full period anew.
    """

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
    replaces: int | None = Field(default=None, foreign_key="notice.id")
    correction: str = Field(default="", sa_type=Text)


class NoticeLine(Table, table=True):
    """One name on a notice, in printed order within its tier; the name as it was when the list was frozen."""

    __table_args__ = (UniqueConstraint("notice_id", "nomination_id"),)

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id")
    nomination_id: int = Field(foreign_key="nomination.id")
    tier: str = Field(max_length=40)
    position: int
    name: str = Field(default="", max_length=80)


class NoticeText(Table, table=True):
    """The texts of a notice as somebody saved them before it was posted; the latest is printed, earlier ones stay."""

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id", index=True)
    words: dict[str, str] = Field(default_factory=dict[str, str], sa_type=JSON)
    account_id: int = Field(foreign_key="account.id")
    saved_at: datetime = Field(sa_type=UtcDateTime)


class NoticeOutage(Table, table=True):
    """A time in which a posted notice could not be read: noted by staff and confirmed by somebody else, or noticed.

    It counts once `confirmed_at` is set; `ends_before` and `ends_after` are the last days of the period then.
    """

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id", index=True)
    began_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(sa_type=Text)
    reported_by: int | None = Field(default=None, foreign_key="account.id", description="None: noticed by the portal")
    reported_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_by: int | None = Field(default=None, foreign_key="account.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ends_before: date | None = None
    ends_after: date | None = None


class PortalBeat(Table, table=True):
    """When the portal was last seen to answer: one row, renewed while it runs."""

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seen_at: datetime = Field(sa_type=UtcDateTime)


class ListPlace(Table, table=True):
    """A place in stroke order given by hand: the nominee stands where `like` would. The latest counts."""

    id: int | None = Field(default=None, primary_key=True)
    nomination_id: int = Field(foreign_key="nomination.id", index=True)
    like: str = Field(max_length=40)
    reason: str = Field(sa_type=Text)
    account_id: int = Field(foreign_key="account.id")
    given_at: datetime = Field(sa_type=UtcDateTime)


class Promotion(Table, table=True):
    """A substitute proposed for a free place under a resolution, promoted once somebody else confirms it."""

    id: int | None = Field(default=None, primary_key=True)
    stage_run_id: int = Field(foreign_key="stage_run.id", index=True)
    nomination_id: int = Field(foreign_key="nomination.id")
    tier: str = Field(max_length=40)
    resolution: str = Field(sa_type=Text)
    document_no: str = Field(max_length=80)
    passed_over: list[str] = Field(default_factory=list, sa_type=JSON)
    proposed_by: int = Field(foreign_key="account.id")
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_by: int | None = Field(default=None, foreign_key="account.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_by: int | None = Field(default=None, foreign_key="account.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
