"""Commands of the expert library: load, list, contact."""

from pathlib import Path
from typing import Annotated

import typer

from craftsman.actions import experts
from craftsman.cli.base import AsJson, AsLogin, doing, group, load_file, looking_as, tell, tell_rows
from craftsman.cli.language import say
from craftsman.workbook.tables import read_experts

app = group("专家库：载入、查看。", "The expert library: load, look.")


@app.command("load", help=say("载入专家名单（.xlsx、.csv），按编号增补、更新。", "Load experts (.xlsx or .csv)."))
def load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("专家名单", "the file"))],
    source: Annotated[str, typer.Option(metavar="TEXT", help=say("来源文件（文号或名称）", "the document it is from"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Enter experts, or bring them up to date, by their number."""
    rows = read_experts(load_file(file), file.name)
    with doing(as_login, as_json=as_json) as (session, act):
        found = experts.load_experts(session, act, rows, source=source)
    told = say(
        f"新增 {found.added} 名，更新 {found.changed} 名，{found.same} 名无变动。",
        f"{found.added} added, {found.changed} changed, {found.same} as before.",
    )
    lost = say(f"其中 {found.cleared} 名有内容被清空（格子空着）。", f"{found.cleared} lose what stood in empty cells.")
    counts = {"added": found.added, "changed": found.changed, "same": found.same, "cleared": found.cleared}
    tell(counts, [told, lost] if found.cleared else [told], as_json=as_json)


@app.command("list", help=say("专家库，含历次评审件数；不显示联系方式。", "The library, with past loads."))
def list_(as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List the experts without their contacts."""
    with looking_as(as_login) as (session, act):
        found = experts.experts_of(session, act)
    rows = [
        {
            "number": one.number,
            "name": one.name,
            "title": one.title,
            "unit": one.unit,
            "region": one.region,
            "disciplines": "、".join(one.disciplines),
            "login": one.login,
            "active": say("是", "yes") if one.active else say("否", "no"),
            "past": past,
        }
        for one, past in found
    ]
    columns = {
        "number": "编号",
        "name": "姓名",
        "title": "职务职称",
        "unit": "单位",
        "region": "区划",
        "disciplines": "产业",
        "login": "账号",
        "active": "在库",
        "past": "历次件数",
    }
    tell_rows("experts", rows, title=say("专家库", "Experts"), columns=columns, as_json=as_json)


@app.command("contact", help=say("一名专家的电话、邮箱；查看留痕。", "Phone and e-mail; each look is recorded."))
def contact(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help=say("专家编号", "the expert's number"))],
    reason: Annotated[str, typer.Option(help=say("查看理由", "the reason"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Show how to reach an expert."""
    with doing(as_login, as_json=as_json) as (session, act):
        phone, email = experts.contact_of(session, act, number, reason=reason)
    lines = [say(f"手机 {phone or '（无）'}，邮箱 {email or '（无）'}", f"phone {phone}, e-mail {email}")]
    tell({"phone": phone, "email": email}, lines, as_json=as_json)
