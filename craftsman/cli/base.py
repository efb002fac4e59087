"""What all commands share: opening the workplace, acting as somebody, telling results and refusals."""

import json
import os
import sys
import uuid
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import OperationalError, ProgrammingError

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.workplace import Workplace, open_workplace
from craftsman.cli.language import say
from craftsman.errors import Invalid, Refused
from craftsman.store.engine import reading

console = Console()
errors = Console(stderr=True)

AsLogin = Annotated[
    str,
    typer.Option("--as", envvar="CRAFTSMAN_AS", help=say("以哪个账号办理", "login of the account that acts")),
]
AsJson = Annotated[bool, typer.Option("--json", help=say("以 JSON 输出", "print JSON"))]
RoundKey = Annotated[str, typer.Argument(help=say("轮次，如 hebei-great-craftsman-2026", "the round's key"))]


def group(chinese: str, in_english: str) -> typer.Typer:
    """A group of commands with its help."""
    return typer.Typer(help=say(chinese, in_english), no_args_is_help=True, rich_markup_mode=None)


@contextmanager
def telling_refusals() -> Generator[None]:
    """Turn a refusal into its reason on stderr and exit status 1; a missing database is told as what to do."""
    try:
        yield
    except Refused as refused:
        errors.print(str(refused), style="red", highlight=False, markup=False)
        sys.exit(1)
    except (OperationalError, ProgrammingError) as fault:
        if "no such table" not in str(fault) and "does not exist" not in str(fault):
            raise
        errors.print(say("数据库尚未初始化，请先运行 craftsman init。", "Run craftsman init first."), style="red")
        sys.exit(1)


def workplace() -> Workplace:
    """The installation that the environment names."""
    return open_workplace()


def acting_as(place: Workplace, login: str) -> Act:
    """An act of the account; Invalid when none was named."""
    if not login:
        raise Invalid(say("请用 --as 账号 说明由谁办理（或设置 CRAFTSMAN_AS）。", "Say who acts with --as LOGIN."))
    with reading(place.engine) as session:
        actor = actor_by_login(session, login)
    request = os.environ.get("CRAFTSMAN_REQUEST_ID") or f"cli-{uuid.uuid4()}"
    return Act(actor, place.now(), place, request_id=request)


def tell(result: Mapping[str, Any], *, as_json: bool, lines: Callable[[], Sequence[str]]) -> None:
    """Print a result: as JSON for programs, else as lines for people."""
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=2, default=str))
        return
    for line in lines():
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table for people."""
    drawn = Table(title=title, title_justify="left")
    for column in columns:
        drawn.add_column(column)
    for row in rows:
        drawn.add_row(*("" if cell is None else str(cell) for cell in row))
    console.print(drawn)
