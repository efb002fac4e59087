"""Commands of reference lists: list, show, load."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from craftsman.actions import reference
from craftsman.actions.reference import LoadedList
from craftsman.cli.base import AsJson, AsLogin, doing, group, load_file, looking, tell, tell_rows
from craftsman.cli.language import say
from craftsman.errors import Invalid
from craftsman.rules.lists import ReferenceList, entries_of
from craftsman.workbook.list_toml import is_toml, read_lists

app = group("名录：载入、查看各版。", "Reference lists: load, look at versions.")
SHOWN = 20

Programme = Annotated[
    str, typer.Argument(metavar="PROGRAMME", help=say("评选名，如 hebei-great-craftsman", "the programme"))
]
Name = Annotated[str, typer.Argument(metavar="NAME", help=say("名录，如 clusters、codes.skill_level", "the list"))]


@app.command("list", help=say("载入过的名录，每版一行。", "Every version that was loaded."))
def list_(programme: Programme, *, as_json: AsJson = False) -> None:
    """List the versions of a programme's lists; a list that is not among them is the one of the configuration."""
    with looking() as (session, _):
        rows = [
            {
                "name": row.name,
                "version": row.version,
                "entries": row.entries,
                "source": row.source,
                "loaded": row.loaded_at,
                "sha256": row.sha256,
            }
            for row in reference.versions_of(session, programme)
        ]
    columns = {"name": "名录", "version": "版次", "entries": "条数", "source": "来源", "loaded": "载入时间"}
    tell_rows("versions", rows, title=say("名录各版", "Versions"), columns=columns, as_json=as_json)


@app.command("show", help=say("一份名录的内容。", "The content of a list."))
def show(
    programme: Programme,
    name: Name,
    version: Annotated[
        int | None, typer.Option(metavar="N", help=say("版次，默认最新", "the version, by default the newest"))
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show one version of a list that was loaded; by default, where none was, the one of the configuration."""
    with looking() as (session, place):
        loaded = any(row.name == name for row in reference.versions_of(session, programme))
        if version is None and not loaded:
            content = reference.delivered_list(place.settings.config_dir, programme, name)
            told: dict[str, Any] = {"name": name, "version": 0, "source": "", "sha256": ""}
            line = say(f"{name}，随配置提供，{len(entries_of(content))} 条", f"{name}, of the configuration")
        else:
            row = reference.version_of(session, programme, name, version)
            content = json.loads(row.content)
            told = {"name": row.name, "version": row.version, "source": row.source, "sha256": row.sha256}
            line = f"{row.name} 第 {row.version} 版，{row.entries} 条，来源：{row.source}"
    tell(told | {"content": content}, [line, json.dumps(content, ensure_ascii=False, indent=2)], as_json=as_json)


@app.command("load", help=say("载入新版名录（.toml，或 .xlsx、.csv）。", "Load lists (.toml, .xlsx or .csv)."))
def load(
    programme: Programme,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("名录文件", "the file"))],
    source: Annotated[str, typer.Option(metavar="TEXT", help=say("来源文件（文号或名称）", "the document it is from"))],
    name: Annotated[
        str, typer.Option("--list", metavar="NAME", help=say("名录（.xlsx、.csv 必填）", "the list (tables only)"))
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("只看变动，不载入", "show the changes only"))] = False,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Load new versions of lists; rounds opened from now on use them."""
    lists = _lists(file, name)
    with doing(as_login, as_json=as_json) as (session, act):
        loaded = reference.load_lists(session, act, programme, lists=lists, source=source, dry_run=dry_run)
    told = [_told(one) for one in loaded]
    tell({"lists": told, "dry_run": dry_run}, [line for one in loaded for line in _lines(one)], as_json=as_json)


def _lists(file: Path, name: str) -> Mapping[str, ReferenceList]:
    """The lists of a file: a TOML file as in the configuration, or one list as a table."""
    content = load_file(file)
    if not name and not is_toml(file.name):
        raise Invalid(say("请用 --list 说明这份表是哪一份名录。", "Say which list it is with --list NAME."))
    return read_lists(content, file.name, name)


def _told(one: LoadedList) -> dict[str, Any]:
    found = one.changes
    return {
        "name": one.name,
        "version": one.version,
        "entries": one.entries,
        "added": found.added,
        "removed": found.removed,
        "changed": found.changed,
    }


def _lines(one: LoadedList) -> list[str]:
    found = one.changes
    if not found.any:
        return [say(f"{one.name}：与现行一版相同，未作改动。", f"{one.name}: as before.")]
    head = say(
        f"{one.name} 第 {one.version} 版：{one.entries} 条，"
        f"新增 {len(found.added)}，删去 {len(found.removed)}，更改 {len(found.changed)}",
        f"{one.name} version {one.version}: {one.entries} entries, "
        f"{len(found.added)} added, {len(found.removed)} removed, {len(found.changed)} changed",
    )
    marked = [
        *(f"  + {entry}" for entry in found.added),
        *(f"  - {entry}" for entry in found.removed),
        *(f"  * {entry}" for entry in found.changed),
    ]
    more = (
        [say(f"  …… 另有 {len(marked) - SHOWN} 处", f"  … {len(marked) - SHOWN} more")] if len(marked) > SHOWN else []
    )
    return [head, *marked[:SHOWN], *more]
