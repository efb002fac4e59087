"""The accounts with the roles that they hold, for who administers them; addresses are masked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, or_, select

from craftsman.actions.act_reasons import reasons_of
from craftsman.actions.acting import Act
from craftsman.actions.second_factor import Factors, factors_of
from craftsman.actions.sessions import LiveSession, sessions_listed
from craftsman.errors import NotFound
from craftsman.rules.identity import mask_email
from models import Account, ActReason, Grant, Organisation, Round


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account; a role of one round has its key behind an @."""

    login: str
    name: str
    email: str
    roles: Sequence[str]
    disabled: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds in a round (empty: the office as a whole), and since when."""

    role: str
    round_key: str
    round_title: str
    since: datetime


@dataclass(frozen=True, slots=True)
class AccountSheet:
    """All that administrators see of one account; `sessions` is None for who must not see them.

    `units` are the reporting units by code, of which `organisation` is the one that the account belongs to.
    """

    login: str
    name: str
    email: str
    unit: str
    uscc: str
    organisation: str
    units: Mapping[str, str]
    disciplines: Sequence[str]
    created_at: datetime
    disabled_at: datetime | None
    has_password: bool
    factors: Factors
    roles: Sequence[Held]
    reasons: Sequence[tuple[ActReason, str]]
    sessions: Sequence[LiveSession] | None


def count_accounts(session: Session, act: Act, search: str = "") -> int:
    """How many accounts a search finds."""
    act.must("account.read", None)
    return session.exec(_found(select(func.count(col(Account.id))), search)).one()


def accounts_listed(
    session: Session, act: Act, *, search: str = "", offset: int = 0, limit: int | None = None
) -> list[AccountLine]:
    """Accounts by login, closed ones too, whose login, name or employer holds the text; two queries."""
    act.must("account.read", None)
    wanted = _found(select(Account), search).order_by(col(Account.login)).offset(offset).limit(limit)
    accounts = session.exec(wanted).all()
    query = select(Grant.account_id, Grant.role, Round.key).join(Round, col(Round.id) == Grant.round_id, isouter=True)
    standing = query.where(col(Grant.ended_at).is_(None))
    if limit is not None:
        standing = standing.where(col(Grant.account_id).in_([one.id for one in accounts]))
    held: dict[int, list[str]] = {}
    for account_id, role, round_key in session.exec(standing).all():
        held.setdefault(account_id, []).append(f"{role}@{round_key}" if round_key else role)
    return [
        AccountLine(
            one.login, one.name, mask_email(one.email), sorted(held.get(one.id or 0, ())), one.disabled_at is not None
        )
        for one in accounts
    ]


def account_sheet(session: Session, act: Act, login: str) -> AccountSheet:
    """One account with its roles, factors and what was done to it; NotFound where there is none."""
    act.must("account.read", None)
    account = session.exec(select(Account).where(Account.login == login)).first()
    if account is None:
        raise NotFound(f"没有账号“{login[:60]}”，请核对账号名。")
    units = session.exec(select(Organisation).order_by(col(Organisation.code))).all()
    query = select(Grant, Round).join(Round, col(Round.id) == Grant.round_id, isouter=True)
    standing = query.where(Grant.account_id == account.id, col(Grant.ended_at).is_(None))
    return AccountSheet(
        login=account.login,
        name=account.name,
        email=mask_email(account.email),
        unit=account.unit,
        uscc=account.uscc,
        organisation=next((unit.code for unit in units if unit.id == account.organisation_id), ""),
        units={unit.code: unit.name for unit in units},
        disciplines=account.disciplines,
        created_at=account.created_at,
        disabled_at=account.disabled_at,
        has_password=account.password_hash is not None,
        factors=factors_of(session, account.id or 0),
        roles=[_held(grant, round_) for grant, round_ in session.exec(standing.order_by(col(Grant.id))).all()],
        reasons=reasons_of(session, f"account/{login}"),
        sessions=sessions_listed(session, act, login) if act.may("session.end", None) else None,
    )


def _held(grant: Grant, round_: Round | None) -> Held:
    key, title = (round_.key, round_.title) if round_ else ("", "各轮次")
    return Held(grant.role, key, title, grant.granted_at)


def _found(query: Any, search: str) -> Any:
    if not search:
        return query
    columns = (Account.login, Account.name, Account.unit)
    return query.where(or_(*(col(one).contains(search, autoescape=True) for one in columns)))
