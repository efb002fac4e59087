"""Commands of amendments: list, propose, confirm, withdraw."""

from typing import Annotated

import typer

from craftsman.actions import amendments
from craftsman.cli.base import AsJson, AsLogin, RoundKey, doing, group, looking_as, tell, tell_rows
from craftsman.cli.language import say
from models import AmendmentKind

app = group("名单变更：更正姓名、换发证书、撤销称号，两人办理。", "Amendments of a list, by two people.")

Number = Annotated[int, typer.Argument(metavar="AMENDMENT", help=say("变更编号，见 amend list", "its number"))]


@app.command("list", help=say("各件变更。", "All amendments."))
def list_(round_key: RoundKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List the amendments of a round; names stay out."""
    with looking_as(as_login) as (session, act):
        found = amendments.amendments_of(session, act, round_key)
    rows = [
        {
            "number": row.id,
            "case": case_no,
            "kind": row.kind.value if as_json else amendments.TITLES[row.kind],
            "resolution": row.resolution,
            "status": "已撤回" if row.withdrawn_at else "已确认" if row.confirmed_at else "待确认",
        }
        for row, case_no in found
    ]
    columns = {"number": "编号", "case": "申报编号", "kind": "事项", "resolution": "依据", "status": "状态"}
    tell_rows("amendments", rows, title=say("名单变更", "Amendments"), columns=columns, as_json=as_json)


@app.command("propose", help=say("提出变更，由另一人确认后生效。", "Propose one, to be confirmed by another."))
def propose(
    round_key: RoundKey,
    case_no: Annotated[str, typer.Argument(metavar="CASE", help=say("申报编号", "case number"))],
    kind: Annotated[
        AmendmentKind,
        typer.Argument(metavar="KIND", help=say("name 更正姓名、reissue 换发、revoke 撤销", "name, reissue, revoke")),
    ],
    resolution: Annotated[str, typer.Option(help=say("所依据的决议或事由", "what it rests on"))],
    name: Annotated[str, typer.Option(help=say("更正后的姓名", "the right name"))] = "",
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Propose an amendment."""
    with doing(as_login, as_json=as_json) as (session, act):
        number = amendments.propose_amendment(
            session, act, round_key, case_no, kind=kind, resolution=resolution, name=name
        )
    told = say(f"已提出，编号 {number}，待另一人确认。", f"Proposed as {number}.")
    tell({"amendment": number}, [told], as_json=as_json)


@app.command("confirm", help=say("确认变更（提出人以外的复核人员）。", "Confirm what another has proposed."))
def confirm(number: Number, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Put an amendment into force."""
    with doing(as_login, as_json=as_json) as (session, act):
        kind = amendments.confirm_amendment(session, act, number)
    told = say(f"已{amendments.TITLES[kind]}；有新文件的，待他人放行。", f"In force: {kind}.")
    tell({"amendment": number, "kind": kind.value}, [told], as_json=as_json)


@app.command("withdraw", help=say("撤回尚未确认的变更。", "Take a proposal back."))
def withdraw(number: Number, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Take a proposal back."""
    with doing(as_login, as_json=as_json) as (session, act):
        amendments.withdraw_amendment(session, act, number)
    tell({"amendment": number}, [say("已撤回。", "Withdrawn.")], as_json=as_json)
