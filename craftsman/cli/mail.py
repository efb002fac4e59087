"""Commands of letters: deliver, status."""

from dataclasses import replace
from typing import Annotated

import typer
from sqlalchemy import func
from sqlmodel import col, select

from craftsman.actions.acting import Act
from craftsman.actions.delivery import deliver_batch
from craftsman.cli.base import AsJson, AsLogin, acting_as, group, looking, tell, workplace
from craftsman.cli.language import say
from models import Message, MessageStatus

app = group("函件。", "Letters.")

STATUS = {
    MessageStatus.QUEUED: "待发送",
    MessageStatus.SENDING: "发送中",
    MessageStatus.SENT: "已送出",
    MessageStatus.REFUSED: "被拒收",
    MessageStatus.UNCLEAR: "未确认",
    MessageStatus.WITHDRAWN: "已撤回",
}


@app.command("deliver", help=say("立即发送待发函件（平时由后台每分钟发送）。", "Send what is due now."))
def deliver(
    here: Annotated[bool, typer.Option("--here", help=say("在本进程发送，不经 Prefect", "without Prefect"))] = False,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Ask the worker to send what is due, or send it here."""
    act = acting_as(workplace(), as_login)
    act.must("mail.deliver", None)
    if here:
        sent, refused = _deliver(act)
        told = say(f"已送出 {sent} 封，被拒 {refused} 封。", f"{sent} sent, {refused} refused.")
        tell({"sent": sent, "refused": refused}, [told], as_json=as_json)
        return
    # Prefect takes seconds to import, and only this line needs it
    from craftsman.cli.prefect import ask_for_delivery  # noqa: PLC0415

    run = ask_for_delivery(act.place)
    tell({"flow_run": run}, [say(f"已交由后台发送（运行 {run}）。", f"Asked for: run {run}.")], as_json=as_json)


def _deliver(act: Act) -> tuple[int, int]:
    sent = refused = 0
    # each batch is an act of its own, so the request id of the command stays out of it
    while (batch := deliver_batch(replace(act, request_id=None))).settled:
        sent, refused = sent + batch.sent, refused + batch.refused
        if not batch.sent:
            break
    return sent, refused


@app.command("status", help=say("各状态的函件数，以及被拒收的函件。", "Letters by status, and those refused."))
def status(*, as_json: AsJson = False) -> None:
    """Count letters by status and list those that somebody must see to."""
    with looking() as (session, _):
        pairs = session.exec(select(Message.status, func.count()).group_by(col(Message.status))).all()
        query = select(Message).where(Message.status == MessageStatus.REFUSED).order_by(col(Message.id))
        bad = session.exec(query).all()
    counts = {kind: dict(pairs).get(kind, 0) for kind in MessageStatus}
    refused = [{"letter": one.letter, "to": one.recipient_name, "reply": one.last_reply} for one in bad]
    told = [f"{STATUS[kind]} {count}" for kind, count in counts.items()]
    lines = [f"  · {one['letter']}（{one['to']}）：{one['reply']}" for one in refused]
    result = {"counts": {kind.value: count for kind, count in counts.items()}, "refused": refused}
    tell(result, ["  ".join(told), *lines], as_json=as_json)
