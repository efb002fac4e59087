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
from craftsman.store.bulk import in_slices
from models import AccessPurpose, Account, Role, Round


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
    act.must("account.create", None)
    assert round_.id is not None
    waiting = [account for account in holders(session, role.value, round_.id) if account.password_hash is None]
    return _invite(session, act, waiting, round_)


def ask_reset(session: Session, act: Act, login: str) -> None:
    """Send the holder of a login a link to choose another password; nothing for an unknown or disabled one.

    Whoever asks is not told which it was, and is answered before this is done: the time must not tell either.
    """
    act.must("access.ask", None)
    account = session.exec(select(Account).where(Account.login == login)).first()
    if account is None or account.disabled_at is not None or not account.email:
        return
    send_links(session, act, AccessPurpose.RESET, [account])
    record(session, act, None, [Entry("account.reset_asked", f"account/{login}")])


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
