"""Browser sessions: begun, found again, listed, ended. Only the hash of a session's token is kept."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select

from craftsman.actions.act_reasons import record_with_reason
from craftsman.actions.acting import Act, Actor, Known, actor_of, record
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Invalid, NotFound
from craftsman.rules.devices import browser_family, masked_address
from craftsman.store.bulk import table_of, values_of
from models import Account, AuditEvent, LoginSession

IDLE = timedelta(hours=2)
TOUCHED = timedelta(minutes=1)
LONGEST = timedelta(hours=12)
REMEMBERED = timedelta(days=7)

# every request asks them: built once, of columns and no rows of tables
_VISITOR = (
    select_columns(
        col(LoginSession.seen_at),
        col(LoginSession.expires_at),
        col(Account.id),
        col(Account.login),
        col(Account.name),
        col(Account.organisation_id),
        col(Account.uscc),
        select_columns(func.max(col(AuditEvent.seq))).scalar_subquery().label("since"),
    )
    .join(Account, col(Account.id) == LoginSession.account_id)
    .where(col(LoginSession.token_hash) == bindparam("token"), col(LoginSession.ended_at).is_(None))
    .where(col(Account.disabled_at).is_(None))
)
_TOUCH = (
    update(table_of(LoginSession))
    .where(col(LoginSession.token_hash) == bindparam("token"))
    .values(seen_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Begun:
    """How somebody came in: by what they proved who they are, from which address, with which browser (User-Agent)."""

    by: str = "password"
    address: str = ""
    browser: str = ""


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session as its owner sees it; `own` is the one that asks."""

    id: int
    begun: datetime
    seen: datetime
    address: str
    browser: str
    own: bool


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose session it is, when it was last noted in use, and the last event of the history when this was read."""

    actor: Actor
    seen_at: datetime
    since: int


def open_session(session: Session, act: Act, account: Account, token: str, begun: Begun | None = None) -> None:
    """Begin a browser session under a random token of the caller; only its hash is kept."""
    assert account.id is not None
    if account.disabled_at is not None:
        raise Forbidden("此账号已停用；如有疑问，请联系活动办公室。")
    how = begun or Begun()
    session.add(
        LoginSession(
            token_hash=token_hash(token),
            account_id=account.id,
            started_at=act.now,
            seen_at=act.now,
            expires_at=act.now + LONGEST,
            address=masked_address(how.address) or None,
            browser=browser_family(how.browser) if how.browser else None,
        )
    )
    record(session, act, None, [Entry("session.opened", f"account/{account.login}", {"by": how.by})])


def end_session(session: Session, act: Act, token: str) -> None:
    """End a browser session; an unknown one is over already."""
    found = session.exec(select(LoginSession).where(LoginSession.token_hash == token_hash(token))).first()
    if found is not None and found.ended_at is None:
        found.ended_at = act.now
        record(session, act, None, [Entry("session.ended", f"account/{act.actor.login}")])


def visitor(session: Session, act: Act, token: str) -> Visitor | None:
    """Whose live session it is: not ended, not idle too long, not too old; None for any other."""
    row = values_of(session, _VISITOR, {"token": token_hash(token)}).first()
    if row is None or not _lives(row.seen_at, row.expires_at, act.now):
        return None
    return Visitor(actor_of(session, Known(*row[2:7]), act.now), row.seen_at, row.since or 0)


def lapsed_actor(session: Session, act: Act, token: str) -> Actor | None:
    """Whose session this was, if it ran out by itself not long ago; None for one that lives or was ended."""
    query = (
        select(LoginSession, Account)
        .join(Account, col(Account.id) == LoginSession.account_id)
        .where(LoginSession.token_hash == token_hash(token), col(LoginSession.ended_at).is_(None))
        .where(col(Account.disabled_at).is_(None), col(LoginSession.expires_at) >= act.now - REMEMBERED)
    )
    row = session.exec(query).first()
    if row is None or _lives(row[0].seen_at, row[0].expires_at, act.now):
        return None
    return actor_of(session, row[1], act.now)


def touch_session(session: Session, act: Act, token: str, seen_at: datetime) -> None:
    """Note that the session is in use; called in transactions only, so that reading pages write nothing.

    To the minute: whoever sends a sheet every few seconds need not write here each time.
    """
    if not timedelta() <= act.now - seen_at < TOUCHED:
        values_of(session, _TOUCH, {"token": token_hash(token), "now": act.now})


def my_sessions(session: Session, act: Act, token: str) -> list[LiveSession]:
    """The visitor's own live sessions, the present one first."""
    own = token_hash(token)
    rows = [_shown(one, own) for one in _live(session, act, act.actor.account)]
    return sorted(rows, key=lambda one: not one.own)


