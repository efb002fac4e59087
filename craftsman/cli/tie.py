"""Commands of ties between people who act and nominees: list, declare, record, confirm, withdraw."""

from typing import Annotated

import typer

from craftsman.actions import ties
from craftsman.actions.statuses import TIE_KINDS
from craftsman.actions.ties import TieIn
from craftsman.actions.views import round_by_key
from craftsman.cli.base import AsJson, AsLogin, RoundKey, doing, group, tell, tell_rows
from craftsman.cli.language import say
from models import TieKind, TieSource

app = group("回避关系：申报、登记、确认、撤销。", "Ties by which recusal is computed.")

Kind = Annotated[TieKind, typer.Option("--kind", help=say("亲属、师徒、共同成果、经济利益", "what kind of tie"))]
Note = Annotated[str, typer.Option("--note", help=say("说明", "what exactly it is"))]
CaseNo = Annotated[str, typer.Option("--case", metavar="CASE", help=say("申报编号", "the nominee's case"))]
Unit = Annotated[str, typer.Option("--uscc", metavar="CODE", help=say("单位统一社会信用代码", "a unit's code"))]
Work = Annotated[str, typer.Option("--work", metavar="NUMBER", help=say("成果编号", "number of a patent or project"))]
Year = Annotated[int | None, typer.Option("--year", help=say("成果年份", "the work's year"))]
Number = Annotated[int, typer.Argument(metavar="TIE", help=say("关系编号", "the tie's number"))]


@app.command(
    "list", help=say("登记的关系（办公室看全部，其他人看自己的）。", "Ties: all for the office, else one's own.")
)
def list_(round_key: RoundKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List ties with whether they count."""
    with doing(as_login, as_json=as_json) as (session, act):
        found = ties.ties_of(session, act, round_by_key(session, round_key).id or 0)
    rows = [
        {
            "number": row.id,
            "login": login,
            "kind": TIE_KINDS[row.kind],
            "to": case_no or row.uscc or f"{row.number}（{row.year}）",
            "source": row.source.value,
            "status": "已撤销" if row.withdrawn_at else "已确认" if row.confirmed_at else "待确认",
        }
        for row, login, case_no in found
    ]
    columns = {"number": "编号", "login": "账号", "kind": "关系", "to": "对象", "source": "来源", "status": "状态"}
    tell_rows("ties", rows, title=say("回避关系", "Ties"), columns=columns, as_json=as_json)


@app.command("declare", help=say("申报本人的关系，即时生效。", "Declare your own tie; it counts at once."))
def declare(
    round_key: RoundKey,
    kind: Kind,
    note: Note,
    case: CaseNo = "",
    uscc: Unit = "",
    work: Work = "",
    year: Year = None,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Declare a tie to a case, to a unit, or a work of one's own."""
    told = TieIn(kind, note, case, uscc, work, year)
    with doing(as_login, as_json=as_json) as (session, act):
        number = ties.declare_tie(session, act, round_by_key(session, round_key).id or 0, told)
    tell({"tie": number}, [say(f"已申报，编号 {number}。", f"Declared as {number}.")], as_json=as_json)


@app.command("record", help=say("登记他人的关系，由另一人确认后生效。", "Record somebody's tie, to be confirmed."))
def record(
    round_key: RoundKey,
    login: Annotated[str, typer.Argument(metavar="LOGIN", help=say("谁的关系（账号）", "whose tie"))],
    kind: Kind,
    note: Note,
    source: Annotated[TieSource, typer.Option("--source", help=say("papers 申报材料，tip 反映", "papers or tip"))],
    case: CaseNo = "",
    uscc: Unit = "",
    work: Work = "",
    year: Year = None,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Record a tie from a nominee's papers or a tip."""
    told = TieIn(kind, note, case, uscc, work, year)
    with doing(as_login, as_json=as_json) as (session, act):
        round_id = round_by_key(session, round_key).id or 0
        number = ties.record_tie(session, act, round_id, login=login, source=source, told=told)
    tell({"tie": number}, [say(f"已登记，编号 {number}，待确认。", f"Recorded as {number}.")], as_json=as_json)


@app.command("confirm", help=say("确认登记的关系（非登记人、非当事人）。", "Confirm a tie that another recorded."))
def confirm(number: Number, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Confirm a tie; sheets given by its holder on that case are void."""
    with doing(as_login, as_json=as_json) as (session, act):
        ties.confirm_tie(session, act, number)
    tell({"tie": number}, [say(f"第 {number} 号关系已确认。", f"{number} confirmed.")], as_json=as_json)


@app.command("withdraw", help=say("撤销关系，须写明理由；记录保留。", "Let a tie count no more, with the reason."))
def withdraw(
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help=say("理由", "the reason"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Withdraw a tie."""
    with doing(as_login, as_json=as_json) as (session, act):
        ties.withdraw_tie(session, act, number, reason=reason)
    tell({"tie": number}, [say(f"第 {number} 号关系已撤销。", f"{number} withdrawn.")], as_json=as_json)
