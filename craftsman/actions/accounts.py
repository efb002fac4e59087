"""Accounts: making them, granting roles, passwords and browser sessions."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlmodel import Session, col, select

from craftsman.actions.account_names import refuse_another, refuse_bad_address, refuse_bad_login, refuse_bad_name
from craftsman.actions.acting import Act, Actor, actor_of, record
from craftsman.actions.grants import grant_roles
from craftsman.actions.views import read_programme
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Invalid
from craftsman.rules.identity import uscc_problem
from models import Account, Grant, LoginSession, Organisation, Role, Round

IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
SHORTEST_PASSWORD = 10
# OWASP's second argon2id setting: 27 ms and 19 MiB, where the library's default takes 210 ms and 64 MiB
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# more hashes at once only take memory from each other
HASHING = BoundedSemaphore(3)
NOBODY = HASHER.hash("nobody's password")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an administrator enters of a person; `organisation` is a reporting unit's code."""

    login: str
    name: str
    email: str
    roles: tuple[str, ...] = ()
    unit: str = ""
    uscc: str = ""
    disciplines: tuple[str, ...] = ()
    organisation: str | None = None


def add_accounts(session: Session, act: Act, people: Iterable[NewAccount], *, round_id: int | None) -> int:
    """Enter accounts and grant their roles in a round (None: the office as a whole). Those that are there are left."""
    act.must("account.create", None)
    act.must("account.grant", None)
    accounts = {account.login: account for account in session.exec(select(Account)).all()}
    units = {unit.code: unit.id for unit in session.exec(select(Organisation)).all()}
    held: dict[int, set[str]] = defaultdict(set)
    ended: dict[tuple[int, str], Grant] = {}
    for grant in session.exec(select(Grant).where(Grant.round_id == round_id)).all():
        if grant.ended_at is None:
            held[grant.account_id].add(grant.role)
        else:
            ended[grant.account_id, grant.role] = grant
    industries = _industries(session, round_id)
    entries: list[Entry] = []
    for person in people:
        account = accounts.get(person.login)
        if account is not None:
            refuse_another(account, person.name, person.email)
        else:
            _refuse_faults(person, industries)
            account = _account(act, person, units)
            session.add(account)
            session.flush()
            entries.append(Entry("account.created", f"account/{person.login}"))
        accounts[person.login] = account
        fresh = [role for role in dict.fromkeys(_known(person.roles)) if role not in held[account.id or 0]]
        held[account.id or 0].update(fresh)
        entries += grant_roles(session, act, account, fresh, round_id=round_id, ended=ended)
    record(session, act, round_id, entries)
    return len(entries)


def _industries(session: Session, round_id: int | None) -> frozenset[str] | None:
    """The industry codes of a round; None where there is no round to ask."""
    if round_id is None:
        return None
    programme = read_programme(session.get_one(Round, round_id).programme)
    return frozenset(industry.code for industry in programme.reference.industries)


def _refuse_faults(person: NewAccount, industries: frozenset[str] | None) -> None:
    """Refuse what would spoil letters or the conflicts of interest computed later."""
    refuse_bad_login(person.login)
    refuse_bad_name(person.login, person.name)
    refuse_bad_address(person.login, person.email)
    if person.uscc and (problem := uscc_problem(person.uscc)):
        raise Invalid(f"账号“{person.login}”：{problem}。")
    if unknown := [code for code in person.disciplines if industries is not None and code not in industries]:
        raise Invalid(f"账号“{person.login}”：产业名录中没有代码“{unknown[0]}”，请核对。")
    if Role.REPORTER.value in person.roles and not person.organisation:
        raise Invalid(f"账号“{person.login}”：报送人须写明所属推荐单位（--organisation 代码）。")


def _account(act: Act, person: NewAccount, units: dict[str, int | None]) -> Account:
    if person.organisation is not None and person.organisation not in units:
        raise Invalid(f"账号“{person.login}”所属推荐单位“{person.organisation}”不在名录中，请核对。")
    return Account(
        login=person.login,
        name=person.name,
        email=person.email,
        unit=person.unit,
        uscc=person.uscc,
        disciplines=list(person.disciplines),
        organisation_id=units[person.organisation] if person.organisation else None,
        created_at=act.now,
    )


def _known(roles: Sequence[str]) -> Sequence[str]:
    if unknown := [role for role in roles if role not in {known.value for known in Role}]:
        raise Invalid(f"没有“{unknown[0]}”这种身份。")
    return roles


