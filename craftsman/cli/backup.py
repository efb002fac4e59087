"""Commands that save the database, and check what was restored."""

import time
from pathlib import Path
from typing import Annotated

import typer

from craftsman import clock
from craftsman.actions.backup import back_up, check_restored
from craftsman.cli.base import AsJson, AsLogin, acting_as, keeping_refusals, load_file, settings, tell, workplace
from craftsman.cli.language import say
from craftsman.errors import Invalid, Refused
from craftsman.store.backup import put_back


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("写到此文件", "file to write"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Write a backup of the whole database while people go on working."""
    act = acting_as(workplace(), as_login)
    try:
        with keeping_refusals(act):
            saved = back_up(act, file)
    except OSError as fault:
        raise Invalid(say(f"无法写入 {file}，请检查文件夹和权限。", f"Cannot write {file}.")) from fault
    lines = [
        say(f"已备份到 {file}：{saved.events} 条记录，根哈希 {saved.root}", f"Saved {saved.events} events to {file}"),
        say(
            "请把密钥文件、documents、vault 两个文件夹另行备份。",
            "Keep the key file, documents and vault elsewhere too.",
        ),
    ]
    tell({"file": file, "events": saved.events, "root": saved.root}, lines, as_json=as_json)


def restore(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help=say("备份文件；不给则只核对", "the backup; none: check only")),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help=say("只核对现有数据库", "check the database at hand"))] = False,
    checkpoint: Annotated[
        Path | None, typer.Option(help=say("另存的检查点文件", "a checkpoint that was kept elsewhere"))
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Put a backup back where there is no database, and check it; exit 1 when something does not hold."""
    if (file is None) != check:
        raise Invalid(say("请给出备份文件，或用 --check 只核对现有数据库。", "Name a backup, or give --check."))
    began = time.monotonic()
    if file is not None:
        _put_back(file)
    kept = load_file(checkpoint).decode(errors="replace") if checkpoint else ""
    found = check_restored(workplace(), kept)
    seconds = round(time.monotonic() - began, 1)
    last = f"{found.last_at.astimezone(clock.CHINA):%Y-%m-%d %H:%M:%S}" if found.last_at else "—"
    lines = [
        *(found.problems or [say(f"共 {found.events} 条记录、{found.rounds} 个轮次，全部成立。", "All holds.")]),
        say(f"最后一条记录 {last}；此后的办理不在其中。", f"Last event {last}; nothing after it is here."),
        say(f"用时 {seconds} 秒。", f"Took {seconds} s."),
    ]
    told = {"problems": found.problems, "events": found.events, "root": found.root, "last": last, "seconds": seconds}
    tell(told, lines, as_json=as_json)
    if found.problems:
        raise typer.Exit(1)


def _put_back(file: Path) -> None:
    url = settings().url
    if not url.startswith("sqlite"):
        raise Refused(
            say(
                "PostgreSQL 请先用 pg_restore 恢复，再运行 craftsman restore --check。", "Use pg_restore, then --check."
            )
        )
    put_back(file, Path(url.removeprefix("sqlite:///")))
