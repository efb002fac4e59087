"""Commands of 五进: list, plan, hold, mark, confirm, call-off, photos, report."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from craftsman.actions import outreach
from craftsman.actions.outreach_reads import ledger
from craftsman.actions.outreach_report import MARK, ledger_xlsx
from craftsman.cli.base import (
    AsJson,
    AsLogin,
    RoundKey,
    doing,
    group,
    load_file,
    looking_as,
    must_be_new,
    save_file,
    tell,
    tell_rows,
)
from craftsman.cli.language import say
from craftsman.papers.handing_in import ReadyPaper
from craftsman.papers.scenes import ready_scene
from models import Venue

app = group("五进活动：计划、登记、确认、年度报告。", "Visits of winners, and their yearly ledger.")

Number = Annotated[int, typer.Argument(metavar="VISIT", help=say("活动编号，见 outreach list", "the visit's number"))]
Year = Annotated[int, typer.Argument(metavar="YEAR", min=2000, max=2100, help=say("年份", "calendar year"))]
Marked = Annotated[bool, typer.Option("--demonstration/--no-demonstration", help=say("示范活动", "as an example"))]
Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help=say("活动日期", "its day"))]


@app.command("list", help=say("一年的活动。", "The visits of a year."))
def list_(year: Year, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List the visits of a year."""
    with looking_as(as_login) as (session, act):
        found = ledger(session, act, year)
    rows = [
        {
            "number": one.number,
            "held_on": one.held_on,
            "case": one.case_no,
            "name": one.name,
            "venue": one.venue.value if as_json else one.where,
            "host": one.host,
            "audience": one.audience,
            "demonstration": one.demonstration if as_json else MARK * one.demonstration,
            "status": one.status.value if as_json else one.state,
        }
        for one in found.lines
    ]
    columns = {"number": "编号", "held_on": "日期", "case": "申报编号", "name": "姓名", "venue": "五进"}
    columns |= {"host": "接待单位", "audience": "人数", "demonstration": "示范活动", "status": "状态"}
    tell_rows("visits", rows, title=say("五进活动", "Visits"), columns=columns, as_json=as_json)


@app.command("plan", help=say("计划一次活动。", "Plan a visit."))
def plan(
    round_key: RoundKey,
    case_no: Annotated[str, typer.Argument(metavar="CASE", help=say("申报编号", "case number"))],
    venue: Annotated[
        Venue,
        typer.Argument(
            metavar="VENUE",
            help=say("campus 进校园、classroom 进课堂、enterprise 进企业、workshop 进车间、team 进班组", "one of five"),
        ),
    ],
    day: Day,
    host: Annotated[str, typer.Option(help=say("接待单位", "the host"))],
    topic: Annotated[str, typer.Option(help=say("主题", "what about"))],
    as_login: AsLogin = "",
    *,
    demonstration: Marked = False,
    as_json: AsJson = False,
) -> None:
    """Plan a visit of a winner."""
    planned = outreach.Planned(venue, day.date(), host, topic, demonstration)
    with doing(as_login, as_json=as_json) as (session, act):
        number = outreach.plan_outreach(session, act, round_key, case_no, planned)
    tell({"visit": number}, [say(f"已登记，编号 {number}。", f"Planned as {number}.")], as_json=as_json)


@app.command("hold", help=say("登记已举行的活动，附照片。", "Note that a visit took place, with photographs."))
def hold(
    number: Number,
    day: Day,
    audience: Annotated[int, typer.Option(help=say("参加人数", "how many came"))],
    photo: Annotated[list[Path], typer.Option(help=say("照片，可多次", "a photograph; may be repeated"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Note that a visit took place."""
    photos = [_ready(file, slip=False) for file in photo]
    with doing(as_login, as_json=as_json) as (session, act):
        outreach.hold_outreach(session, act, number, held_on=day.date(), audience=audience, photos=photos)
    told = say(f"已登记，照片 {len(photos)} 张，待接待单位确认。", f"Held, with {len(photos)} photographs.")
    tell({"visit": number, "photos": len(photos)}, [told], as_json=as_json)


@app.command("mark", help=say("标注示范活动，或取消标注。", "Mark a visit as an example, or take the mark back."))
def mark(number: Number, as_login: AsLogin = "", *, demonstration: Marked = True, as_json: AsJson = False) -> None:
    """Mark a visit as 示范活动, or take the mark back."""
    with doing(as_login, as_json=as_json) as (session, act):
        outreach.mark_outreach(session, act, number, demonstration=demonstration)
    told = say("已标为示范活动。", "Marked.") if demonstration else say("已取消示范活动的标注。", "Unmarked.")
    tell({"visit": number, "demonstration": demonstration}, [told], as_json=as_json)


@app.command("confirm", help=say("登记接待单位盖章的确认单。", "Note the host's stamped slip."))
def confirm(
    number: Number,
    slip: Annotated[Path, typer.Option(help=say("确认单扫描件", "scan of the stamped slip"))],
    office: Annotated[str, typer.Option(help=say("确认人的职务，如 教务处负责人", "office of who signed"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Note that the host confirms a visit; another person than who recorded it may."""
    ready = _ready(slip, slip=True)
    with doing(as_login, as_json=as_json) as (session, act):
        outreach.confirm_outreach(session, act, number, confirmed_as=office, slip=ready)
    tell({"visit": number}, [say("已确认。", "Confirmed.")], as_json=as_json)


@app.command("call-off", help=say("取消计划的活动，写明理由。", "Call a planned visit off for a reason."))
def call_off(
    number: Number,
    reason: Annotated[str, typer.Option(help=say("理由", "the reason"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Call a planned visit off."""
    with doing(as_login, as_json=as_json) as (session, act):
        outreach.call_off_outreach(session, act, number, reason=reason)
    tell({"visit": number}, [say("已取消。", "Called off.")], as_json=as_json)


@app.command("photos", help=say("取出照片和确认单；查看会留痕。", "Save photographs and slip; recorded."))
def photos(
    number: Number,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=say("写到此文件夹", "folder to write into"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Save the photographs of a visit and its slip."""
    with doing(as_login, as_json=as_json) as (session, act):
        found = outreach.fetch_photos(session, act, number)
    for name, content in found:
        save_file(folder / name, content)
    told = say(f"已写出 {len(found)} 个文件到 {folder}。", f"{len(found)} files in {folder}.")
    tell({"files": [name for name, _ in found]}, [told], as_json=as_json)


@app.command("report", help=say("年度台账（Excel）。", "The yearly ledger as a workbook."))
def report(
    year: Year,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("写到此文件（.xlsx）", "workbook to write"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Write the yearly ledger."""
    must_be_new(file)
    with looking_as(as_login) as (session, act):
        found = ledger(session, act, year)
    save_file(file, ledger_xlsx(found))
    held = sum(found.visits)
    lacking = len(found.unvisited)
    told = f"已写到 {file}：已举行 {held} 次，参加 {found.audience} 人；尚无活动的入选人员 {lacking} 人。"
    result = {"file": file, "visits": held, "audience": found.audience, "unvisited": lacking}
    tell(result, [say(told, f"{file}: {held} visits, {lacking} winners without.")], as_json=as_json)


def _ready(file: Path, *, slip: bool) -> ReadyPaper:
    return ready_scene(load_file(file), file.name, slip=slip)
