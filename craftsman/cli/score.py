"""Commands of score sheets that are filled in away from the network: export, import."""

from pathlib import Path
from typing import Annotated

import typer

from craftsman.actions.score_sheets import export_sheets, import_sheets
from craftsman.cli.base import AsJson, AsLogin, RoundKey, StageKey, doing, group, load_file, save_file, stage_of, tell
from craftsman.cli.language import say

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
    as_json: AsJson = False,
) -> None:
    """Hand in the sheets of the acting judge."""
    content = load_file(file)
    with doing(as_login, as_json=as_json) as (session, act):
        count = import_sheets(session, act, stage_of(session, round_key, stage).run_id, content)
    told = say(f"已提交 {count} 份新的或有改动的评分表。", f"{count} sheets are new or changed.")
    tell({"submitted": count}, [told], as_json=as_json)
