"""Commands of accounts: list, add, change, place, password, invite, disable, sessions; roles: cli/grants.py."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from craftsman.actions import access, accounts
from craftsman.actions.account_list import accounts_listed
from craftsman.actions.account_names import change_account
from craftsman.actions.account_places import place_account
from craftsman.actions.second_factor import reset_factor
from craftsman.actions.sessions import end_sessions, sessions_listed
from craftsman.actions.views import round_by_key
from craftsman.cli import grants
from craftsman.cli.base import AsJson, AsLogin, doing, group, load_file, looking_as, tell, tell_rows
from craftsman.cli.language import say
from craftsman.errors import Invalid
from models import Role

app = group("账号与授权。", "Accounts and roles.")

Login = Annotated[str, typer.Argument(metavar="LOGIN", help=say("账号", "login"))]


@app.command("list", help=say("账号及其身份（邮箱已遮盖）。", "Accounts and roles; addresses are masked."))
def list_(as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List all accounts, closed ones too."""
    with looking_as(as_login) as (session, act):
        found = [asdict(one) for one in accounts_listed(session, act)]
    told = [
        row | {"roles": "、".join(row["roles"]), "disabled": say("已停用", "closed") if row["disabled"] else ""}
        for row in found
    ]
    columns = {"login": "账号", "name": "姓名", "email": "邮箱", "roles": "身份", "disabled": "状态"}
    shown = found if as_json else told
    tell_rows("accounts", shown, title=say("账号", "Accounts"), columns=columns, as_json=as_json)


