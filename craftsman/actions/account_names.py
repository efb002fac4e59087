"""Names and addresses of accounts: what letters and sign-offs can bear, and correcting them."""

import re
from collections.abc import Container, Sequence

from sqlmodel import Session, select

from craftsman.actions.access_links import void_links
from craftsman.actions.acting import Act, record
from craftsman.actions.grants import refuse_administrators
from craftsman.actions.reasons import CONTROL
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound
from craftsman.mail.addresses import is_address
from craftsman.rules.access import Relation
from craftsman.rules.identity import uscc_problem
from models import Account

LONGEST_NAME, LONGEST_UNIT = 40, 120
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{0,59}")


def login_problem(login: str) -> str:
    """What is wrong with a login that is hard to tell or to type; empty where nothing is."""
    if _LOGIN.fullmatch(login):
        return ""
    return f"账号“{login[:60]}”不合规：以小写字母开头，只用小写字母、数字和 . _ -，不超过 60 个字符。"


def name_problem(login: str, name: str) -> str:
    """What is wrong with a name that no letter could be addressed to; empty where nothing is."""
    if 0 < len(name) <= LONGEST_NAME and name == name.strip() and not CONTROL.search(name):
        return ""
    return f"账号“{login}”的姓名须为 1 至 {LONGEST_NAME} 个字，前后不留空格，请填写真实姓名。"


def address_problem(login: str, email: str) -> str:
    """What is wrong with an address that no letter would reach; empty where nothing is."""
    return "" if is_address(email) else f"账号“{login}”的邮箱地址不正确，应形如 name@example.org，且只有一个地址。"


def employer_problem(login: str, unit: str, uscc: str) -> str:
    """What is wrong with an employer, by whom recusal is computed; empty where nothing is, or none is named."""
    if len(unit) > LONGEST_UNIT or CONTROL.search(unit):
        return f"账号“{login}”的工作单位不能超过 {LONGEST_UNIT} 个字，不能换行。"
    problem = uscc_problem(uscc) if uscc else None
    return f"账号“{login}”：{problem}。" if problem else ""


def unit_problem(login: str, code: str, units: Container[str]) -> str:
    """What is wrong with the code of a reporting unit; empty where it is known, or none is named."""
    return "" if not code or code in units else f"账号“{login}”所属推荐单位“{code}”不在名录中，请核对。"


def industry_problem(login: str, codes: Sequence[str], known: Container[str] | None) -> str:
    """The first industry that no list knows; empty where all are known, or no list is asked."""
    unknown = [code for code in codes if known is not None and code not in known]
    return f"账号“{login}”：产业名录中没有代码“{unknown[0]}”，请核对。" if unknown else ""


def another_problem(account: Account, name: str, email: str) -> str:
    """Where a login that is taken would silently be somebody else's, that it is; empty where it would not."""
    if (name, email) == (account.name, account.email):
        return ""
    login = account.login
    return f"账号“{login}”已存在，姓名或邮箱与此不同；请换一个账号名，或先更正该账号。"


def refuse_problem(*problems: str) -> None:
    """Invalid by the first of these that there is."""
    if told := next(filter(None, problems), ""):
        raise Invalid(told)


def change_account(  # noqa: PLR0913  (whose, and what is to stand there, all by name)
    session: Session, act: Act, login: str, *, name: str = "", email: str = "", unit: str = "", uscc: str = ""
) -> None:
    """Correct name, address or employer of an account; what was signed under the former name stays as it was."""
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
    given = {"name": name, "email": email, "unit": unit, "uscc": uscc}
    changed = {field: value for field, value in given.items() if value and value != getattr(account, field)}
    if not changed:
        raise Invalid("没有要更正的：请写明新的姓名、邮箱、工作单位或其统一社会信用代码。")
    # what stands there already may be older than today's rules, and is not what is being corrected
    refuse_problem(
        name_problem(login, name) if "name" in changed else "",
        address_problem(login, email) if "email" in changed else "",
        employer_problem(login, changed.get("unit", ""), changed.get("uscc", "")),
    )
    if "email" in changed:
        # whoever reads the old mailbox is not to find the way in there
        void_links(session, act, [account.id or 0])
    for field, value in changed.items():
        setattr(account, field, value)
    record(session, act, None, [Entry("account.changed", f"account/{login}", {"fields": list(changed)})])
