"""Grants of roles as they are proposed by one administrator and confirmed by another."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Text

from models.base import Table, UtcDateTime, text_enum


class ProposalStatus(StrEnum):
    """Where a proposal stands."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


PROPOSAL_MOVES: dict[ProposalStatus, frozenset[ProposalStatus]] = {
    ProposalStatus.WAITING: frozenset({ProposalStatus.CONFIRMED, ProposalStatus.REFUSED}),
    ProposalStatus.CONFIRMED: frozenset(),
    ProposalStatus.REFUSED: frozenset(),
}


class GrantProposal(Table, table=True):
    """Roles for people in one round (or the office as a whole), asked for at once; `digest` is of the list as shown."""

    id: int | None = Field(default=None, primary_key=True)
    round_id: int | None = Field(default=None, foreign_key="round.id")
    status: ProposalStatus = Field(default=ProposalStatus.WAITING, sa_type=text_enum(ProposalStatus), index=True)
    digest: str = Field(max_length=64)
    proposed_by: int = Field(foreign_key="account.id")
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: int | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = Field(default="", sa_type=Text, description="why it was refused")


class ProposedGrant(Table, table=True):
    """One line of a proposal: which role for whom."""

    id: int | None = Field(default=None, primary_key=True)
    proposal_id: int = Field(foreign_key="grant_proposal.id", index=True)
    account_id: int = Field(foreign_key="account.id")
    role: str = Field(max_length=20)
