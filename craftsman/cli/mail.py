"""Commands of letters: deliver, status, list, show, held, confirm, withdraw, again, check."""

import asyncio
from dataclasses import replace
from typing import Annotated

import typer
from sqlalchemy import func
from sqlmodel import col, select

from craftsman.actions import mailings
from craftsman.actions.acting import Act
from craftsman.actions.delivery import deliver_batch
from craftsman.actions.mailings import address_of, letters_of
from craftsman.actions.statuses import LETTERS, MESSAGE_STATUS
from craftsman.actions.views import round_by_key
from craftsman.cli.base import (
    AsJson,
    AsLogin,
    RoundKey,
    acting_as,
    doing,
    group,
    keeping_refusals,
    looking,
    looking_as,
    settings,
    tell,
    tell_rows,
    workplace,
)
from craftsman.cli.language import say
from craftsman.clock import instant
from craftsman.mail.check import ask_server
from models import Message, MessageStatus

app = group("函件。", "Letters.")

LetterId = Annotated[int, typer.Argument(metavar="LETTER", help=say("函件编号", "a letter's number"))]
MailingKey = Annotated[str, typer.Argument(metavar="MAILING", help=say("群发事项", "a mailing's key"))]


@app.command("deliver", help=say("立即发送待发函件（平时由后台每分钟发送）。", "Send what is due now."))
def deliver(
    here: Annotated[bool, typer.Option("--here", help=say("在本进程发送，不经 Prefect", "without Prefect"))] = False,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Ask the worker to send what is due, or send it here."""
    act = acting_as(workplace(), as_login)
    with keeping_refusals(act):
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
    refused = [{"id": one.id, "letter": one.letter, "to": one.recipient_name, "reply": one.last_reply} for one in bad]
    told = [f"{MESSAGE_STATUS[kind]} {count}" for kind, count in counts.items()]
    lines = [f"  · 函件 {one['id']}（{one['letter']}，{one['to']}）：{one['reply']}" for one in refused]
    result = {"counts": {kind.value: count for kind, count in counts.items()}, "refused": refused}
    tell(result, ["  ".join(told), *lines], as_json=as_json)


@app.command("list", help=say("轮次或账号的函件，新的在前，每次五十封。", "Letters of a round or of accounts."))
def list_letters(
    round_key: Annotated[
        str,
        typer.Argument(metavar="[ROUND]", help=say("轮次；不写则为账号的函件", "a round; else letters of accounts")),
    ] = "",
    state: Annotated[MessageStatus | None, typer.Option("--status", help=say("只列这一状态", "of this status"))] = None,
    page: Annotated[int, typer.Option("--page", min=1, help=say("第几页", "which fifty"))] = 1,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """List letters with masked addresses."""
    with looking_as(as_login) as (session, act):
        round_id = (round_by_key(session, round_key).id or 0) if round_key else None
        found, total = letters_of(session, act, round_id, statuses=[state] if state else [], page=page)
        rows = [_listed(row) for row in found]
    columns = {"id": "函件", "kind": "种类", "to": "收件人", "address": "邮箱", "state": "状态", "attempts": "次数"}
    tell_rows("letters", rows, title=f"函件（共 {total} 封）", columns=columns, as_json=as_json)


@app.command("show", help=say("一封函件的内容和投递记录。", "A letter's words and delivery log."))
def show(letter: LetterId, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Show how a letter reads and what servers said of it."""
    with looking_as(as_login) as (session, act):
        view = mailings.letter_view(session, act, letter)
    log = [one.model_dump(mode="json", exclude={"id", "letter_id"}) for one in view.attempts]
    result = {**_listed(view.row), "subject": view.words.subject, "text": view.words.text, "attempts": log}
    head = f"{view.words.subject}（{MESSAGE_STATUS[view.row.status]}，{view.row.recipient_name}，{view.address}）"
    tried = [
        f"  第 {one.number} 次 {instant(one.at)} {one.server} {MESSAGE_STATUS[one.became]}：{one.text}"
        for one in view.attempts
    ]
    tell(result, [head, "", view.words.text.strip(), "", "投递记录：", *(tried or ["  尚未投递。"])], as_json=as_json)


@app.command("held", help=say("待确认的群发：函件数和收件邮箱。", "Mailings that wait to be confirmed."))
def held(round_key: RoundKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List the mailings of a round that wait to be confirmed, with counts by letter and domain."""
    with looking_as(as_login) as (session, act):
        found = mailings.mailings_of(session, act, round_by_key(session, round_key).id or 0)
    rows = [
        {
            "key": one.key,
            "count": one.count,
            "letters": "、".join(f"{LETTERS.get(kind, kind)} {count}" for kind, count in one.letters.items()),
            "domains": "、".join(f"{domain} {count}" for domain, count in one.domains.items()),
            "first": one.ids[0],
        }
        for one in found
    ]
    columns = {"key": "群发事项", "count": "封数", "letters": "函件", "domains": "收件邮箱", "first": "第一封"}
    tell_rows("mailings", rows, title=say("待确认的群发", "Held mailings"), columns=columns, as_json=as_json)


@app.command("confirm", help=say("核对封数后，确认发送一批群发函件。", "Let a mailing go, whose number was checked."))
def confirm(
    mailing: MailingKey,
    count: Annotated[int, typer.Option("--count", help=say("核对过的封数", "how many letters were seen"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Let a mailing go."""
    with doing(as_login, as_json=as_json) as (session, act):
        round_id = mailings.round_of_mailing(session, mailing)
        sent = mailings.confirm_mailing(session, act, round_id, mailing, count=count)
    tell({"confirmed": sent}, [say(f"已确认，{sent} 封函件由后台发送。", f"{sent} letters go.")], as_json=as_json)


@app.command("withdraw", help=say("撤回尚未发送的一封函件，或一批待确认的群发。", "Keep a letter or a mailing back."))
def withdraw(
    what: Annotated[str, typer.Argument(metavar="LETTER|MAILING", help=say("函件编号或群发事项", "number or key"))],
    reason: Annotated[str, typer.Option("--reason", help=say("群发不发送的理由", "why a mailing is kept back"))] = "",
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Keep back what has not left yet."""
    with doing(as_login, as_json=as_json) as (session, act):
        if what.isascii() and what.isdigit():
            mailings.withdraw_letter(session, act, int(what))
            kept = 1
        else:
            round_id = mailings.round_of_mailing(session, what)
            kept = mailings.withdraw_mailing(session, act, round_id, what, reason=reason)
    tell({"withdrawn": kept}, [say(f"已撤回 {kept} 封。", f"{kept} kept back.")], as_json=as_json)


@app.command("again", help=say("重新发送被拒收的函件。", "Try a refused letter again."))
def again(letter: LetterId, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Queue a refused letter once more."""
    with doing(as_login, as_json=as_json) as (session, act):
        mailings.send_again(session, act, letter)
    tell({"queued": letter}, [say("已重新排入发送。", "Queued again.")], as_json=as_json)


@app.command(
    "check", help=say("试连邮件服务器：地址、加密、证书、登录；不发函件。", "Try the mail server; sends nothing.")
)
def check(*, as_json: AsJson = False) -> None:
    """Ask the mail server whether it would take letters. Exits 1 with what to mend."""
    chosen = settings()
    if chosen.mail_transport == "file":
        told = say("函件只写入文件，不经邮件服务器（CRAFTSMAN_MAIL_TRANSPORT=file）。", "Letters become files.")
        tell({"transport": "file"}, [told], as_json=as_json)
        return
    reply = asyncio.run(ask_server(chosen))
    server = f"{chosen.smtp_host}:{chosen.smtp_port}"
    told = say(f"邮件服务器 {server} 可以使用：{reply}", f"{server} answers: {reply}")
    tell({"transport": "smtp", "server": server, "reply": reply}, [told], as_json=as_json)


def _listed(row: Message) -> dict[str, object]:
    return {
        "id": row.id,
        "letter": row.letter,
        "kind": LETTERS.get(row.letter, row.letter),
        "to": row.recipient_name,
        "address": address_of(row),
        "status": row.status.value,
        "state": MESSAGE_STATUS[row.status],
        "attempts": row.attempts,
    }
