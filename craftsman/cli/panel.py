"""Commands of panels drawn in public: announce, draw, answer, list, verify."""

from typing import Annotated, Any

import typer

from craftsman.actions import panel_answers, panels
from craftsman.cli.base import AsJson, AsLogin, RoundKey, doing, group, looking_as, tell, tell_rows
from craftsman.cli.language import say
from craftsman.errors import Invalid, Refused
from craftsman.rules.panel import Need
from models import Expert, PanelDraw, PanelSeat

app = group("专家抽取：公告、抽取、答复、核验。", "Panels drawn in public: announce, draw, answer, verify.")

Number = Annotated[int, typer.Argument(metavar="DRAW", help=say("抽取号数", "the draw's number"))]


@app.command("announce", help=say("公告名额、种子和专家名单的指纹，然后才能抽取。", "Fix needs, seed and pool."))
def announce(
    round_key: RoundKey,
    need: Annotated[
        list[str],
        typer.Option(metavar="CODE:SEATS:ALTERNATES", help=say("名额，可重复；不限产业则空", "repeatable")),
    ],
    seed: Annotated[str, typer.Option(metavar="TEXT", help=say("种子", "the seed"))],
    source: Annotated[str, typer.Option(metavar="TEXT", help=say("种子来源，如某期开奖号码", "where it is from"))],
    witness: Annotated[str, typer.Option(metavar="LOGIN", help=say("见证人（监督人员）", "who watches"))] = "",
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Announce a draw."""
    needs = [_need(text) for text in need]
    with doing(as_login, as_json=as_json) as (session, act):
        made = panels.announce_panel(session, act, round_key, needs=needs, seed=seed, source=source, witness=witness)
        told = {"draw": made.id, "pool": made.pool_digest}
    line = say(
        f"已公告第 {told['draw']} 号抽取，专家名单指纹 {told['pool']}。",
        f"Draw {told['draw']} announced, pool {told['pool']}.",
    )
    tell(told, [line], as_json=as_json)


@app.command("draw", help=say("按公告抽取。", "Draw as announced."))
def draw(number: Number, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Draw an announced panel."""
    with doing(as_login, as_json=as_json) as (session, act):
        seats = panels.draw_panel(session, act, number)
    rows = [
        {
            "discipline": one.discipline,
            "kind": _kind(alternate=one.alternate),
            "position": one.position,
            "number": one.number,
        }
        for one in seats
    ]
    columns = {"discipline": "产业", "kind": "类别", "position": "序", "number": "专家编号"}
    tell_rows("seats", rows, title=say("抽取结果", "Drawn"), columns=columns, as_json=as_json)


@app.command("answer", help=say("登记专家的答复；不参加的，依次通知候补。", "Note an answer; alternates follow."))
def answer(
    number: Number,
    expert: Annotated[str, typer.Argument(metavar="EXPERT", help=say("专家编号", "the expert's number"))],
    answered: Annotated[str, typer.Argument(metavar="yes|no", help=say("是否参加", "whether they come"))],
    reason: Annotated[str, typer.Option(help=say("不参加的理由", "why not"))] = "",
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Note the answer to an invitation."""
    if answered not in {"yes", "no"}:
        raise Invalid(say("请写 yes（参加）或 no（不参加）。", "Say yes or no."))
    called: str | None = None
    with doing(as_login, as_json=as_json) as (session, act):
        if answered == "yes":
            panel_answers.accept_invitation(session, act, number, expert)
        else:
            called = panel_answers.decline_invitation(session, act, number, expert, reason=reason)
    tell({"called": called}, [_answered(expert, called, comes=answered == "yes")], as_json=as_json)


@app.command("list", help=say("本轮次的抽取及各人答复。", "The draws of a round, with answers."))
def list_(round_key: RoundKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List draws and seats."""
    with looking_as(as_login) as (session, act):
        found = panels.draws_of(session, act, round_key)
    rows = [_row(made, seat, expert) for made, seats in found for seat, expert in seats or [(None, None)]]
    columns = {
        "draw": "号",
        "seed": "种子",
        "discipline": "产业",
        "kind": "类别",
        "position": "序",
        "number": "编号",
        "name": "姓名",
        "status": "状态",
        "reason": "理由",
    }
    tell_rows("seats", rows, title=say("专家抽取", "Panels"), columns=columns, as_json=as_json)


@app.command("verify", help=say("按公告的种子和名单重新抽取，核对结果。", "Draw again and compare."))
def verify(number: Number, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Draw again with what was announced; exits 1 where anything differs."""
    with looking_as(as_login) as (session, act):
        faults = panels.verify_draw(session, act, number)
    if faults:
        raise Refused(say(f"第 {number} 号抽取未通过核验：", f"Draw {number} does not hold:"), faults)
    told = say(f"第 {number} 号抽取核验无误。", f"Draw {number} holds.")
    tell({"draw": number, "holds": True}, [told], as_json=as_json)


def _need(text: str) -> Need:
    discipline, *counts = text.replace("：", ":").split(":")
    if len(counts) != 2 or not all(one.isdecimal() for one in counts):
        raise Invalid(
            say(f"名额“{text}”应形如 3:5:2（产业代码:正选:候补）。", f"{text} should be CODE:SEATS:ALTERNATES.")
        )
    return Need(discipline.strip(), *map(int, counts))


def _kind(*, alternate: bool) -> str:
    return say("候补", "alternate") if alternate else say("正选", "member")


def _answered(expert: str, called: str | None, *, comes: bool) -> str:
    if comes:
        return say(f"专家 {expert} 已接受，本轮次可参加评审。", f"{expert} comes.")
    if called:
        return say(f"专家 {expert} 不参加；请通知候补专家 {called}。", f"{expert} does not come; call {called}.")
    return say(f"专家 {expert} 不参加；该产业已无候补，请另行公告抽取。", f"{expert} does not come; none is left.")


def _row(made: PanelDraw, seat: PanelSeat | None, expert: Expert | None) -> dict[str, Any]:
    told: dict[str, Any] = {"draw": made.id, "seed": made.seed, "source": made.source, "pool": made.pool_digest}
    if seat is None or expert is None:
        return told | dict.fromkeys(("discipline", "kind", "position", "number", "name", "status", "reason"))
    return told | {
        "discipline": seat.discipline,
        "kind": _kind(alternate=seat.alternate),
        "position": seat.position,
        "number": expert.number,
        "name": expert.name,
        "status": panel_answers.WORDS[seat.status],
        "reason": seat.reason,
    }
