"""Commands of ballots: open a second round, publish the papers of a sealed one, and count published papers again."""

from pathlib import Path
from typing import Annotated

import typer

from craftsman.actions.publishing import published_ballot
from craftsman.actions.second_round import open_second_round
from craftsman.actions.views import stage_of
from craftsman.cli.base import AsJson, AsLogin, RoundKey, StageKey, doing, group, load_file, save_file, tell
from craftsman.cli.language import say
from craftsman.rules.recount import count_record, counted_again, merged_lines, read_published

app = group("选票：第二轮、公开、重新计票。", "Ballots: second round, publish, recount.")
PaperFile = Annotated[Path, typer.Argument(metavar="FILE", help=say("选票文件（.json）", "file of the papers"))]


@app.command("second", help=say("开启第二轮投票，填补第一轮的空缺。", "Open a second round for the seats left."))
def second(
    round_key: RoundKey,
    stage: StageKey,
    closing: Annotated[
        str, typer.Option("--closing", help=say("有人未投票时，结束第一轮的理由", "why the first round ends early"))
    ] = "",
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Open a second round among the seats left and one candidate more."""
    with doing(as_login, as_json=as_json) as (session, act):
        opened = open_second_round(session, act, stage_of(session, round_key, stage), closing=closing)
        seats, standing = opened.seats, list(opened.candidates)
    told = say(f"第二轮投票已开启：所余名额 {seats} 名，候选人 {len(standing)} 名：", f"For {seats} seats stand:")
    tell({"seats": seats, "candidates": standing}, [told, *standing], as_json=as_json)


@app.command("publish", help=say("公开一个已封存票决的全部选票（无姓名）。", "Write the papers of a sealed ballot."))
def publish(
    round_key: RoundKey, stage: StageKey, file: PaperFile, as_login: AsLogin = "", *, as_json: AsJson = False
) -> None:
    """Write the papers of a sealed ballot with the terms of its count; no names, receipts as digests."""
    with doing(as_login, as_json=as_json) as (session, act):
        found = published_ballot(session, act, stage_of(session, round_key, stage))
    save_file(file, (found.model_dump_json(indent=1) + "\n").encode())
    number = len(found.papers) + (len(found.second.papers) if found.second else 0)
    told = say(f"{number} 张选票已写到 {file}。", f"{number} papers are in {file}.")
    tell({"file": file, "papers": number}, [told], as_json=as_json)


@app.command("recount", help=say("按公开的选票重新计票，任何人都可办理。", "Count published papers again."))
def recount(file: PaperFile, *, as_json: AsJson = False) -> None:
    """Count the papers of a file again; needs neither an account nor the database."""
    ballot = read_published(load_file(file).decode("utf-8", errors="replace"))
    found = counted_again(ballot)
    heading = say(f"{ballot.round} {ballot.stage}，结果指纹 {ballot.result}", f"{ballot.round} {ballot.stage}")
    first, *others = (count_record(one) for one in found)
    record = {"result": ballot.result, **first, **({"second": others[0]} if others else {})}
    seats = say("此处只按票数计算；各等次名额由谁填补，以封存的结果为准。", "Seats are the sealed result's word.")
    tell(record, [heading, *merged_lines(ballot, found), seats], as_json=as_json)
