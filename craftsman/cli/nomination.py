"""Commands of nominations: list, withdraw, restore."""

from typing import Annotated

import typer
from sqlmodel import col, select

from craftsman.actions.provenance import channels_of
from craftsman.actions.statuses import NOMINATION_STATUS
from craftsman.actions.views import read_programme, round_by_key
from craftsman.actions.withdrawal import restore_nomination, withdraw_nomination
from craftsman.cli.base import AsJson, AsLogin, RoundKey, doing, group, looking, tell, tell_rows
from craftsman.cli.language import say
from craftsman.errors import NotFound
from craftsman.programme.programme import Programme
from models import Nomination, Organisation, Person

app = group("申报：查看、撤回、恢复。", "Nominations: look, withdraw, restore.")

CaseNo = Annotated[str, typer.Argument(metavar="CASE", help=say("申报编号", "case number"))]
Grounds = Annotated[str, typer.Option("--reason", help=say("理由", "the reason"))]


@app.command("list", help=say("申报及其渠道、状态。", "Nominations with their channels and where they stand."))
def list_(
    round_key: RoundKey,
    unit: Annotated[str, typer.Option(help=say("只看该推荐单位（代码）", "this unit only (code)"))] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """List the nominations of a round."""
    with looking() as (session, _):
        round_ = round_by_key(session, round_key)
        programme = read_programme(round_.programme)
        _must_be_known(programme, unit)
        titles = {channel.key: channel.title for channel in programme.rules.channels}
        ways = channels_of(session, round_.id or 0)
        query = select(Nomination, Person.name, Organisation).join(Person).join(Organisation)
        here = query.where(Nomination.round_id == round_.id).order_by(col(Nomination.case_no))
        found = session.exec(here.where(Organisation.code == unit) if unit else here).all()
        units = {one.code: f"{one.short}（{one.code}）" for _, _, one in found}
    rows = [
        {
            "case": one.case_no,
            "name": name,
            "unit": one.unit,
            "with": recommending.code,
            "channels": "、".join(title for key, title in titles.items() if key in ways.get(one.id or 0, ())),
            "status": one.status.value,
        }
        for one, name, recommending in found
    ]
    columns = {
        "case": "编号",
        "name": "姓名",
        "unit": "工作单位",
        "with": "推荐单位",
        "channels": "渠道",
        "status": "状态",
    }
    told = [row | {"with": units[row["with"]], "status": NOMINATION_STATUS[row["status"]]} for row in rows]
    shown = rows if as_json else told
    tell_rows("nominations", shown, title=say("申报", "Nominations"), columns=columns, as_json=as_json)


def _must_be_known(programme: Programme, unit: str) -> None:
    known = [one.code for one in programme.reference.reporting_units]
    if unit and unit not in known:
        raise NotFound(say(f"名录中没有推荐单位“{unit}”；现有：{'、'.join(known)}。", f"No unit {unit}: {known}"))


@app.command("withdraw", help=say("撤回申报（申报期内）。", "Take a nomination back while nominations are taken in."))
def withdraw(case_no: CaseNo, reason: Grounds, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Take a nomination back."""
    with doing(as_login, as_json=as_json) as (session, act):
        withdraw_nomination(session, act, case_no, reason=reason)
    tell({"case": case_no}, [say(f"申报 {case_no} 已撤回。", f"{case_no} withdrawn.")], as_json=as_json)


@app.command("restore", help=say("恢复撤回的申报（活动办公室）。", "Let a withdrawn nomination stand again."))
def restore(case_no: CaseNo, reason: Grounds, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Let a withdrawn nomination stand again."""
    with doing(as_login, as_json=as_json) as (session, act):
        restore_nomination(session, act, case_no, reason=reason)
    tell({"case": case_no}, [say(f"申报 {case_no} 已恢复。", f"{case_no} stands again.")], as_json=as_json)
