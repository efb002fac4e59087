"""Nominations, the channels they came through, and the workbooks that brought them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from models.base import Table, UtcDateTime, text_enum


class NominationStatus(StrEnum):
    """Where a nomination stands in the round as a whole."""

    IN_REVIEW = "in_review"
    RETURNED = "returned"
    STOPPED = "stopped"
    RESERVE = "reserve"
    PROPOSED = "proposed"
    CANCELLED = "cancelled"
    DEFERRED = "deferred"
    AWARDED = "awarded"
    REVOKED = "revoked"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


_S = NominationStatus
NOMINATION_MOVES: dict[NominationStatus, frozenset[NominationStatus]] = {
    _S.IN_REVIEW: frozenset({_S.RETURNED, _S.STOPPED, _S.RESERVE, _S.PROPOSED, _S.CANCELLED, _S.MERGED, _S.WITHDRAWN}),
    _S.RETURNED: frozenset({_S.IN_REVIEW, _S.STOPPED, _S.MERGED, _S.WITHDRAWN}),
    _S.STOPPED: frozenset(),
    _S.RESERVE: frozenset({_S.PROPOSED, _S.STOPPED, _S.CANCELLED}),
    _S.PROPOSED: frozenset({_S.AWARDED, _S.CANCELLED, _S.DEFERRED}),
    _S.CANCELLED: frozenset(),
    # not announced this year: an objection could not be cleared up in time
    _S.DEFERRED: frozenset(),
    _S.AWARDED: frozenset({_S.REVOKED}),
    _S.REVOKED: frozenset(),
    # a merge that is undone gives the status of before back
    _S.MERGED: frozenset({_S.IN_REVIEW, _S.RETURNED}),
    # taken back by whoever put them forward while nominations are taken in; may be put forward again
    _S.WITHDRAWN: frozenset({_S.IN_REVIEW}),
}
# these stand for nobody any more: they are counted, ranked and screened nowhere
GONE = (_S.MERGED, _S.WITHDRAWN)


class Nomination(Table, table=True):
    """One person put forward in one round. `details` holds the workbook's public columns by key; no personal field."""

    __table_args__ = (
        UniqueConstraint("round_id", "person_id"),
        # who nominated in a round is asked at every sheet, and answered from the index alone
        Index("ix_nomination_round_id_nominated_by", "round_id", "nominated_by"),
    )

    id: int | None = Field(default=None, primary_key=True)
    case_no: str = Field(unique=True, max_length=40)
    round_id: int = Field(foreign_key="round.id")
    person_id: int = Field(foreign_key="person.id")
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    status: NominationStatus = Field(default=NominationStatus.IN_REVIEW, sa_type=text_enum(NominationStatus))
    unit: str = Field(max_length=120)
    uscc: str = Field(max_length=18)
    region: str = Field(max_length=6)
    post: str = Field(max_length=80)
    industry: str = Field(max_length=10)
    seat: str = Field(default="main", max_length=10, description="main (正选) or reserve (递补)")
    rank: int
    row_digest: str = Field(max_length=64)
    details: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    nominated_by: int | None = Field(default=None, foreign_key="account.id")
    submitted_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class NominationChannel(Table, table=True):
    """Provenance: every way a nomination came in is kept when they merge."""

    __table_args__ = (UniqueConstraint("nomination_id", "channel"),)

    id: int | None = Field(default=None, primary_key=True)
    nomination_id: int = Field(foreign_key="nomination.id")
    channel: str = Field(max_length=40)
    source: str = Field(max_length=80)


class ImportBatch(Table, table=True):
    """A workbook that was read. The same bytes twice change nothing."""

    __table_args__ = (UniqueConstraint("round_id", "sha256"),)

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id")
    sha256: str = Field(max_length=64)
    file_name: str = Field(max_length=200)
    rows: int
    created: int
    updated: int
    unchanged: int
    refused: int
    account_id: int | None = Field(default=None, foreign_key="account.id")
    imported_at: datetime = Field(sa_type=UtcDateTime)
