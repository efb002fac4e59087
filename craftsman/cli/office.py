"""Commands of the installation itself: init, doctor."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

import typer
from sqlalchemy import make_url

from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.administrators import FirstPerson, administrator, first_administrators
from craftsman.actions.health import examine
from craftsman.actions.statuses import ROLE_NAMES
from craftsman.actions.workplace import Workplace, open_workplace
from craftsman.cli.base import AsJson, settings, tell, workplace
from craftsman.cli.language import say
from craftsman.errors import Invalid
from craftsman.settings import Settings
from craftsman.store.engine import make_engine, transaction
from craftsman.store.migrate import migrate
from craftsman.store.roles import lay_roles
from craftsman.store.secrets import create_keys
from models import Role

EMAIL = "admin@example.org"
# the logins of a new installation's three, where none are named
LOGINS = {Role.ADMIN: "admin", Role.SECURITY: "security", Role.AUDITOR: "auditor"}


def init(
    admin: Annotated[str, typer.Option(help=say("系统管理员账号", "login of the system administrator"))] = "",
    email: Annotated[str, typer.Option(help=say("系统管理员邮箱", "their e-mail"))] = EMAIL,
    security: Annotated[str, typer.Option(help=say("安全保密管理员账号", "login of the security officer"))] = "",
    security_email: Annotated[str, typer.Option(help=say("安全保密管理员邮箱", "their e-mail"))] = EMAIL,
    auditor: Annotated[str, typer.Option(help=say("审计员账号", "login of the auditor"))] = "",
    auditor_email: Annotated[str, typer.Option(help=say("审计员邮箱", "their e-mail"))] = EMAIL,
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
    """Create the data folder, keys and tables; an installation that is there is brought up to date.

    A new one gets three administrators, who exclude each other; in an older one those who are named and lacking.
    """
    named = {
        Role.ADMIN: FirstPerson(admin, admin, email),
        Role.SECURITY: FirstPerson(security, security, security_email),
        Role.AUDITOR: FirstPerson(auditor, auditor, auditor_email),
    }
    chosen = settings()
    if postgres_roles:
        prepare_roles(chosen)
    _, made = set_up(chosen, {role: one for role, one in named.items() if one.login})
    logins = {role.value: one.login for role, one in made.items()}
    tell({"appointed": logins}, [*first_steps(made), say("初始化完成。", "Ready.")], as_json=as_json)


def set_up(
    chosen: Settings, named: Mapping[Role, FirstPerson] = MappingProxyType({})
) -> tuple[Workplace, Mapping[Role, FirstPerson]]:
    """Make or renew an installation; returns it, and the administrators who are new."""
    try:
        chosen.data_dir.mkdir(parents=True, exist_ok=True)
        create_keys(chosen.keys)
    except OSError as fault:
        raise Invalid(say(f"无法写入 {chosen.data_dir}，请检查 CRAFTSMAN_DATA_DIR 和权限。", "No access.")) from fault
    place = open_workplace(chosen)
    migrate(make_engine(chosen.migration_url) if chosen.migration_url else place.engine)
    with transaction(place.engine) as session:
        fresh = administrator(session, Role.ADMIN) is None
        wanted = {**_by_default(), **named} if fresh else dict(named)
        appointed = first_administrators(session, Act(SYSTEM, place.now(), place), wanted)
    return place, {role: wanted[role] for role in appointed}


def first_steps(made: Mapping[Role, FirstPerson]) -> list[str]:
    """The sentences that say who was appointed, and how they get their passwords."""
    told = [
        say(f"已设立{ROLE_NAMES[role]}账号 {one.login}。", f"Account {one.login} made.") for role, one in made.items()
    ]
    commands = [f"craftsman account password {one.login} --as {one.login}" for one in made.values()]
    lines = [say(f"请本人设置登录密码：{command}", f"Let them set a password: {command}") for command in commands]
    return [*told, *lines]


def _by_default() -> Mapping[Role, FirstPerson]:
    return {role: FirstPerson(login, login, f"{login}@example.org") for role, login in LOGINS.items()}


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
