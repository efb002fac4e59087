"""Somebody changes the own password."""

from sqlmodel import Session

from craftsman.actions.access_letters import tell_password_changed
from craftsman.actions.access_links import void_links
from craftsman.actions.accounts import give_password
from craftsman.actions.acting import Act, record
from craftsman.actions.second_factor import refuse_stranger
from craftsman.actions.sessions import end_sessions_of
from craftsman.audit.log import Entry
from craftsman.errors import Invalid


def change_password(session: Session, act: Act, *, old: str, new: str, token: str) -> None:
    """Put a new password in the place of the old one, which is asked for; all other sessions end."""
    account = refuse_stranger(session, act, old)
    if new == old:
        raise Invalid("新密码与原密码相同，请换一个。")
    give_password(account, new)
    end_sessions_of(session, act, act.actor.account, but=token)
    void_links(session, act, [act.actor.account])
    tell_password_changed(session, act, account)
    record(session, act, None, [Entry("account.password_changed", f"account/{account.login}")])
