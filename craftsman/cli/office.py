"""Commands of the installation itself: init, doctor, accounts."""

from pathlib import Path
from typing import Annotated

import typer

from craftsman.actions import accounts as act_accounts
from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.health import examine
from craftsman.actions.views import round_by_key
from craftsman.actions.workplace import open_workplace
from craftsman.cli.base import AsJson, AsLogin, acting_as, group, tell, workplace
from craftsman.cli.language import say
from craftsman.errors import Invalid
from craftsman.settings import Settings
from craftsman.store.engine import transaction
from craftsman.store.migrate import migrate
from craftsman.store.secrets import create_keys

INIT = say("初始化：建库、生成密钥、设立首位管理员。", "Set up: database, keys, the first administrator.")
DOCTOR = say("体检：检查设置、数据库、密钥与历史记录。", "Examine settings, database, keys and history.")

accounts = group("账号与授权。", "Accounts and roles.")


def init(
    admin: Annotated[str, typer.Option(help=say("首位管理员账号", "login of the first administrator"))] = "admin",
    email: Annotated[str, typer.Option(help=say("管理员邮箱", "their e-mail"))] = "admin@example.org",
) -> None:
    """Create the data folder, keys and tables; an installation that is there is brought up to date."""
    settings = Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    create_keys(settings.keys)
    place = open_workplace(settings)
    migrate(place.engine)
    with transaction(place.engine) as session:
        act = Act(SYSTEM, place.now(), place)
        made = act_accounts.first_administrator_if_none(session, act, admin, admin, email)
    told = say(f"已设立管理员账号 {admin}。", f"Administrator {admin} made.") if made else ""
    done = say("初始化完成。", "Ready.")
    tell(
        {"administrator": admin if made else None}, as_json=False, lines=lambda: [line for line in (told, done) if line]
    )


def doctor(*, as_json: AsJson = False) -> None:
    """Say of each check whether it holds; exit 1 when one does not."""
    findings = examine(workplace())
    tell(
        {"findings": [{"check": one.check, "holds": one.holds, "advice": one.advice} for one in findings]},
        as_json=as_json,
        lines=lambda: [
            f"{'✓' if one.holds else '✗'} {one.check}{'' if one.holds else '：' + one.advice}" for one in findings
        ],
    )
    if not all(one.holds for one in findings):
        raise typer.Exit(1)


@accounts.command("add", help=say("添加账号并授予身份。", "Add an account and grant roles."))
def add(
    login: Annotated[str, typer.Argument(help=say("账号", "login"))],
    name: Annotated[str, typer.Argument(help=say("姓名", "name"))],
    email: Annotated[str, typer.Argument(help=say("邮箱", "e-mail"))],
    role: Annotated[list[str] | None, typer.Option(help=say("身份，可重复", "role, repeatable"))] = None,
    round_key: Annotated[str, typer.Option("--round", help=say("仅在此轮次有效", "for this round only"))] = "",
    organisation: Annotated[str, typer.Option(help=say("推荐单位代码", "reporting unit's code"))] = "",
    uscc: Annotated[str, typer.Option(help=say("所在单位统一社会信用代码", "employer's credit code"))] = "",
    discipline: Annotated[list[str] | None, typer.Option(help=say("擅长的产业代码", "industry codes"))] = None,
    as_login: AsLogin = "",
) -> None:
    """Add an account; it gets its password by `craftsman account password`."""
    place = workplace()
    act = acting_as(place, as_login)
    person = act_accounts.NewAccount(
        login,
        name,
        email,
        tuple(role or ()),
        uscc=uscc,
        disciplines=tuple(discipline or ()),
        organisation=organisation or None,
    )
    with transaction(place.engine) as session:
        round_id = round_by_key(session, round_key).id if round_key else None
        act_accounts.add_accounts(session, act, [person], round_id=round_id)
    tell({"login": login}, as_json=False, lines=lambda: [say(f"账号 {login} 已就绪。", f"Account {login} is ready.")])


@accounts.command("password", help=say("设置密码（从文件或终端读入，不留在命令行里）。", "Set a password."))
def password(
    login: Annotated[str, typer.Argument(help=say("账号", "login"))],
    file: Annotated[Path | None, typer.Option(help=say("内含密码的文件", "file that holds it"))] = None,
    as_login: AsLogin = "",
) -> None:
    """Set the password of an account."""
    place = workplace()
    act = acting_as(place, as_login)
    if file is not None and not file.exists():
        raise Invalid(say(f"找不到文件 {file}。", f"No such file: {file}."))
    text = file.read_text().strip() if file else typer.prompt(say("新密码", "New password"), hide_input=True)
    with transaction(place.engine) as session:
        act_accounts.set_password(session, act, login, text)
    tell({}, as_json=False, lines=lambda: [say("密码已设置。", "Password set.")])
