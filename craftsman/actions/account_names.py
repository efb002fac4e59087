"""Names and addresses of accounts: what letters and sign-offs can bear, and correcting them."""

import re

from sqlmodel import Session, select

from craftsman.actions.access_links import void_links
from craftsman.actions.acting import Act, record
from craftsman.actions.grants import refuse_administrators
from craftsman.actions.reasons import CONTROL
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound
from craftsman.mail.addresses import is_address
from craftsman.rules.access import Relation
from models import Account

LONGEST_NAME = 40
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{0,59}")


def refuse_bad_login(login: str) -> None:
    """Invalid for a login that is hard to tell or to type."""
    if not _LOGIN.fullmatch(login):
        raise Invalid(f"账号“{login[:60]}”不合规：以小写字母开头，只用小写字母、数字和 . _ -，不超过 60 个字符。")


def refuse_bad_name(login: str, name: str) -> None:
    """Invalid for a name that no letter could be addressed to."""
    if not 0 < len(name) <= LONGEST_NAME or name != name.strip() or CONTROL.search(name):
        raise Invalid(f"账号“{login}”的姓名须为 1 至 {LONGEST_NAME} 个字，前后不留空格，请填写真实姓名。")


def refuse_bad_address(login: str, email: str) -> None:
    """Invalid for an address that no letter would reach."""
    if not is_address(email):
        raise Invalid(f"账号“{login}”的邮箱地址不正确，应形如 name@example.org，且只有一个地址。")


def refuse_another(account: Account, name: str, email: str) -> None:
    """Invalid where a login that is taken would silently be somebody else's."""
    if (name, email) != (account.name, account.email):
        login = account.login
        raise Invalid(f"账号“{login}”已存在，姓名或邮箱与此不同；请换一个账号名，或用 craftsman account change 更正。")


def change_account(session: Session, act: Act, login: str, *, name: str = "", email: str = "") -> None:
    """Correct the name or the address of an account; what was signed under the former name stays as it was."""
    account = session.exec(select(Account).where(Account.login == login)).first()
    if account is not None and account.id == act.actor.account_id:
        act.must("account.password", None, relation=Relation.OWN)
    else:
        act.must("account.create", None)
    if account is None:
        raise NotFound(f"没有账号“{login}”，请核对账号名。")
    if account.id != act.actor.account_id:
        # who turns an administrator's letters to another mailbox gets the links to a password there
        refuse_administrators(session, [account], "account.create")
    if not name and not email:
        raise Invalid("请写明要更正的姓名（--name）或邮箱（--email）。")
    if name:
        refuse_bad_name(login, name)
    if email:
        refuse_bad_address(login, email)
    if email and email != account.email:
        # whoever reads the old mailbox is not to find the way in there
        void_links(session, act, [account.id or 0])
    account.name, account.email = name or account.name, email or account.email
    changed = [field for field, given in (("name", name), ("email", email)) if given]
    record(session, act, None, [Entry("account.changed", f"account/{login}", {"fields": changed})])
