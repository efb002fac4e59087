"""Commands of rounds: list, open, status, channels, explain, close, retry, advance; of their results: results.py."""

from dataclasses import asdict
from typing import Annotated, Any

import typer
from sqlmodel import Session

from craftsman.actions import rounds, stages
from craftsman.actions.acting import Act
from craftsman.actions.changes import change_lines, change_record, last_change
from craftsman.actions.channels import channel_report
from craftsman.actions.next_round import next_plan, open_by_plan
from craftsman.actions.progress import Funnel, funnel, waiting_for
from craftsman.actions.stability import stability
from craftsman.actions.stability_told import stability_lines, stability_record, standing_rows
from craftsman.actions.statuses import STAGE_STATUS
from craftsman.actions.views import round_by_key, stage_of
from craftsman.cli import results
from craftsman.cli.base import (
    AsJson,
    AsLogin,
    RoundKey,
    StageKey,
    doing,
    group,
    looking,
    table,
    tell,
    tell_rows,
    workplace,
)
from craftsman.cli.language import say
from craftsman.cli.workdays import day_of
from craftsman.errors import Invalid, Refused
from craftsman.programme.load import list_programmes
from craftsman.store.engine import reading

app = group("轮次：开启、查看、推进。", "Rounds: open, look, advance.")


@app.command("list", help=say("已开启的轮次和可开启的配置。", "Rounds opened, and configurations to open."))
def list_(*, as_json: AsJson = False) -> None:
    """List rounds and programmes."""
    with looking() as (session, place):
        opened = [{"round": one.key, "title": one.title, "status": one.status.value} for one in rounds.rounds(session)]
    known = [f"{slug} {year}" for slug, years in list_programmes(place.settings.config_dir).items() for year in years]
    lines = [
        *(f"{one['round']}  {one['title']}  {one['status']}" for one in opened),
        *(say(f"可开启：{one}", f"can be opened: {one}") for one in known),
    ]
    tell({"opened": opened, "configured": known}, lines, as_json=as_json)


@app.command("open", help=say("按配置开启一个轮次。", "Open a round from its configuration."))
def open_(
    slug: Annotated[
        str, typer.Argument(metavar="PROGRAMME", help=say("评选名，如 hebei-great-craftsman", "the programme"))
    ],
    year: Annotated[int, typer.Argument(metavar="YEAR", help=say("年度", "the year"))],
    like: Annotated[
        str, typer.Option(metavar="ROUND", help=say("沿用哪一轮次的日期和名额，按工作日推移", "moved from that round"))
    ] = "",
    start: Annotated[str, typer.Option(metavar="DAY", help=say("首个环节的开启日", "first day, with --like"))] = "",
    seed: Annotated[int, typer.Option(metavar="N", help=say("公开种子", "the public seed, with --like"))] = 0,
    *,
    as_login: AsLogin = "",
    as_json: AsJson = False,
) -> None:
    """Open a round by its year's file or, with --like, by an earlier round's plan; its rules do not change any more."""
    with doing(as_login, as_json=as_json) as (session, act):
        plan = _moved(session, act, like, year, start, seed) if like else None
        _, programme = open_by_plan(session, act, slug, year, plan)
    told = say(f"轮次 {programme.key} 已开启，规则指纹 {programme.digest()}。", f"{programme.key} is open.")
    tell({"round": programme.key, "rules": programme.digest()}, [told], as_json=as_json)


def _moved(session: Session, act: Act, like: str, year: int, start: str, seed: int) -> dict[str, Any]:
    if not start or not seed:
        raise Invalid(say("沿用已有轮次的，须写明 --start 和 --seed。", "With --like, say --start and --seed."))
    _, plan = next_plan(session, act, like, year=year, start=day_of(start), seed=seed)
    return plan.model_dump(mode="json")


@app.command("status", help=say("各环节进展、漏斗与待办。", "Stages, funnel, and who is waited for."))
def status(round_key: RoundKey, *, as_json: AsJson = False) -> None:
    """Show where a round stands."""
    with looking() as (session, place):
        round_ = round_by_key(session, round_key)
        lines = funnel(session, round_.id or 0)
        waits = waiting_for(session, place, round_)
    if as_json:
        tell({"stages": [_as_json(line) for line in lines], "waiting_for": waits}, [], as_json=True)
        return
    rows = [
        (line.key, line.title, STAGE_STATUS[line.status], line.entered, line.advanced, line.reserve, line.stopped)
        for line in lines
    ]
    table(round_key, ("环节", "名称", "状态", "进入", "通过", "递补", "止步"), rows)
    tell({}, waits, as_json=False)


