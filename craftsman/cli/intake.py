"""Commands of workbooks: template, import, sample."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress
from sqlmodel import select

from craftsman.actions.acting import Act
from craftsman.actions.intake import ImportReport, apply_import, prepare_import, returned_file
from craftsman.actions.reference import current_lists
from craftsman.actions.views import read_programme, round_by_key
from craftsman.cli.base import (
    AsJson,
    AsLogin,
    RoundKey,
    acting_as,
    keeping_refusals,
    load_file,
    looking,
    must_end,
    save_file,
    settings,
    tell,
    workplace,
)
from craftsman.cli.faults import errors
from craftsman.cli.language import say
from craftsman.cli.returned import RETURNED
from craftsman.errors import NotFound, Refused
from craftsman.programme.load import list_programmes, load_programme
from craftsman.programme.programme import Programme
from craftsman.sample.book import sample_workbook
from craftsman.store.engine import reading, transaction
from craftsman.store.files import shortened_name
from craftsman.workbook.check import CellProblem, Watch
from craftsman.workbook.template import blank_workbook
from models import Round

PEOPLE, SEED = 139, 2018
CORRECTED = "更正"
MOST_REASONS = 50


def template(
    round_key: RoundKey,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("写到此文件（.xlsx）", "file to write (.xlsx)"))],
    *,
    as_json: AsJson = False,
) -> None:
    """Write the blank workbook of a round, opened or only configured."""
    must_end(file, ".xlsx")
    save_file(file, blank_workbook(programme_of(round_key)))
    tell({"file": file}, [say(f"空白推荐汇总表已写到 {file}。", f"Blank workbook written to {file}.")], as_json=as_json)


def programme_of(round_key: str) -> Programme:
    """The programme that a round was opened under, else the configured one of that key; NotFound without either."""
    chosen = settings()
    slug, _, year = round_key.rpartition("-")
    lists: dict[str, Any] = {}
    if chosen.keys.exists():
        with looking() as (session, _place):
            opened = session.exec(select(Round).where(Round.key == round_key)).first()
            lists = current_lists(session, slug)
        if opened is not None:
            return read_programme(opened.programme)
    if year.isdecimal() and int(year) in list_programmes(chosen.config_dir).get(slug, ()):
        return load_programme(slug, int(year), root=chosen.config_dir, lists=lists)
    raise NotFound(f"没有轮次“{round_key}”；用 craftsman round list 查看已开启和可开启的轮次。")


def import_(
    round_key: RoundKey,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help=say("推荐汇总表（.xlsx、.csv）", "workbooks (.xlsx, .csv)"))
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("只核对，不导入", "check only"))] = False,
    returned: Annotated[
        Path | None, typer.Option(metavar="DIR", help=say("退回的表放在此文件夹", "folder for returned workbooks"))
    ] = None,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Import workbooks; of each with wrong rows a marked copy is written. One bad file does not keep the others out."""
    act = acting_as(workplace(), as_login)
    with keeping_refusals(act), reading(act.place.engine) as session:
        round_ = round_by_key(session, round_key)
        act.must("intake.import", round_.id)
    desk = Desk(act, read_programme(round_.programme), returned, dry_run=dry_run)
    told: list[dict[str, Any]] = []
    refused: list[str] = []
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as bars:
        for file in bars.track(files, description=say("导入", "Importing")):
            try:
                told.append(desk.take_in(file, bars))
            except Refused as reason:
                refused.append(f"{file.name}：{reason}" if len(files) > 1 else str(reason))
    if told or not refused:
        lines = [line for one in told for line in (_line(one), *_details(one, dry_run=dry_run))]
        tell({"files": told, "dry_run": dry_run}, lines, as_json=as_json)
    if refused:
        raise Refused("\n".join(refused))


@dataclass(frozen=True)
class Desk:
    """Where workbooks are taken in: by whom, under which rules, and where marked copies go (None: beside the file)."""

    act: Act
    programme: Programme
    folder: Path | None
    dry_run: bool

    def take_in(self, file: Path, bars: Progress) -> dict[str, Any]:
        """Take one workbook in and write its marked copy; returns what is told of it."""
        content = load_file(file)
        with _watching(bars) as watch:
            prepared = prepare_import(self.act.place, self.programme, content, file.name, watch=watch)
        # the request id of a command covers several files, each an act of its own
        act = replace(self.act, request_id=f"{self.act.request_id}/{prepared.sha256[:12]}")
        with transaction(act.place.engine) as session:
            report = apply_import(session, act, self.programme.key, prepared, dry_run=self.dry_run)
        marked = returned_file(prepared, report.problems)
        return _told(file, report, self._keep(file, marked))

    def _keep(self, file: Path, marked: bytes | None) -> Path | None:
        if marked is None or (self.dry_run and self.folder is None):
            return None
        copy = (self.folder or file.parent) / shortened_name(file.stem, f"-{RETURNED}.xlsx")
        save_file(copy, marked, replace=True)
        return copy


