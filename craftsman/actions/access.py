"""The way to a password by mail: invited by an administrator, or asked for by whoever forgot it."""

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from craftsman.actions.access_letters import send_links, tell_password_changed
from craftsman.actions.access_links import use_link
from craftsman.actions.accounts import keep_password
from craftsman.actions.acting import Act, actor_of, holders, record
from craftsman.audit.log import Entry
from craftsman.errors import Invalid
from craftsman.mail.addresses import is_address
from craftsman.store.bulk import in_slices, update_rows
from models import AccessPurpose, Account, ResetRequest, Role, Round

NOBODYS = "account/-"


def invite_accounts(session: Session, act: Act, logins: Sequence[str], *, round_: Round | None = None) -> list[str]:
    """Send each of these accounts a link to choose its first password; returns their logins.

    Invalid for unknown and disabled ones, and for those that have a password.
    """
    act.must("account.create", None)
    wanted = list(dict.fromkeys(logins))
    query = select(Account)
    found = [row for part in in_slices(wanted) for row in session.exec(query.where(col(Account.login).in_(part)))]
    by_login = {account.login: account for account in found}
    if problems := [problem for login in wanted if (problem := _problem(login, by_login.get(login)))]:
        raise Invalid("有账号不能邀请，一封也没有发出；请核对后再办理。", problems)
    return _invite(session, act, [by_login[login] for login in wanted], round_)


def invite_role(session: Session, act: Act, role: Role, round_: Round) -> list[str]:
    """Send a link to everybody who holds a role in a round and has no password yet; returns their logins."""
    return _invite(session, act, without_password(session, act, role, round_), round_)


def without_password(session: Session, act: Act, role: Role, round_: Round) -> list[Account]:
    """Everybody who holds a role in a round and has no password yet; one query."""
    act.must("account.create", None)
    assert round_.id is not None
    return [account for account in holders(session, role.value, round_.id) if account.password_hash is None]


def ask_reset(session: Session, act: Act, login: str) -> None:
    """Note that somebody forgot the password of a login. The same is written whether there is such an account or not.

    The link is made with the next delivery of letters: nobody learns by words or time who has an account.
    """
    act.must("access.ask", None)
    known = select(Account.id).where(Account.login == login, col(Account.disabled_at).is_(None))
    account_id = session.exec(known).first()
    session.add(ResetRequest(account_id=account_id, asked_at=act.now, done_at=None if account_id else act.now))
    subject = f"account/{login}" if account_id else NOBODYS
    record(session, act, None, [Entry("account.reset_asked", subject)])


def is_asked(session: Session) -> bool:
    """Whether a reset waits for its letter."""
    return session.exec(select(ResetRequest.id).where(col(ResetRequest.done_at).is_(None)).limit(1)).first() is not None


def send_asked(session: Session, act: Act) -> int:
    """Send a link to everybody who asked for a reset; returns to how many. Accounts closed since then get none."""
    act.must("mail.deliver", None)
    waiting = select(ResetRequest).where(col(ResetRequest.done_at).is_(None))
    rows = session.exec(waiting.order_by(col(ResetRequest.id))).all()
    asked = [row.account_id for row in rows if row.account_id]
    live = select(Account).where(col(Account.disabled_at).is_(None)).order_by(col(Account.id))
    found = [one for part in in_slices(asked) for one in session.exec(live.where(col(Account.id).in_(part)))]
    # an address that no letter reaches must not keep the others' letters back
    accounts = [one for one in found if is_address(one.email)]
    update_rows(session, ResetRequest, [{"id": row.id, "done_at": act.now} for row in rows])
    send_links(session, act, AccessPurpose.RESET, accounts)
    record(session, act, None, [Entry("account.reset_sent", f"account/{one.login}") for one in accounts])
    return len(accounts)


def choose_password(session: Session, act: Act, token: str, password: str) -> tuple[Account, AccessPurpose]:
    """Set the password by a link, which is used up; other links are void and sessions end.

    After a reset the holder is told by mail. LinkOver for a dead link; Invalid, and the link lives, for a bad password.
    """
    act.must("access.use", None)
    link, account = use_link(session, act, token)
    own = replace(act, actor=actor_of(session, account))
    keep_password(session, own, account, password)
    if link.purpose is AccessPurpose.RESET:
        tell_password_changed(session, own, account)
    record(session, own, None, [Entry("account.password_chosen", f"account/{account.login}", {"by": link.purpose})])
    return account, link.purpose


def _invite(session: Session, act: Act, accounts: Sequence[Account], round_: Round | None) -> list[str]:
    send_links(session, act, AccessPurpose.INVITATION, accounts, round_=round_, told={"inviter": act.actor.name})
    facts = {"round": round_.key} if round_ else {}
    entries = [Entry("account.invited", f"account/{account.login}", facts) for account in accounts]
    record(session, act, round_.id if round_ else None, entries)
    return [account.login for account in accounts]


def _problem(login: str, account: Account | None) -> str:
    if account is None:
        return f"没有账号“{login}”，请核对账号名。"
    if account.disabled_at is not None:
        return f"账号“{login}”已停用。"
    if account.password_hash is not None:
        return f"账号“{login}”已有密码；忘记的可在登录页点“忘记密码”。"
    return ""
