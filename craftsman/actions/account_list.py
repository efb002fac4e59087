"""The accounts with the roles that they hold, for who administers them; addresses are masked."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.rules.identity import mask_email
from models import Account, Grant, Round


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account; a role of one round has its key behind an @."""

    login: str
    name: str
    email: str
    roles: Sequence[str]
    disabled: bool


def accounts_listed(session: Session, act: Act) -> list[AccountLine]:
    """All accounts by login, closed ones too; two queries."""
    act.must("account.read", None)
    query = select(Grant.account_id, Grant.role, Round.key).join(Round, col(Round.id) == Grant.round_id, isouter=True)
    held: dict[int, list[str]] = {}
    for account_id, role, round_key in session.exec(query.where(col(Grant.ended_at).is_(None))).all():
        held.setdefault(account_id, []).append(f"{role}@{round_key}" if round_key else role)
    return [
        AccountLine(
            one.login, one.name, mask_email(one.email), sorted(held.get(one.id or 0, ())), one.disabled_at is not None
        )
        for one in session.exec(select(Account).order_by(col(Account.login))).all()
    ]
