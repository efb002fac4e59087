"""Acts upon accounts and tokens with their reasons: the history commits to the words, a row of their own keeps them."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.audit.log import Entry
from models import Account, ActReason


def record_with_reason(  # noqa: PLR0913  (an event, by name)
    session: Session,
    act: Act,
    what: str,
    subject: str,
    *,
    reason: str,
    facts: Mapping[str, object] | None = None,
    round_id: int | None = None,
) -> None:
    """Record an act, of the office as a whole or in a round; its reason stands in the history as a commitment only."""
    row = ActReason(act=what, subject=subject, reason=reason, account_id=act.actor.account, given_at=act.now)
    session.add(row)
    record(session, act, round_id, [Entry(what, subject, dict(facts or {}), private={"reason": reason})])


def reasons_of(session: Session, subject: str) -> Sequence[tuple[ActReason, str]]:
    """What was done to an account (`account/<login>`) or token with a reason, and by whom, the latest first."""
    query = select(ActReason, Account.name).join(Account, col(Account.id) == ActReason.account_id)
    return session.exec(query.where(ActReason.subject == subject).order_by(col(ActReason.id).desc())).all()
