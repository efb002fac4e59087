"""Commands of the installation itself: init, doctor."""

from typing import Annotated

import typer
from sqlalchemy import make_url

from craftsman.actions import accounts
from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.health import examine
from craftsman.actions.workplace import Workplace, open_workplace
from craftsman.cli.base import AsJson, settings, tell, workplace
from craftsman.cli.language import say
from craftsman.errors import Invalid
from craftsman.settings import Settings
from craftsman.store.engine import make_engine, transaction
from craftsman.store.migrate import migrate
from craftsman.store.roles import lay_roles
from craftsman.store.secrets import create_keys

ADMINISTRATOR, EMAIL = "admin", "admin@example.org"


def init(
    admin: Annotated[str, typer.Option(help=say("首位管理员账号", "login of the first administrator"))] = ADMINISTRATOR,
    email: Annotated[str, typer.Option(help=say("管理员邮箱", "their e-mail"))] = EMAIL,
    postgres_roles: Annotated[
        bool,
        typer.Option(
            "--postgres-roles",
            help=say("在 PostgreSQL 上设立属主、应用、审计三种角色", "lay owner, application and auditor roles"),
        ),
    ] = False,
    *,
    as_json: AsJson = False,
) -> None:
    """Create the data folder, keys and tables; an installation that is there is brought up to date."""
    chosen = settings()
    if postgres_roles:
        prepare_roles(chosen)
    _, made = set_up(chosen, admin, email)
    told = [say(f"已设立管理员账号 {admin}。", f"Administrator {admin} made."), first_password(admin)] if made else []
    ready = say("初始化完成。", "Ready.")
    tell({"administrator": admin if made else None}, [*told, ready], as_json=as_json)


def set_up(chosen: Settings, admin: str = ADMINISTRATOR, email: str = EMAIL) -> tuple[Workplace, bool]:
    """Make or renew an installation; returns it, and whether the administrator is new."""
    try:
        chosen.data_dir.mkdir(parents=True, exist_ok=True)
        create_keys(chosen.keys)
    except OSError as fault:
        raise Invalid(say(f"无法写入 {chosen.data_dir}，请检查 CRAFTSMAN_DATA_DIR 和权限。", "No access.")) from fault
    place = open_workplace(chosen)
    migrate(make_engine(chosen.migration_url) if chosen.migration_url else place.engine)
    with transaction(place.engine) as session:
        act = Act(SYSTEM, place.now(), place)
        made = accounts.first_administrator_if_none(session, act, admin, admin, email)
    return place, made is not None


def prepare_roles(chosen: Settings) -> None:
    """Lay the roles of PostgreSQL by its administrator's connection; the portal's login becomes the application."""
    if not (chosen.url.startswith("postgresql") and chosen.migration_url.startswith("postgresql")):
        raise Invalid(
            say(
                "设立角色须同时设置 CRAFTSMAN_DATABASE_URL（门户的连接）和 CRAFTSMAN_MIGRATION_URL（管理员的连接），"
                "两者都指向 PostgreSQL。",
                "Set CRAFTSMAN_DATABASE_URL and CRAFTSMAN_MIGRATION_URL, both of PostgreSQL.",
            )
        )
    portal = make_url(chosen.url)
    with make_engine(chosen.migration_url).begin() as connection:
        lay_roles(connection, portal.username or "", portal.password)


def first_password(admin: str = ADMINISTRATOR) -> str:
    """The sentence that says how the administrator gets a password."""
    command = f"craftsman account password {admin} --as {admin}"
    return say(f"请设置其登录密码：{command}", f"Set their password: {command}")


def doctor(*, as_json: AsJson = False) -> None:
    """Say of each check whether it holds; exit 1 when one does not."""
    findings = examine(workplace())
    tell(
        {"findings": [{"check": one.check, "holds": one.holds, "advice": one.advice} for one in findings]},
        [f"{'✓' if one.holds else '✗'} {one.check}{'' if one.holds else '：' + one.advice}" for one in findings],
        as_json=as_json,
    )
    if not all(one.holds for one in findings):
        raise typer.Exit(1)
