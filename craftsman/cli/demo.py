"""The demo as a command; apart from the others, which need none of what it plays with."""

from pathlib import Path
from typing import Annotated

import typer

from craftsman.cli.base import console, stands
from craftsman.cli.language import say
from craftsman.demo.run import run_demo
from craftsman.errors import Refused
from craftsman.settings import HOME


def demo(
    folder: Annotated[Path, typer.Option(help=say("写到此文件夹，原有内容会清空", "folder, emptied first"))] = HOME
    / "var"
    / "demo",
) -> None:
    """Run a whole round with fictitious people on embedded servers."""
    _may_be_emptied(folder)
    run_demo(folder.resolve(), console)


def _may_be_emptied(folder: Path) -> None:
    """Refused for a folder with other things in it than an earlier demo."""
    if stands(folder) and folder.is_dir() and any(folder.iterdir()) and not (folder / "data" / "clock.txt").exists():
        raise Refused(say(f"{folder} 里有演示以外的内容，请另选一个空文件夹。", f"{folder} holds other things."))
