"""Commands of names: the order by strokes (姓氏笔画) as lists are printed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from craftsman.cli.base import AsJson, group, load_text, tell
from craftsman.cli.language import say
from craftsman.errors import Invalid
from craftsman.programme.strokes import load_stroke_order
from craftsman.rules.names import canonical_name, sort_by_strokes

app = group("姓名：按姓氏笔画排序。", "Names in stroke order.")


@app.callback()
def group_of_commands() -> None:
    """Names: a group even while it holds one command."""


@app.command("sort", help=say("按姓氏笔画为序排列，每行一个姓名。", "Sort names by strokes, one a line."))
def sort(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("每行一个姓名的文本文件", "names, one a line"))],
    direct: Annotated[
        bool, typer.Option("--direct", help=say("姓名笔画：单名不在前", "compare second characters directly"))
    ] = False,
    like: Annotated[
        list[str] | None,
        typer.Option(help=say("人工指定：姓名=排在其位的姓名，可多次", "NAME=NAME whose place it takes; repeatable")),
    ] = None,
    reason: Annotated[str, typer.Option(help=say("人工指定的理由", "why places are given by hand"))] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Print names in order: surname first, single-character given names first unless `--direct`.

    A character without a place stops it; `--like` gives one name the place of another for a reason that is printed.
    """
    names, given = _names(file), _given(like or (), reason)
    if unknown := [name for name in given if name not in names]:
        raise Invalid(say(f"文件中没有这些姓名：{'、'.join(unknown)}。", f"Not in the file: {', '.join(unknown)}."))
    order = load_stroke_order()
    ordered = sort_by_strokes(names, name=lambda name: given.get(name, name), order=order, single_first=not direct)
    by_hand = [{"name": name, "like": other, "reason": reason} for name, other in given.items()]
    tell({"names": ordered, "by_hand": by_hand}, ordered, as_json=as_json)
    if by_hand and not as_json:
        for one in by_hand:
            told = say(f"人工指定：{one['name']} 按“{one['like']}”排序，理由：{one['reason']}", "Placed by hand.")
            typer.echo(told, err=True)


def _names(file: Path) -> list[str]:
    lines = load_text(file).splitlines()
    names, problems = list[str](), list[str]()
    for number, line in enumerate(lines, start=1):
        try:
            names += [canonical_name(line)] if line.strip() else []
        except Invalid as fault:
            problems.append(say(f"第 {number} 行：{fault.reason}", f"line {number}: {fault.reason}"))
    if problems:
        raise Invalid(say("有的姓名不能识别，请改正后再排：", "Some names cannot be read:"), problems)
    return names


def _given(like: Sequence[str], reason: str) -> Mapping[str, str]:
    pairs = [tuple(part.strip() for part in one.partition("=")[::2]) for one in like]
    if any(not name or not other for name, other in pairs):
        raise Invalid(say("--like 请写成“姓名=排在其位的姓名”。", "Write --like as NAME=NAME."))
    if pairs and not reason.strip():
        raise Invalid(say("人工指定位置须用 --reason 写明理由。", "Say why with --reason."))
    return {canonical_name(name): canonical_name(other) for name, other in pairs}
