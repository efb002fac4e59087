"""Commands of score sheets: filled in away from the network, and reopened by the chair."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from craftsman.actions.reopening import handed_in, reopen_sheet
from craftsman.actions.score_sheets import export_sheets, import_sheets, returned_sheets
from craftsman.actions.views import stage_of
from craftsman.cli.base import (
    AsJson,
    AsLogin,
    RoundKey,
    StageKey,
    doing,
    group,
    load_file,
    save_file,
    tell,
    tell_rows,
)
from craftsman.cli.language import say
from craftsman.cli.returned import marked_beside

app = group("评分表：导出填写、导入提交。", "Score sheets, filled in offline.")


@app.command("export", help=say("导出本人在一个环节的评分表。", "Write your score sheets of a stage."))
def export(
    round_key: RoundKey,
    stage: StageKey,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("写到此文件（.xlsx）", "file to write (.xlsx)"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Write the sheets of the acting judge as a workbook."""
    with doing(as_login, as_json=as_json) as (session, act):
        content = export_sheets(session, act, stage_of(session, round_key, stage).run_id)
    save_file(file, content)
    tell({"file": file}, [say(f"已导出到 {file}。", f"Written to {file}.")], as_json=as_json)


@app.command("import", help=say("提交填好的评分表；有一处不对，全部不提交。", "Hand in the filled sheets."))
def import_(
    round_key: RoundKey,
    stage: StageKey,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help=say("填好的评分表（.xlsx）", "the filled workbook (.xlsx)"))
    ],
    as_login: AsLogin = "",
    *,
    draft: Annotated[bool, typer.Option("--draft", help=say("只存草稿，不提交", "keep as drafts only"))] = False,
    as_json: AsJson = False,
) -> None:
    """Hand in the sheets of the acting judge, or keep them as drafts."""
    content = load_file(file)
    with marked_beside(file, content, returned_sheets), doing(as_login, as_json=as_json) as (session, act):
        count = import_sheets(session, act, stage_of(session, round_key, stage).run_id, content, draft=draft)
    told = say(f"已提交 {count} 份新的或有改动的评分表。", f"{count} sheets are new or changed.")
    kept = say(f"已存 {count} 份草稿，尚未提交。", f"{count} drafts are kept.")
    tell({"drafts" if draft else "submitted": count}, [kept if draft else told], as_json=as_json)


@app.command("handed-in", help=say("组长查看已提交的评分表、总分和偏离。", "Sheets handed in, for the chair."))
def handed_in_(round_key: RoundKey, stage: StageKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List the sheets that the acting chair may reopen, with their totals."""
    with doing(as_login, as_json=as_json) as (session, act):
        rows = handed_in(session, act, stage_of(session, round_key, stage).run_id)
    columns = {"case_no": "申报", "login": "账号", "judge": "评委", "version": "版次", "total": "总分", "told": "偏离"}
    shown = [{**asdict(row), "told": "偏离较大" if row.far else ""} for row in rows]
    tell_rows("sheets", shown, title=round_key, columns=columns, as_json=as_json)


@app.command("reopen", help=say("组长把评分表退回评委重评，须写明理由。", "Give a sheet back to its judge."))
def reopen(
    round_key: RoundKey,
    stage: StageKey,
    case_no: Annotated[str, typer.Argument(metavar="CASE", help=say("申报编号", "the case number"))],
    judge: Annotated[str, typer.Argument(metavar="JUDGE", help=say("评委的账号", "login of the judge"))],
    as_login: AsLogin = "",
    *,
    reason: Annotated[str, typer.Option("--reason", help=say("退回的理由", "why"))] = "",
    as_json: AsJson = False,
) -> None:
    """Reopen a sheet as the acting chair; its versions stay in the history."""
    with doing(as_login, as_json=as_json) as (session, act):
        run_id = stage_of(session, round_key, stage).run_id
        reopen_sheet(session, act, run_id, case_no=case_no, login=judge, reason=reason)
    told = say(f"申报 {case_no} 的评分表已退回 {judge}。", f"The sheet of {case_no} is back with {judge}.")
    tell({"case_no": case_no, "judge": judge}, [told], as_json=as_json)
