"""Commands of the contest: results posted to the units, appeals, and evidence files."""

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from craftsman import clock
from craftsman.actions import appeals
from craftsman.actions import evidence as files
from craftsman.actions.evidence import EvidenceIn
from craftsman.actions.views import stage_of
from craftsman.cli.base import AsJson, AsLogin, RoundKey, StageKey, doing, group, load_file, tell, tell_rows
from craftsman.cli.language import say
from craftsman.errors import Invalid

app = group("挑战比拼：发布成绩、申诉、佐证文件。", "Contests: results, appeals, evidence.")

CaseNo = Annotated[str, typer.Argument(metavar="CASE", help=say("申报编号", "the case number"))]
STATUS = {"open": "待裁定", "dismissed": "不成立", "upheld": "成立"}


@app.command("post", help=say("向推荐单位发布比拼成绩，申诉期由此起算。", "Post the results; appeals may be filed."))
def post(round_key: RoundKey, stage: StageKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Post the results of a contest to the units."""
    with doing(as_login, as_json=as_json) as (session, act):
        posting = appeals.post_contest_results(session, act, stage_of(session, round_key, stage).run_id)
        number, due = posting.number, clock.instant(posting.due_at)
    told = say(f"已发布（第 {number} 次），申诉至 {due} 止。", f"Posted ({number}); appeals until {due}.")
    tell({"number": number, "due_at": due}, [told], as_json=as_json)


@app.command("results", help=say("已发布的成绩（推荐单位看本单位的）。", "Posted results; units see their own."))
def results(round_key: RoundKey, stage: StageKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Show the results as they were posted last."""
    with doing(as_login, as_json=as_json) as (session, act):
        found = appeals.posted_results(session, act, stage_of(session, round_key, stage).run_id)
    rows = [{"case_no": number, **result} for number, result in sorted(found.items())]
    columns = {"case_no": "申报", "points": "得分"}
    tell_rows("results", rows, title=say("比拼成绩", "Results"), columns=columns, as_json=as_json)


@app.command("appeal", help=say("推荐单位在申诉期内申诉。", "File an appeal for a nominee of your unit."))
def appeal(
    round_key: RoundKey,
    stage: StageKey,
    case_no: CaseNo,
    as_login: AsLogin = "",
    *,
    grounds: Annotated[str, typer.Option("--grounds", help=say("申诉的理由", "why"))] = "",
    as_json: AsJson = False,
) -> None:
    """Appeal against a posted result."""
    with doing(as_login, as_json=as_json) as (session, act):
        run_id = stage_of(session, round_key, stage).run_id
        number = appeals.file_appeal(session, act, run_id, case_no=case_no, grounds=grounds)
    tell({"appeal": number}, [say(f"已受理，第 {number} 号申诉。", f"Filed as appeal {number}.")], as_json=as_json)


@app.command("rule", help=say("裁定申诉；成立的，评分表退回裁判重评。", "Rule on an appeal."))
def rule(
    number: Annotated[int, typer.Argument(metavar="APPEAL", help=say("申诉编号", "the appeal's number"))],
    as_login: AsLogin = "",
    *,
    upheld: Annotated[bool, typer.Option("--upheld/--dismissed", help=say("成立或不成立", "upheld or dismissed"))],
    reason: Annotated[str, typer.Option("--reason", help=say("裁定的理由", "why"))] = "",
    as_json: AsJson = False,
) -> None:
    """Rule on an appeal with a reason."""
    with doing(as_login, as_json=as_json) as (session, act):
        back = appeals.rule_on_appeal(session, act, number, upheld=upheld, reason=reason)
    told = say(f"已裁定，退回评分表 {back} 份。", f"Ruled; {back} sheets given back.")
    tell({"appeal": number, "given_back": back}, [told], as_json=as_json)


@app.command("appeals", help=say("申诉一览（推荐单位看本单位的）。", "Appeals; units see their own."))
def appeals_(round_key: RoundKey, stage: StageKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List the appeals of a contest."""
    with doing(as_login, as_json=as_json) as (session, act):
        found = appeals.appeals_of(session, act, stage_of(session, round_key, stage).run_id)
        rows = [
            {
                "number": row.id,
                "case_no": case_no,
                "status": STATUS[row.status],
                "grounds": row.grounds,
                "ruling": row.ruling,
            }
            for row, case_no in found
        ]
    columns = {"number": "编号", "case_no": "申报", "status": "状态", "grounds": "理由", "ruling": "裁定"}
    tell_rows("appeals", rows, title=say("申诉", "Appeals"), columns=columns, as_json=as_json)


@app.command("evidence-add", help=say("登记佐证文件（录像、照片、PDF）。", "Note an evidence file by its digest."))
def evidence_add(
    round_key: RoundKey,
    stage: StageKey,
    case_no: CaseNo,
    item: Annotated[str, typer.Argument(metavar="ITEM", help=say("项目，如 operation", "the criterion's key"))],
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("文件", "the file"))],
    as_login: AsLogin = "",
    *,
    title: Annotated[str, typer.Option("--title", help=say("标题", "what it shows"))] = "",
    kept: Annotated[
        str, typer.Option("--kept", help=say("只登记指纹，原件存放处", "note it only; where it is kept"))
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Keep a file encrypted; with `--kept` note its digest, size and place only."""
    if kept:
        told = EvidenceIn(title, *_digest_of(file), file.suffix, kept)
    else:
        told = files.evidence_file(title, file.name, load_file(file))
    with doing(as_login, as_json=as_json) as (session, act):
        run_id = stage_of(session, round_key, stage).run_id
        files.add_evidence(session, act, run_id, told, case_no=case_no, criterion=item)
    line = say(f"已登记，SHA-256 {told.sha256}。", f"Noted, SHA-256 {told.sha256}.")
    tell({"case_no": case_no, "sha256": told.sha256, "size": told.size}, [line], as_json=as_json)


@app.command("evidence-list", help=say("已登记的佐证文件。", "The evidence files noted."))
def evidence_list(round_key: RoundKey, stage: StageKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List the evidence of a contest."""
    with doing(as_login, as_json=as_json) as (session, act):
        found = files.evidence_of(session, act, stage_of(session, round_key, stage).run_id)
        rows = [
            {
                "case_no": case_no,
                "item": row.criterion,
                "title": row.title,
                "size": row.size,
                "kept": row.kept_where or say("系统内", "here"),
                "sha256": row.sha256,
            }
            for row, case_no in found
        ]
    columns = {
        "case_no": "申报",
        "item": "项目",
        "title": "标题",
        "size": "字节",
        "kept": "存放处",
        "sha256": "SHA-256",
    }
    tell_rows("evidence", rows, title=say("佐证文件", "Evidence"), columns=columns, as_json=as_json)


def _digest_of(file: Path) -> tuple[str, int]:
    """SHA-256 and size; a video is read piece by piece."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest(), stream.tell()
    except OSError as fault:
        raise Invalid(f"无法读取文件 {file}，请核对路径和权限。") from fault