@app.command("add", help=say("添加账号（不带身份）。", "Add an account, without a role."))
def add(
    login: Login,
    name: Annotated[str, typer.Argument(metavar="NAME", help=say("姓名", "name"))],
    email: Annotated[str, typer.Argument(metavar="EMAIL", help=say("邮箱", "e-mail"))],
    round_key: Annotated[str, typer.Option("--round", help=say("按此轮次核对产业代码", "whose industry codes"))] = "",
    organisation: Annotated[str, typer.Option(help=say("推荐单位代码", "reporting unit's code"))] = "",
    uscc: Annotated[str, typer.Option(help=say("所在单位统一社会信用代码", "employer's credit code"))] = "",
    discipline: Annotated[list[str] | None, typer.Option(help=say("擅长的产业代码", "industry codes"))] = None,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Add an account; roles are proposed by `account grant`, the password is set by `account password`."""
    fields = tuple(discipline or ())
    person = accounts.NewAccount(login, name, email, uscc=uscc, disciplines=fields, organisation=organisation or None)
    with doing(as_login, as_json=as_json) as (session, act):
        round_id = round_by_key(session, round_key).id if round_key else None
        accounts.add_accounts(session, act, [person], round_id=round_id)
    told = say(
        f"账号 {login} 已添加，尚无身份；请安全保密管理员用 craftsman account grant 提出授权。",
        f"Account {login} is there, without a role.",
    )
    tell({"login": login}, [told], as_json=as_json)


@app.command("change", help=say("更正姓名、邮箱或工作单位。", "Correct name, address or employer."))
def change(
    login: Login,
    name: Annotated[str, typer.Option(help=say("姓名", "name"))] = "",
    email: Annotated[str, typer.Option(help=say("邮箱", "e-mail"))] = "",
    unit: Annotated[str, typer.Option(help=say("工作单位", "employer"))] = "",
    uscc: Annotated[str, typer.Option(help=say("工作单位统一社会信用代码", "employer's credit code"))] = "",
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Correct name, address or employer of an account."""
    with doing(as_login, as_json=as_json) as (session, act):
        change_account(session, act, login, name=name, email=email, unit=unit, uscc=uscc)
    tell({"login": login}, [say(f"账号 {login} 已更正。", f"Account {login} corrected.")], as_json=as_json)


@app.command("place", help=say("更改所属推荐单位或擅长的产业。", "Change reporting unit or industries."))
def place(
    login: Login,
    organisation: Annotated[
        str | None, typer.Option(help=say('推荐单位代码；写 "" 则没有', "reporting unit's code"))
    ] = None,
    discipline: Annotated[list[str] | None, typer.Option(help=say("擅长的产业代码", "industry codes"))] = None,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Change the reporting unit of an account without roles, or the industries of any."""
    codes = None if discipline is None else [code for code in discipline if code]
    with doing(as_login, as_json=as_json) as (session, act):
        place_account(session, act, login, organisation=organisation, disciplines=codes)
    tell({"login": login}, [say(f"账号 {login} 已更改。", f"Account {login} changed.")], as_json=as_json)


@app.command("password", help=say("设置密码（从终端或文件读入，不留在命令行里）。", "Set a password."))
def password(
    login: Login,
    file: Annotated[Path | None, typer.Option(help=say("内含密码的文件", "file that holds it"))] = None,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Set the password of an account."""
    text = _from_file(file) if file else typer.prompt(say("新密码", "New password"), hide_input=True)
    with doing(as_login, as_json=as_json) as (session, act):
        accounts.set_password(session, act, login, text)
    tell({"login": login}, [say("密码已设置。", "Password set.")], as_json=as_json)


@app.command("invite", help=say("以邮件邀请本人设置密码，链接七天内有效。", "Let people choose a password by mail."))
def invite(
    logins: Annotated[list[str] | None, typer.Argument(metavar="[LOGIN]...", help=say("账号", "logins"))] = None,
    round_key: Annotated[str, typer.Option("--round", help=say("为此轮次邀请", "the round they are invited for"))] = "",
    role: Annotated[
        Role | None, typer.Option(help=say("邀请此身份中尚无密码的所有人", "all of this role who have no password"))
    ] = None,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Send a link to choose the first password: to the accounts named, or to all of a role in a round."""
    named = logins or []
    if bool(named) == bool(role) or (role and not round_key):
        raise Invalid(say("请写明账号，或用 --round 和 --role 写明身份。", "Name logins, or --round and --role."))
    with doing(as_login, as_json=as_json) as (session, act):
        round_ = round_by_key(session, round_key) if round_key else None
        if role and round_:
            invited = access.invite_role(session, act, role, round_)
        else:
            invited = access.invite_accounts(session, act, named, round_=round_)
    told = say(f"已邀请 {len(invited)} 人，邀请函由后台发送。", f"{len(invited)} invited; letters go out shortly.")
    tell({"invited": invited}, [told], as_json=as_json)


@app.command("disable", help=say("停用账号，须写明理由；已办事项保留。", "Close an account; what it did stays."))
def disable(
    login: Annotated[str, typer.Argument(metavar="LOGIN", help=say("账号", "login"))],
    reason: Annotated[str, typer.Option(help=say("停用理由", "the reason"))],
    *,
    as_login: AsLogin = "",
    as_json: AsJson = False,
) -> None:
    """End the account's sessions and keep it from acting."""
    with doing(as_login, as_json=as_json) as (session, act):
        accounts.disable_account(session, act, login, reason)
    tell({"login": login}, [say(f"账号 {login} 已停用。", f"Account {login} is closed.")], as_json=as_json)


@app.command("restore", help=say("恢复已停用的账号，须写明理由。", "Open a closed account again."))
def restore(
    login: Login,
    reason: Annotated[str, typer.Option(help=say("理由", "the reason"))],
    *,
    as_login: AsLogin = "",
    as_json: AsJson = False,
) -> None:
    """Let a closed account act again, with its password and the roles that have not ended."""
    with doing(as_login, as_json=as_json) as (session, act):
        accounts.restore_account(session, act, login, reason)
    tell({"login": login}, [say(f"账号 {login} 已恢复。", f"Account {login} is open again.")], as_json=as_json)


@app.command("sessions", help=say("账号现有的登录（网络已遮盖）。", "Live sessions of an account."))
def sessions(login: Login, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List the live browser sessions of an account."""
    with looking_as(as_login) as (session, act):
        found = [asdict(one) for one in sessions_listed(session, act, login)]
    rows = [{name: one[name] for name in ("begun", "seen", "address", "browser")} for one in found]
    columns = {"begun": "登录时间", "seen": "最近办理", "address": "网络", "browser": "浏览器"}
    tell_rows("sessions", rows, title=say(f"{login} 的登录", f"Sessions of {login}"), columns=columns, as_json=as_json)


@app.command("end-sessions", help=say("结束账号的全部登录，须写明理由。", "End all sessions of an account."))
def end_all(
    login: Login,
    reason: Annotated[str, typer.Option(help=say("理由", "the reason"))],
    *,
    as_login: AsLogin = "",
    as_json: AsJson = False,
) -> None:
    """End all browser sessions of an account."""
    with doing(as_login, as_json=as_json) as (session, act):
        ended = end_sessions(session, act, login, reason)
    told = say(f"已结束 {login} 的 {ended} 个登录。", f"Ended {ended} sessions of {login}.")
    tell({"login": login, "ended": ended}, [told], as_json=as_json)


@app.command("reset-factor", help=say("重置丢失的第二重验证，须写明理由。", "Take away a lost second factor."))
def reset(
    login: Login,
    reason: Annotated[str, typer.Option(help=say("理由", "the reason"))],
    *,
    as_login: AsLogin = "",
    as_json: AsJson = False,
) -> None:
    """Take away app, passkeys and recovery codes of an account; its sessions end."""
    with doing(as_login, as_json=as_json) as (session, act):
        reset_factor(session, act, login, reason)
    told = say(f"账号 {login} 的第二重验证已重置，登录已结束。", f"The second factor of {login} is gone.")
    tell({"login": login}, [told], as_json=as_json)


def _from_file(file: Path) -> str:
    try:
        return load_file(file).decode().strip()
    except UnicodeDecodeError as fault:
        raise Invalid(say(f"{file} 不是文本文件。", f"{file} is no text file.")) from fault


grants.add_to(app)