@contextmanager
def _watching(bars: Progress) -> Generator[Watch]:
    """Show a bar of the rows of one file while they are checked."""
    bar = bars.add_task(say("核对各行", "Checking rows"), total=None)
    try:
        yield lambda rows: bars.track(rows, task_id=bar, total=len(rows))
    finally:
        bars.remove_task(bar)


def _told(file: Path, report: ImportReport, copy: Path | None) -> dict[str, Any]:
    return {
        "file": file,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "refused": report.refused,
        "repeated": report.repeated,
        "returned": copy,
        "problems": _cells(report.problems),
        "notes": _cells(report.notes),
    }


def _cells(found: Sequence[CellProblem]) -> list[dict[str, Any]]:
    return [{"row": one.row, "column": one.title, "reason": one.reason, "rule": one.rule} for one in found]


def _line(one: Mapping[str, Any]) -> str:
    counts = say(
        f"新增 {one['created']}，更正 {one['updated']}，未变 {one['unchanged']}，退回 {one['refused']} 行",
        f"{one['created']} new, {one['updated']} corrected, {one['unchanged']} unchanged, {one['refused']} returned",
    )
    remarks = len(one["notes"])
    noted = say(f"；提示 {remarks} 处", f"; {remarks} remarks") if remarks else ""
    wrong_rows = len({problem["row"] for problem in one["problems"]})
    if one["refused"] > wrong_rows:
        # by the policy of the round, right rows go back too
        noted += say(
            f"；其中有错 {wrong_rows} 行，整份退回", f"; {wrong_rows} of them wrong, the whole file is returned"
        )
    again = say("（此文件此前已导入）", " (imported before)") if one["repeated"] else ""
    copy = say(f"；有错的单元格已在 {one['returned']} 中标出", f"; marked in {one['returned']}")
    return f"{one['file']}：{counts}{noted}{again}{copy if one['returned'] else ''}"


def _details(one: Mapping[str, Any], *, dry_run: bool) -> Iterable[str]:
    """Which cells are wrong, and which are remarked on; after an import the marked copy says it where there is one."""
    if dry_run:
        yield from _reasons(one["problems"])
    if dry_run or not one["returned"]:
        yield from _reasons(one["notes"], say("提示：", "remark: "))


def _reasons(cells: Sequence[Mapping[str, Any]], mark: str = "") -> Iterable[str]:
    """Where and why, the first of them where there are many; the marked copy holds all."""
    for one in cells[:MOST_REASONS]:
        where = say(f"第 {one['row']} 行“{one['column']}”", f"row {one['row']} “{one['column']}”")
        yield f"  {where}：{mark}{one['reason']}"
    if (more := len(cells) - MOST_REASONS) > 0 and mark:
        yield say(
            f"  …另有 {more} 处提示；用 --json 可全部列出。", f"  … and {more} more remarks; --json lists them all."
        )
    elif more > 0:
        yield say(
            f"  …另有 {more} 处；加 --returned 文件夹 可得到标出所有错处的表。",
            f"  … and {more} more; with --returned DIR a copy with all of them marked is written.",
        )


def sample(
    round_key: RoundKey,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("写到此文件（.xlsx）", "file to write (.xlsx)"))],
    people: Annotated[int, typer.Option(min=1, help=say("人数", "how many people"))] = PEOPLE,
    seed: Annotated[int, typer.Option(help=say("种子，相同则人员相同", "the same seed, the same people"))] = SEED,
    *,
    as_json: AsJson = False,
) -> None:
    """Write a workbook of fictitious people with some wrong rows, and beside it those rows put right."""
    must_end(file, ".xlsx")
    book = sample_workbook(programme_of(round_key), people=people, seed=seed)
    corrected = file.with_name(shortened_name(file.stem, f"-{CORRECTED}.xlsx"))
    save_file(file, book.content)
    save_file(corrected, book.corrected)
    wrong = len(book.wrong_rows)
    told = say(
        f"{people} 名虚构人员已写到 {file}，其中 {wrong} 行有错；改正后的这些行在 {corrected}。",
        f"{people} fictitious people in {file}, {wrong} rows wrong; those put right in {corrected}.",
    )
    tell({"file": file, "corrected": corrected, "people": people, "wrong_rows": wrong}, [told], as_json=as_json)
