"""Commands of ballots: publish the papers of a sealed one, and count published papers again."""

from pathlib import Path
from typing import Annotated

import typer

from craftsman.actions.publishing import published_ballot
from craftsman.cli.base import AsJson, AsLogin, RoundKey, StageKey, doing, group, load_file, save_file, stage_of, tell
from craftsman.cli.language import say
from craftsman.rules.recount import count_lines, count_record, counted, read_published

app = group("选票：公开、重新计票。", "Ballots: publish, recount.")
PaperFile = Annotated[Path, typer.Argument(metavar="FILE", help=say("选票文件（.json）", "file of the papers"))]


@app.command("publish", help=say("公开一个已封存票决的全部选票（无姓名）。", "Write the papers of a sealed ballot."))
def publish(
    round_key: RoundKey, stage: StageKey, file: PaperFile, as_login: AsLogin = "", *, as_json: AsJson = False
) -> None:
    """Write the papers of a sealed ballot with the terms of its count; no names, receipts as digests."""
    with doing(as_login, as_json=as_json) as (session, act):
        found = published_ballot(session, act, stage_of(session, round_key, stage))
    save_file(file, (found.model_dump_json(indent=1) + "\n").encode())
    told = say(f"{len(found.papers)} 张选票已写到 {file}。", f"{len(found.papers)} papers are in {file}.")
    tell({"file": file, "papers": len(found.papers)}, [told], as_json=as_json)


@app.command("recount", help=say("按公开的选票重新计票，任何人都可办理。", "Count published papers again."))
def recount(file: PaperFile, *, as_json: AsJson = False) -> None:
    """Count the papers of a file again; needs neither an account nor the database."""
    ballot = read_published(load_file(file).decode("utf-8", errors="replace"))
    found = counted(ballot.papers, ballot)
    heading = say(f"{ballot.round} {ballot.stage}，结果指纹 {ballot.result}", f"{ballot.round} {ballot.stage}")
    tell({"result": ballot.result, **count_record(found)}, [heading, *count_lines(found)], as_json=as_json)
