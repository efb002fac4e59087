"""Commands of recommending units: export the cases to decide on, import the decisions (both as .csv)."""

from pathlib import Path
from typing import Annotated

import typer

from craftsman.actions.endorse import deciding_stage
from craftsman.actions.endorse_desk import endorse_desk, sheet_of
from craftsman.actions.endorse_handin import hand_in_endorsements
from craftsman.actions.endorse_sheet import read_decisions, read_sheet, returned_decisions
from craftsman.actions.views import stage_of
from craftsman.cli.base import AsJson, AsLogin, RoundKey, StageKey, doing, group, load_file, save_file, tell
from craftsman.cli.language import say
from craftsman.cli.returned import marked_beside

app = group("推荐意见：导出待定申报、导入决定。", "Endorsements: export cases, import decisions.")


@app.command("export", help=say("导出归您决定的申报（.csv）。", "Write the cases you decide on (.csv)."))
def export(
    round_key: RoundKey,
    stage: StageKey,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("写到此文件（.csv）", "file to write (.csv)"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Write a row for each case of the actor's unit (of all units for staff), with the decision in force."""
    with doing(as_login, as_json=as_json) as (session, act):
        deciding_stage(stage_of(session, round_key, stage))
        desk = endorse_desk(session, act, round_key, stage)
    save_file(file, sheet_of(desk))
    cases = len(desk.lines)
    told = say(f"{cases} 件申报已导出到 {file}。", f"{cases} cases written to {file}.")
    tell({"file": file, "cases": cases}, [told], as_json=as_json)


@app.command("import", help=say("提交决定：推荐、不推荐、退回；有一处不对，全部不保存。", "Hand decisions in."))
def import_(
    round_key: RoundKey,
    stage: StageKey,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help=say("填好的表（.csv 或 .xlsx）", "the filled file (.csv or .xlsx)"))
    ],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Hand in the rows that bear a decision."""
    content = load_file(file)
    decisions, faults = read_decisions(read_sheet(content))
    with marked_beside(file, content, returned_decisions), doing(as_login, as_json=as_json) as (session, act):
        run_id = stage_of(session, round_key, stage).run_id
        count = len(hand_in_endorsements(session, act, run_id, decisions, faults=faults).changes)
    tell({"decided": count}, [say(f"已保存 {count} 项新的决定。", f"{count} decisions are new.")], as_json=as_json)