def first_administrator_if_none(session: Session, act: Act, login: str, name: str, email: str) -> Actor | None:
    """Make the first administrator of an installation; None when there is one: administrators make each other."""
    if (
        session.exec(select(Grant).where(Grant.role == Role.ADMIN.value, col(Grant.ended_at).is_(None))).first()
        is not None
    ):
        return None
    account = Account(login=login, name=name, email=email, created_at=act.now)
    session.add(account)
    session.flush()
    session.add(Grant(account_id=account.id or 0, role=Role.ADMIN.value, granted_at=act.now))
    session.flush()
    record(session, act, None, [Entry("account.first_administrator", f"account/{login}")])
    return actor_of(session, account)


def set_password(session: Session, act: Act, login: str, password: str) -> None:
    """Give an account a password and end its sessions. Invalid when it is shorter than ten characters."""
    act.must("account.create", None)
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(f"密码至少 {SHORTEST_PASSWORD} 个字符，请换一个更长的密码。")
    account = _known_account(session, login)
    with HASHING:
        account.password_hash = HASHER.hash(password)
    # whoever knew the old password may still be logged in
    _end_sessions(session, act, account)
    record(session, act, None, [Entry("account.password_set", f"account/{login}")])


def disable_account(session: Session, act: Act, login: str, reason: str) -> None:
    """Close an account: its sessions end and it acts no more. What it did stays; a repeat changes nothing."""
    act.must("account.create", None)
    grounds = reason.strip()
    if not grounds:
        raise Invalid("停用账号须写明理由。")
    account = _known_account(session, login)
    if account.id == act.actor.account_id:
        raise Forbidden("不能停用自己的账号；请由另一位管理员办理。")
    if account.disabled_at is not None:
        return
    account.disabled_at, account.disabled_reason = act.now, grounds
    _end_sessions(session, act, account)
    record(session, act, None, [Entry("account.disabled", f"account/{login}", private={"reason": grounds})])


def _known_account(session: Session, login: str) -> Account:
    account = session.exec(select(Account).where(Account.login == login)).one_or_none()
    if account is None:
        raise Invalid(f"没有账号“{login}”。")
    return account


def _end_sessions(session: Session, act: Act, account: Account) -> None:
    live = select(LoginSession).where(LoginSession.account_id == account.id, col(LoginSession.ended_at).is_(None))
    for found in session.exec(live).all():
        found.ended_at = act.now


def password_holds(account: Account | None, password: str) -> bool:
    """Whether the password is the account's; takes as long for an unknown account as for a known one."""
    known = account is not None and account.disabled_at is None and account.password_hash is not None
    digest = account.password_hash if known and account and account.password_hash else NOBODY
    with HASHING:
        try:
            return HASHER.verify(digest, password) and known
        except (VerifyMismatchError, InvalidHashError):
            return False


def open_session(session: Session, act: Act, account: Account, token: str) -> None:
    """Begin a browser session under a random token of the caller; only its hash is kept."""
    assert account.id is not None
    session.add(
        LoginSession(
            token_hash=token_hash(token),
            account_id=account.id,
            started_at=act.now,
            seen_at=act.now,
            expires_at=act.now + LONGEST,
        )
    )
    record(session, act, None, [Entry("session.opened", f"account/{account.login}")])


def end_session(session: Session, act: Act, token: str) -> None:
    """End a browser session; an unknown one is over already."""
    found = session.exec(select(LoginSession).where(LoginSession.token_hash == token_hash(token))).first()
    if found is not None and found.ended_at is None:
        found.ended_at = act.now
        record(session, act, None, [Entry("session.ended", f"account/{act.actor.login}")])


def session_actor(session: Session, act: Act, token: str) -> Actor | None:
    """The actor of a live session: not ended, not idle too long, not too old."""
    query = (
        select(LoginSession, Account)
        .join(Account, col(Account.id) == LoginSession.account_id)
        .where(LoginSession.token_hash == token_hash(token), col(LoginSession.ended_at).is_(None))
    )
    row = session.exec(query).first()
    if row is None:
        return None
    found, account = row
    if account.disabled_at is not None or act.now > found.expires_at or act.now > found.seen_at + IDLE:
        return None
    return actor_of(session, account)


def touch_session(session: Session, act: Act, token: str) -> None:
    """Note that the session is in use; called in transactions only, so that reading pages write nothing."""
    found = session.exec(select(LoginSession).where(LoginSession.token_hash == token_hash(token))).first()
    if found is not None:
        found.seen_at = act.now


def token_hash(token: str) -> str:
    """How a session's token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()