@app.command("channels", help=say("各渠道：线索、采纳、合格、入围、入选。", "Per channel: leads to winners."))
def channels(round_key: RoundKey, *, as_json: AsJson = False) -> None:
    """Show what came of each channel; a person who came by two ways counts in both."""
    with looking() as (session, _):
        round_ = round_by_key(session, round_key)
        lines = channel_report(session, round_.id or 0)
    columns = {
        "title": "渠道",
        "leads": "线索",
        "adopted": "采纳",
        "nominations": "申报",
        "qualified": "合格",
        "finalists": "入围",
        "winners": "入选",
    }
    tell_rows("channels", [asdict(line) for line in lines], title=round_key, columns=columns, as_json=as_json)


@app.command(
    "explain", help=say("名次是否稳：去掉任一评委、加减半分后的变化（只供参考）。", "How firmly a ranking stands.")
)
def explain(round_key: RoundKey, stage: StageKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Tell how firmly the sealed ranking of a judged stage stands. It informs; it changes nothing."""
    with doing(as_login, as_json=as_json) as (session, act):
        view = stage_of(session, round_key, stage)
        found, change = stability(session, act, view), last_change(session, view)
    if as_json:
        tell({**stability_record(found), "change": change_record(change)}, [], as_json=True)
        return
    heads, rows = standing_rows(found)
    table(f"{round_key} {stage}", heads, rows)
    tell({}, [*stability_lines(found), *change_lines(change, view.programme)], as_json=False)


def _as_json(line: Funnel) -> dict[str, object]:
    return {
        "stage": line.key,
        "title": line.title,
        "status": line.status,
        "entered": line.entered,
        "advanced": line.advanced,
        "reserve": line.reserve,
        "stopped": line.stopped,
        "flow_run": line.flow_run_id,
    }


@app.command("close", help=say("结束办理中的环节，交由系统汇总。", "Close an open stage."))
def close(
    round_key: RoundKey,
    stage: StageKey,
    *,
    as_login: AsLogin = "",
    as_json: AsJson = False,
) -> None:
    """Ask for the closing of a stage."""
    with doing(as_login, as_json=as_json) as (session, act):
        stages.request_close(session, act, stage_of(session, round_key, stage).run_id)
    told = say("已提交汇总；由后台办理。", "Closing requested; the worker does it.")
    tell({"round": round_key, "stage": stage}, [told], as_json=as_json)


@app.command("retry", help=say("重试被搁置的步骤（原因处理之后）。", "Retry a step that was refused."))
def retry(
    round_key: RoundKey,
    stage: StageKey,
    *,
    as_login: AsLogin = "",
    as_json: AsJson = False,
) -> None:
    """Ask again for a step that was refused; `round status` shows the reason."""
    with doing(as_login, as_json=as_json) as (session, act):
        stages.retry_step(session, act, stage_of(session, round_key, stage).run_id)
    told = say("已重新提请；由后台办理。", "Asked for again; the worker does it.")
    tell({"round": round_key, "stage": stage}, [told], as_json=as_json)


app.command(
    "recompute", help=say("由原始输入复算封存的结果，核对指纹。", "Compute a sealed result again and compare.")
)(results.recompute)
app.command("correct", help=say("更正已通过环节的结果，重新提请签批。", "Correct the result of a passed stage."))(
    results.correct
)
app.command("follow-ups", help=say("更正留待决定的事项。", "What corrections left for people to decide."))(
    results.list_follow_ups
)
app.command("resolve", help=say("登记对更正后续事项的决定。", "Record the decision on a follow-up."))(results.resolve)


@app.command("advance", help=say("在本进程内立即推进到下一关口（平时由后台办理）。", "Advance here to the next gate."))
def advance(round_key: RoundKey, *, as_json: AsJson = False) -> None:
    """Run the requested steps in this process, at the Prefect server that runs or at one of its own."""
    place = workplace()
    with reading(place.engine) as session:
        round_by_key(session, round_key)
    # Prefect and the flows take seconds to import, and no other command of rounds needs them
    from craftsman.cli.prefect import at_a_server  # noqa: PLC0415
    from flows.inprocess import advance_here  # noqa: PLC0415

    with at_a_server(place.settings):
        state = advance_here(place, round_key)
    if not state.is_completed():
        raise Refused(f"{state.name}：{state.message or ''}")
    tell({"state": state.name, "message": state.message}, [state.message or state.name or ""], as_json=as_json)
