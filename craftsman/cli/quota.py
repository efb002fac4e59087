"""Commands of quotas and structure: show, waive."""

from typing import Annotated, Any

import typer

from craftsman.actions import structure
from craftsman.actions.quota_reads import UnitLine, unit_lines
from craftsman.actions.views import stage_of
from craftsman.cli.base import AsJson, AsLogin, RoundKey, StageKey, doing, group, looking, table, tell
from craftsman.cli.language import say

app = group("名额与结构：实时情况、例外。", "Quotas and structure, waivers.")


@app.command("show", help=say("各单位名额、报送、推荐人数和结构比例。", "Quotas, nominations, shares as they stand."))
def show(round_key: RoundKey, stage: StageKey, *, as_json: AsJson = False) -> None:
    """Show where quotas and ratios stand in a recommending stage."""
    with looking() as (session, _):
        view = stage_of(session, round_key, stage)
        people = structure.put_forward(session, view)
        units = [_told(line) for line in unit_lines(session, view, people)]
        standing = structure.standing_violations(session, view)
        ratios = structure.ratio_table(view, people)
        excess = structure.quota_lines(session, view, people)
    if as_json:
        told = [{"class": one.title, "held": one.held, "least": one.least, "most": one.most} for one in ratios]
        lines = [{"scope": line.scope, "line": line.text, "strict": line.strict} for line in standing]
        tell({"units": units, "ratios": told, "violations": lines, "excess": excess}, [], as_json=True)
        return
    heads = ("推荐单位", "名额", "正选", "递补", "已推荐")
    table(say("名额", "Quotas"), heads, [list(unit.values())[1:] for unit in units])
    rows = [(one.title, one.held, one.least, one.most, one.people) for one in ratios]
    table(say("结构比例", "Structure"), ("类别", "现有", "最少", "最多", "总人数"), rows)
    tell({}, [*excess, *(line.text for line in standing)], as_json=False)


def _told(line: UnitLine) -> dict[str, Any]:
    told = {"main": line.main, "reserve": line.reserve, "recommended": line.recommended}
    return {"code": line.code, "unit": line.name, "quota": line.quota, **told}


@app.command("waive", help=say("签署结构例外：写明理由，由复核人办理。", "Sign a waiver of missed ratios."))
def waive(
    round_key: RoundKey,
    stage: StageKey,
    reason: Annotated[str, typer.Option(help=say("理由", "the reason"))],
    unit: Annotated[
        str, typer.Option(metavar="CODE", help=say("推荐单位代码；不写为总体", "reporting unit; all where left out"))
    ] = "",
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Let the present violations of a unit, or of all together, pass."""
    with doing(as_login, as_json=as_json) as (session, act):
        run_id = stage_of(session, round_key, stage).run_id
        lines = structure.sign_waiver(session, act, run_id, scope=unit, reason=reason)
    tell({"lines": lines}, [say("已签署例外：", "Waived:"), *lines], as_json=as_json)