def end_my_session(session: Session, act: Act, session_id: int) -> None:
    """End one of the visitor's own sessions. NotFound for another's; one that is over stays so."""
    found = session.get(LoginSession, session_id)
    if found is None or found.account_id != act.actor.account:
        raise NotFound("没有这个登录，可能已经结束。")
    if found.ended_at is None:
        found.ended_at = act.now
        record(session, act, None, [Entry("session.ended", f"account/{act.actor.login}")])


def end_other_sessions(session: Session, act: Act, token: str) -> int:
    """End all of the visitor's sessions but the present one; how many there were."""
    ended = end_sessions_of(session, act, act.actor.account, but=token)
    if ended:
        record(session, act, None, [Entry("session.others_ended", f"account/{act.actor.login}", {"ended": ended})])
    return ended


def sessions_listed(session: Session, act: Act, login: str) -> list[LiveSession]:
    """The live sessions of an account, for who administers them."""
    act.must("session.end", None)
    return [_shown(one, "") for one in _live(session, act, known_account(session, login).id or 0)]


def end_sessions(session: Session, act: Act, login: str, reason: str) -> int:
    """End all sessions of an account, with the reason; how many there were. Nothing to end changes nothing."""
    act.must("session.end", None)
    if not reason.strip():
        raise Invalid("结束他人的登录须写明理由。")
    account = known_account(session, login)
    ended = end_sessions_of(session, act, account.id or 0)
    if ended:
        subject, facts = f"account/{login}", {"ended": ended}
        record_with_reason(session, act, "session.ended_by_office", subject, reason=reason.strip(), facts=facts)
    return ended


def end_sessions_of(session: Session, act: Act, account_id: int, *, but: str = "") -> int:
    """End an account's sessions inside another act, which records it; `but` is the token of one that stays."""
    kept = token_hash(but)
    query = select(LoginSession).where(LoginSession.account_id == account_id, col(LoginSession.ended_at).is_(None))
    found = [one for one in session.exec(query).all() if one.token_hash != kept]
    for one in found:
        one.ended_at = act.now
    return sum(_lives(one.seen_at, one.expires_at, act.now) for one in found)


def known_account(session: Session, login: str) -> Account:
    """The account of a login name, closed or not. Invalid where there is none."""
    account = session.exec(select(Account).where(Account.login == login)).one_or_none()
    if account is None:
        raise Invalid(f"没有账号“{login}”。")
    return account


def token_hash(token: str) -> str:
    """How a session's token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def _live(session: Session, act: Act, account_id: int) -> Sequence[LoginSession]:
    query = select(LoginSession).where(
        LoginSession.account_id == account_id,
        col(LoginSession.ended_at).is_(None),
        col(LoginSession.expires_at) >= act.now,
        col(LoginSession.seen_at) >= act.now - IDLE,
    )
    return session.exec(query.order_by(col(LoginSession.id).desc())).all()


def _lives(seen_at: datetime, expires_at: datetime, now: datetime) -> bool:
    return now <= expires_at and now <= seen_at + IDLE


def _shown(one: LoginSession, own: str) -> LiveSession:
    address, browser = one.address or "", one.browser or ""
    return LiveSession(one.id or 0, one.started_at, one.seen_at, address, browser, one.token_hash == own)
