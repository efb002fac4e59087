"""What all commands share: opening the workplace, acting as somebody, files, telling results."""

import errno
import json
import os
import pwd
import uuid
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlmodel import Session

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.portal_reads import was_done
from craftsman.actions.refusals import keep_refusal
from craftsman.actions.workplace import Workplace, open_workplace
from craftsman.cli.language import say
from craftsman.clock import instant
from craftsman.errors import Forbidden, Invalid
from craftsman.settings import Settings
from craftsman.store.engine import reading, transaction
from craftsman.store.files import write_atomically

console = Console()
# headings of case and receipt numbers, which people copy whole
NUMBERS = frozenset({"编号", "申报编号", "回执", "保留", "并入", "甲", "乙", "对象"})

AsLogin = Annotated[
    str,
    typer.Option("--as", envvar="CRAFTSMAN_AS", help=say("以哪个账号办理", "login of the account that acts")),
]
AsJson = Annotated[bool, typer.Option("--json", help=say("以 JSON 输出", "print JSON"))]
RoundKey = Annotated[
    str, typer.Argument(metavar="ROUND", help=say("轮次，如 hebei-great-craftsman-2026", "the round's key"))
]
StageKey = Annotated[str, typer.Argument(metavar="STAGE", help=say("环节，如 score", "the stage's key"))]


def group(chinese: str, in_english: str) -> typer.Typer:
    """A group of commands with its help."""
    return typer.Typer(help=say(chinese, in_english), no_args_is_help=True, rich_markup_mode=None, add_completion=False)


def settings() -> Settings:
    """The settings of the environment. Invalid with a line for each variable that has no usable value."""
    try:
        return Settings()
    except ValidationError as fault:
        names = [f"CRAFTSMAN_{str(error['loc'][0]).upper()}" for error in fault.errors()]
        raise Invalid(
            say("下列环境变量的值不可用，请参照 docs/howto/settings.md 改正：", "Unusable:"), names
        ) from fault


def workplace() -> Workplace:
    """The installation that the environment names."""
    return open_workplace(settings())


def acting_as(place: Workplace, login: str) -> Act:
    """An act of the account; Invalid when none was named."""
    if not login:
        raise Invalid(say("请用 --as 账号 说明由谁办理（或设置 CRAFTSMAN_AS）。", "Say who acts with --as LOGIN."))
    with reading(place.engine) as session:
        actor = actor_by_login(session, login, place.now())
    request = os.environ.get("CRAFTSMAN_REQUEST_ID") or f"cli-{uuid.uuid4()}"
    return Act(actor, place.now(), place, request_id=request, true_actor=f"os/{_system_user()}")


def _system_user() -> str:
    """The operating system's name for whoever types; the account's number where it has no name."""
    number = os.geteuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


@contextmanager
def doing(login: str, *, as_json: bool) -> Generator[tuple[Session, Act]]:
    """One act of an account in one transaction; a request id that the history holds ends it, nothing changed."""
    place = workplace()
    act = acting_as(place, login)
    with keeping_refusals(act), transaction(place.engine) as session:
        if was_done(session, act.request_id):
            told = say("该请求此前已办理，本次未作改动。", "This request was done before; nothing changed.")
            tell({"repeated": True}, [told], as_json=as_json)
            raise typer.Exit(0)
        yield session, act


@contextmanager
def looking() -> Generator[tuple[Session, Workplace]]:
    """A session that only reads, and the workplace."""
    place = workplace()
    with reading(place.engine) as session:
        yield session, place


@contextmanager
def looking_as(login: str) -> Generator[tuple[Session, Act]]:
    """A session that only reads, for an account whose permission is asked."""
    place = workplace()
    act = acting_as(place, login)
    with keeping_refusals(act), reading(place.engine) as session:
        yield session, act


@contextmanager
def keeping_refusals(act: Act) -> Generator[None]:
    """Let the history tell what is refused to an account; the refusal goes on to whoever reads it."""
    try:
        yield
    except Forbidden as refused:
        keep_refusal(act, refused)
        raise


def stands(file: Path) -> bool:
    """Whether a file is there. Invalid where the system cannot even look."""
    try:
        return file.exists()
    except OSError as fault:
        if fault.errno == errno.ENAMETOOLONG:
            reason = say(f"文件名过长，请改短后再试：{file}", f"The file's name is too long: {file}")
        else:
            reason = say(f"无法查看 {file}，请检查文件夹和权限。", f"Cannot look at {file}.")
        raise Invalid(reason) from fault


def load_file(file: Path) -> bytes:
    """The bytes of a file that a person named. Invalid when it cannot be read."""
    if not stands(file):
        raise Invalid(say(f"找不到文件 {file}。", f"No such file: {file}."))
    try:
        return file.read_bytes()
    except OSError as fault:
        raise Invalid(say(f"无法读取 {file}，请检查它是不是文件、有没有权限。", f"Cannot read {file}.")) from fault


def load_text(file: Path) -> str:
    """The text of a UTF-8 file that a person named. Invalid for another encoding."""
    try:
        return load_file(file).decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        told = say(f"{file} 不是 UTF-8 文本，请另存为 UTF-8 后再试。", f"{file} is not UTF-8: save it as UTF-8.")
        raise Invalid(told) from fault


def save_file(file: Path, content: bytes, *, replace: bool = False) -> None:
    """Write a file whole. Invalid when one is there already (unless `replace`) or it cannot be written."""
    must_be_new(file, replace=replace)
    try:
        write_atomically(file, content)
    except OSError as fault:
        raise Invalid(say(f"无法写入 {file}，请检查文件夹和权限。", f"Cannot write {file}.")) from fault


def must_be_new(file: Path, *, replace: bool = False) -> None:
    """Invalid when something stands where a file is to be written."""
    if stands(file) and not replace:
        raise Invalid(say(f"已有文件 {file}，请换一个文件名或先移走它。", f"{file} exists: choose another name."))


def must_end(file: Path, suffix: str) -> None:
    """Invalid where a file is not named as what it will hold."""
    if file.suffix.lower() != suffix:
        raise Invalid(say(f"写出的是 {suffix} 文件，文件名须以 {suffix} 结尾：{file}", f"Name it *{suffix}: {file}"))


def tell(result: Mapping[str, Any], lines: Sequence[str], *, as_json: bool) -> None:
    """Print a result: as JSON for programs, else as lines for people."""
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=2, default=str))
        return
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table for people."""
    drawn = Table(title=title, title_justify="left")
    for column in columns:
        drawn.add_column(column, overflow="fold", no_wrap=column in NUMBERS)
    for row in rows:
        drawn.add_row(*(Text(_shown(cell)) for cell in row))
    console.print(drawn)


def _shown(cell: object) -> str:
    if isinstance(cell, datetime):
        return instant(cell)
    return "" if cell is None else str(cell)


def tell_rows(
    key: str, rows: Sequence[Mapping[str, Any]], *, title: str, columns: Mapping[str, str], as_json: bool
) -> None:
    """Print rows: as JSON under `key`, else as a table of the columns named (field -> heading)."""
    if as_json:
        tell({key: list(rows)}, [], as_json=True)
        return
    table(title, list(columns.values()), [[row[field] for field in columns] for row in rows])
