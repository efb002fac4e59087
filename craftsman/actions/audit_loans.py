"""Roles lent in emergencies, as auditors look back at them: who, why, how long, and how much was done."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from craftsman.actions.acting import LENT_MARK, Act
from craftsman.actions.timelines import trail_rounds
from models import Account, AuditEvent, Emergency, Round


@dataclass(frozen=True, slots=True)
class Loan:
    """One loan, or what was asked and never lent; `acts` is how many events were written under it."""

    row: Emergency
    asker: Account
    agreed_by: str
    round: Round
    acts: int


def loans_of(session: Session, act: Act) -> list[Loan]:
    """All loans in the rounds whose trails the actor may read, the newest first; three queries."""
    rounds = trail_rounds(session, act)
    other = aliased(Account)
    done = (
        select(func.count(col(AuditEvent.seq)))
        .where(
            AuditEvent.actor == Account.login,
            AuditEvent.round_id == Emergency.round_id,
            col(AuditEvent.at).between(Emergency.agreed_at, Emergency.ends_at),
            col(AuditEvent.body).contains(LENT_MARK, autoescape=True),
        )
        .correlate(Account, Emergency)
        .scalar_subquery()
    )
    chosen: Any = select
    query = (
        chosen(Emergency, Account, other.name, Round, done)
        .join(Account, col(Account.id) == Emergency.account_id)
        .join(Round, col(Round.id) == Emergency.round_id)
        .join(other, col(other.id) == Emergency.agreed_by, isouter=True)
        .where(col(Emergency.round_id).in_(rounds))
        .order_by(col(Emergency.id).desc())
    )
    rows = session.exec(query).all()
    return [Loan(row, asker, agreed or "", round_, count) for row, asker, agreed, round_, count in rows]
