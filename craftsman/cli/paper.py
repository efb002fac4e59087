"""Commands of papers: add, load, list, fetch, withdraw, duplicates."""

import hashlib
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from craftsman.actions import attachments, paper_entry
from craftsman.actions.acting import Act
from craftsman.actions.paper_cases import papers_taken
from craftsman.actions.paper_duplicates import duplicates
from craftsman.actions.views import read_programme, round_by_key
from craftsman.cli.base import (
    AsJson,
    AsLogin,
    RoundKey,
    acting_as,
    doing,
    group,
    keeping_refusals,
    load_file,
    must_be_new,
    save_file,
    tell,
    tell_rows,
    workplace,
)
from craftsman.cli.language import say
from craftsman.errors import Refused
from craftsman.papers.folder import Found, read_folder
from craftsman.papers.handing_in import HandedIn, ReadyPaper, ready_paper
from craftsman.programme.schema import Paper
from craftsman.store.engine import reading, transaction
from craftsman.store.files import bare_name

app = group("材料：提交、查看、撤回、查重。", "Papers: hand in, look, withdraw, duplicates.")

CaseNo = Annotated[str, typer.Argument(metavar="CASE", help=say("申报编号", "case number"))]
PaperId = Annotated[int, typer.Argument(metavar="PAPER", help=say("材料编号，见 paper list", "number in paper list"))]
DONE = {"added": say("已收", "added"), "replaced": say("已替换", "replaced"), "unchanged": say("未变", "unchanged")}
CHECKED = {
    "added": say("可收（只核对，未收）", "may be added (checked only)"),
    "replaced": say("可收，将替换原有的（只核对，未收）", "may replace the former (checked only)"),
    "unchanged": DONE["unchanged"],
}
KINDS = {
    "file": say("同一文件", "same file"),
    "certificate": say("同一证书编号", "same certificate"),
    "achievement": say("同一成果编号", "same achievement"),
}


@app.command("add", help=say("提交一份材料。", "Hand a paper in."))
def add(
    round_key: RoundKey,
    case_no: CaseNo,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=say("材料名称或代号", "the kind, by key or title"))],
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("文件", "the file"))],
    number: Annotated[str, typer.Option(metavar="TEXT", help=say("证书编号", "the paper's own number"))] = "",
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Hand one paper in."""
    handed = HandedIn(case_no, kind, file.name, load_file(file), number)
    with doing(as_login, as_json=as_json) as (session, act):
        done = paper_entry.hand_in_paper(session, act, round_key, handed)
    tell({"case": case_no, "kind": kind, "outcome": done}, [f"{bare_name(file.name)}：{DONE[done]}"], as_json=as_json)


@app.command("load", help=say("按文件夹批量提交材料。", "Hand in a folder of papers."))
def load(
    round_key: RoundKey,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help=say("每个申报编号一个子文件夹", "a sub-folder for each case"))
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("只核对，不提交", "check only"))] = False,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Hand in a folder; good files of a case are taken together, every refused one is told and keeps none out."""
    act = acting_as(workplace(), as_login)
    with keeping_refusals(act), reading(act.place.engine) as session:
        round_ = round_by_key(session, round_key)
        act.must("paper.hand_in", round_.id)
    papers = papers_taken(read_programme(round_.programme))
    told: list[dict[str, Any]] = []
    for _, found in groupby(read_folder(folder, papers), key=lambda one: one.case_no):
        told += _take(act, round_key, papers, list(found), dry_run=dry_run)
    refused = [f"{one['file']}：{one['reason']}" for one in told if one["reason"]]
    outcomes = CHECKED if dry_run else DONE
    lines = [f"{one['file']}：{outcomes[one['outcome']]}" for one in told if not one["reason"]]
    tell({"files": told, "dry_run": dry_run}, lines, as_json=as_json)
    if refused:
        count = len(refused)
        if dry_run:
            raise Refused(say(f"{count} 份文件不能收（只核对，均未收）：", f"{count} files would be refused:"), refused)
        raise Refused(say(f"{count} 份文件未收，其余不受影响：", f"{count} files were not taken:"), refused)


def _bare(path: str) -> str:
    """A path in the folder without long numbers, for people name files after ID and phone numbers."""
    return "/".join(bare_name(part) for part in path.split("/"))


