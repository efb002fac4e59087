"""Commands of leads: list, file, route, adopt, release, reject."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import col, select

from craftsman.actions import leads
from craftsman.actions.lead_filing import is_overdue
from craftsman.actions.statuses import LEAD_STATUS
from craftsman.actions.views import read_programme, round_by_key
from craftsman.cli.base import AsJson, AsLogin, RoundKey, doing, group, looking, tell, tell_rows
from craftsman.cli.forms import FormFile, read_form
from craftsman.cli.language import say
from craftsman.clock import day
from models import Lead, Organisation

app = group("线索：登记、转交、采纳、不采纳。", "Leads: file, route, adopt, reject.")

Receipt = Annotated[str, typer.Argument(metavar="RECEIPT", help=say("回执编号，如 XS-2026-0001", "receipt number"))]


class LeadForm(FormFile):
    """A lead as it came by telephone or letter."""

    channel: str
    name: str
    unit: str
    summary: str
    contact: str
    consent: bool
    phone: str = ""
    relation: str = ""
    links: tuple[str, ...] = ()


@app.command("list", help=say("线索及其办理情况。", "Leads and what became of them."))
def list_(
    round_key: RoundKey,
    overdue: Annotated[bool, typer.Option("--overdue", help=say("只看逾期未决的", "undecided and late only"))] = False,
    *,
    as_json: AsJson = False,
) -> None:
    """List the leads of a round."""
    with looking() as (session, place):
        round_, now = round_by_key(session, round_key), place.now()
        titles = {channel.key: channel.title for channel in read_programme(round_.programme).rules.channels}
        organisations = session.exec(select(Organisation)).all()
        filed = session.exec(select(Lead).where(Lead.round_id == round_.id).order_by(col(Lead.id))).all()
    codes = {unit.id: unit.code for unit in organisations}
    units = {unit.code: f"{unit.short}（{unit.code}）" for unit in organisations}
    found = [lead for lead in filed if is_overdue(lead, now)] if overdue else filed
    rows = [
        {
            "receipt": lead.receipt_no,
            "channel": lead.channel,
            "name": lead.name,
            "unit": lead.unit,
            "with": codes.get(lead.organisation_id, ""),
            "status": lead.status.value,
            "decide_by": "" if lead.decide_by is None else f"{day(lead.decide_by - timedelta(seconds=1))}",
        }
        for lead in found
    ]
    columns = {
        "receipt": "回执",
        "channel": "渠道",
        "name": "姓名",
        "unit": "工作单位",
        "with": "已转交",
        "status": "状态",
        "decide_by": "决定期限",
    }
    shown = rows if as_json else [row | _in_words(row, titles, units) for row in rows]
    tell_rows("leads", shown, title=say("线索", "Leads"), columns=columns, as_json=as_json)


def _in_words(row: dict[str, str], titles: dict[str, str], units: dict[str, str]) -> dict[str, str]:
    return {
        "channel": titles[row["channel"]],
        "with": units.get(row["with"], ""),
        "status": LEAD_STATUS[row["status"]],
    }


@app.command("file", help=say("登记一条线索（来电、来信），内容写在 TOML 文件里。", "File a lead from a TOML file."))
def file_(
    round_key: RoundKey,
    form: Annotated[Path, typer.Argument(metavar="FORM", help=say("线索表（.toml）", "the form (.toml)"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """File a lead; prints its receipt number."""
    lead = leads.LeadIn(**read_form(LeadForm, form).model_dump())
    with doing(as_login, as_json=as_json) as (session, act):
        receipt = leads.file_lead(session, act, round_key, lead)
    tell({"receipt": receipt}, [say(f"已登记，回执编号 {receipt}。", f"Filed as {receipt}.")], as_json=as_json)


@app.command("route", help=say("把线索转交推荐单位。", "Send a lead to a recommending unit."))
def route(
    receipt: Receipt,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help=say("推荐单位代码", "reporting unit's code"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Send a lead to the unit that may adopt it."""
    with doing(as_login, as_json=as_json) as (session, act):
        leads.route_lead(session, act, receipt, unit)
    tell({"receipt": receipt, "unit": unit}, [say("已转交。", "Routed.")], as_json=as_json)


@app.command("adopt", help=say("采纳线索：与同一人的申报关联。", "Adopt a lead for a nomination."))
def adopt(
    receipt: Receipt,
    case_no: Annotated[str, typer.Argument(metavar="CASE", help=say("申报编号", "case number"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Link a lead to the nomination of the same person."""
    with doing(as_login, as_json=as_json) as (session, act):
        leads.adopt_lead(session, act, receipt, case_no)
    tell({"receipt": receipt, "case": case_no}, [say("已采纳。", "Adopted.")], as_json=as_json)


@app.command("release", help=say("撤销采纳，线索恢复待定。", "Take an adoption back; the lead waits again."))
def release(
    receipt: Receipt,
    reason: Annotated[str, typer.Option(help=say("理由", "the reason"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Take an adoption back."""
    with doing(as_login, as_json=as_json) as (session, act):
        leads.undo_adoption(session, act, receipt, reason=reason)
    tell({"receipt": receipt}, [say("已撤销采纳。", "Released.")], as_json=as_json)


@app.command("reject", help=say("不采纳，须写明理由。", "Decide against a lead, with the reason."))
def reject(
    receipt: Receipt,
    reason: Annotated[str, typer.Option(help=say("理由", "the reason"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Decide against a lead."""
    with doing(as_login, as_json=as_json) as (session, act):
        leads.reject_lead(session, act, receipt, reason)
    tell({"receipt": receipt}, [say("已记为不采纳。", "Rejected.")], as_json=as_json)