def _take(
    act: Act, round_key: str, papers: dict[str, Paper], found: list[Found], *, dry_run: bool
) -> list[dict[str, Any]]:
    """Take the good files of one case in, in a transaction of its own; tells of every file."""
    told: dict[str, dict[str, Any]] = {
        one.name: {"file": _bare(one.name), "outcome": "", "reason": ""} for one in found
    }
    ready: dict[str, ReadyPaper] = {}
    for one in found:
        try:
            if one.handed is None:
                told[one.name]["reason"] = one.reason
            else:
                ready[one.name] = ready_paper(one.handed, papers[one.handed.kind])
        except Refused as refused:
            told[one.name]["reason"] = refused.reason
    # the request id of a command covers several cases, each an act of its own
    own = replace(act, request_id=f"{act.request_id}/{_digest(ready)}")
    try:
        with transaction(act.place.engine) as session:
            done = paper_entry.add_papers(session, own, round_key, [*ready.values()], dry_run=dry_run)
    except Refused as refused:
        of_case = f"{found[0].case_no}："
        for name in ready:
            told[name]["reason"] = "；".join(line.removeprefix(of_case) for line in refused.details) or refused.reason
    else:
        for name, outcome in zip(ready, done, strict=True):
            told[name]["outcome"] = outcome
    return list(told.values())


def _digest(ready: dict[str, ReadyPaper]) -> str:
    whole = "".join(f"{one.case_no}{one.kind}{one.source_sha256}" for one in ready.values())
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


@app.command("list", help=say("一份申报的材料。", "The papers of a case."))
def list_(
    round_key: RoundKey,
    case_no: CaseNo,
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help=say("含已撤回的", "also those withdrawn"))] = False,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """List the papers of a case."""
    act = acting_as(workplace(), as_login)
    with keeping_refusals(act), reading(act.place.engine) as session:
        found = attachments.papers_of(session, act, round_key, case_no, withdrawn=withdrawn)
    rows = [
        {
            "id": row.id,
            "kind": row.kind,
            "title": title,
            "file": row.file_name,
            "number": row.number,
            "size": row.size,
            "added": row.added_at,
            "withdrawn": row.withdrawn_at,
            "reason": row.withdrawn_reason,
        }
        for title, row in found
    ]
    columns = {"id": "编号", "title": "材料", "file": "文件", "number": "证书编号", "size": "字节", "added": "提交时间"}
    columns |= {"withdrawn": "撤回时间", "reason": "撤回理由"} if withdrawn else {}
    tell_rows("papers", rows, title=say("材料", "Papers"), columns=columns, as_json=as_json)


@app.command("fetch", help=say("取出一份材料；查看会留痕。", "Save a paper; reading it is recorded."))
def fetch(
    paper_id: PaperId,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("写到此文件", "file to write"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Save a paper to a file."""
    must_be_new(file)
    with doing(as_login, as_json=as_json) as (session, act):
        found = attachments.fetch_paper(session, act, paper_id)
    save_file(file, found.content)
    told = say(f"已写到 {file}（{found.media_type}）。", f"Written to {file} ({found.media_type}).")
    tell({"file": file, "name": found.file_name, "media_type": found.media_type}, [told], as_json=as_json)


@app.command("withdraw", help=say("撤回一份材料，写明理由。", "Withdraw a paper for a reason."))
def withdraw(
    paper_id: PaperId,
    reason: Annotated[str, typer.Option(help=say("理由", "the reason"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Withdraw a paper."""
    with doing(as_login, as_json=as_json) as (session, act):
        attachments.withdraw_paper(session, act, paper_id, reason)
    tell({"paper": paper_id}, [say("已撤回。", "Withdrawn.")], as_json=as_json)


@app.command("duplicates", help=say("不同人选之间重复的文件、证书和成果编号。", "What different nominees share."))
def show_duplicates(round_key: RoundKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List files and numbers that different nominees hand in, in this round or an earlier one."""
    act = acting_as(workplace(), as_login)
    with keeping_refusals(act), reading(act.place.engine) as session:
        found = duplicates(session, act, round_key)
    rows = [
        {
            "kind": one.kind,
            "value": one.value,
            "holders": [
                {"round": by.round_key, "case": by.case_no, "name": by.name, "unit": by.unit, "where": by.where}
                for by in one.holders
            ],
        }
        for one in found
    ]
    columns = {"kind": "重复之处", "value": "编号或指纹", "holders": "人选"}
    shown = rows if as_json else [_shown(row) for row in rows]
    tell_rows("duplicates", shown, title=say("重复", "Duplicates"), columns=columns, as_json=as_json)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    value = row["value"][:12] if row["kind"] == "file" else row["value"]
    holders = "\n".join(f"{by['case']} {by['name']} {by['unit']}" for by in row["holders"])
    return {"kind": KINDS[row["kind"]], "value": value, "holders": holders}
