"""Commands of notices: list, post, object, accept, refuse, rule, substitute."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer
from sqlmodel import Session, col, select

from craftsman.actions import objections
from craftsman.actions.notice import post_notice
from craftsman.actions.notice_forms import render_notice
from craftsman.actions.substitutes import leave_empty, promote_substitute
from craftsman.actions.views import round_by_key, stage_of
from craftsman.cli.base import (
    AsJson,
    AsLogin,
    RoundKey,
    acting_as,
    doing,
    group,
    looking,
    table,
    tell,
    workplace,
)
from craftsman.cli.forms import FormFile, read_form
from craftsman.cli.language import say
from craftsman.errors import NotFound
from craftsman.store.engine import reading
from models import Notice, Objection, StageRun

app = group("公示、异议与递补。", "Notices, objections, substitutes.")

NoticeId = Annotated[int, typer.Argument(metavar="NOTICE", help=say("公示编号", "the notice's number"))]
Receipt = Annotated[str, typer.Argument(metavar="RECEIPT", help=say("异议编号，如 YY-2026-0001", "receipt number"))]


class ObjectionForm(FormFile):
    """An objection that came as a letter, by telephone or in person; the postmark of a letter counts."""

    case_no: str
    kind: Literal["person", "unit"]
    name: str
    contact: str
    grounds: str
    postmarked_on: date | None = None


@app.command("list", help=say("公示与异议。", "Notices and objections."))
def list_(round_key: RoundKey, *, as_json: AsJson = False) -> None:
    """List a round's notices and the objections they drew."""
    with looking() as (session, _):
        round_id = round_by_key(session, round_key).id or 0
        notices = _notices(session, round_id)
        drawn = objections.objections_of(session, round_id)
    rows = [
        {"receipt": one.receipt_no, "notice": one.notice_id, "case": case_no, "status": one.status.value}
        for one, case_no in drawn
    ]
    if as_json:
        tell({"notices": notices, "objections": rows}, [], as_json=True)
        return
    table(say("公示", "Notices"), ("编号", "标题", "状态", "起", "止"), [list(one.values()) for one in notices])
    table(say("异议", "Objections"), ("异议编号", "公示", "申报编号", "状态"), [list(row.values()) for row in rows])


def _notices(session: Session, round_id: int) -> list[dict[str, object]]:
    query = select(Notice).join(StageRun).where(StageRun.round_id == round_id).order_by(col(Notice.id))
    return [
        {
            "notice": one.id,
            "title": one.title,
            "status": one.status.value,
            "starts_on": one.starts_on,
            "ends_on": one.ends_on,
        }
        for one in session.exec(query).all()
    ]


@app.command("post", help=say("发布公示：期限自今日起算。", "Post a notice; its period counts from today."))
def post(notice_id: NoticeId, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Render a notice, then post it."""
    place = workplace()
    act = acting_as(place, as_login)
    # a second of typesetting, which must not hold up the other writers
    with reading(place.engine) as session:
        forms = render_notice(session, act, notice_id)
    with doing(as_login, as_json=as_json) as (session, act):
        posted = post_notice(session, act, notice_id, forms)
    told = say(f"已发布，公示期 {posted.starts_on} 至 {posted.ends_on}。", f"Posted until {posted.ends_on}.")
    tell({"notice": notice_id, "starts_on": posted.starts_on, "ends_on": posted.ends_on}, [told], as_json=as_json)


@app.command("object", help=say("登记一件异议（来信、来电、来访），内容写在 TOML 文件里。", "File an objection."))
def object_(
    notice_id: NoticeId,
    form: Annotated[Path, typer.Argument(metavar="FORM", help=say("异议表（.toml）", "the form (.toml)"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """File an objection for somebody who wrote, called or came."""
    filled = read_form(ObjectionForm, form)
    with doing(as_login, as_json=as_json) as (session, act):
        filed = objections.file_objection(
            session,
            act,
            notice_id,
            case_no=filled.case_no,
            grounds=filled.grounds,
            objector_name=filled.name,
            contact=filled.contact,
            kind=filled.kind,
            postmarked_on=filled.postmarked_on,
        )
    told = say(f"已登记，异议编号 {filed.receipt_no}。", f"Filed as {filed.receipt_no}.")
    tell({"receipt": filed.receipt_no}, [told], as_json=as_json)


@app.command("accept", help=say("受理异议。", "Take an objection up."))
def accept(receipt: Receipt, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Take an objection up for investigation."""
    with doing(as_login, as_json=as_json) as (session, act):
        objections.accept_objection(session, act, _by_receipt(session, receipt))
    tell({"receipt": receipt}, [say("已受理。", "Accepted.")], as_json=as_json)


@app.command("refuse", help=say("不予受理，须写明理由。", "Decline an objection with the reason."))
def refuse(
    receipt: Receipt,
    reason: Annotated[str, typer.Option(help=say("理由", "the reason"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Decline to take an objection up."""
    with doing(as_login, as_json=as_json) as (session, act):
        objections.refuse_objection(session, act, _by_receipt(session, receipt), reason=reason)
    tell({"receipt": receipt}, [say("已记为不予受理。", "Declined.")], as_json=as_json)


@app.command("rule", help=say("裁定异议；成立即取消该人选。", "Rule on an objection; upheld cancels the name."))
def rule(
    receipt: Receipt,
    ruling: Annotated[str, typer.Option(help=say("核查结论", "the ruling"))],
    upheld: Annotated[bool, typer.Option("--upheld/--dismissed", help=say("成立或不成立", "upheld or dismissed"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Rule on an accepted objection."""
    with doing(as_login, as_json=as_json) as (session, act):
        objections.decide_objection(session, act, _by_receipt(session, receipt), upheld=upheld, ruling=ruling)
    told = say("异议成立，该人选已取消。", "Upheld.") if upheld else say("异议不成立。", "Dismissed.")
    tell({"receipt": receipt, "upheld": upheld}, [told], as_json=as_json)


@app.command("substitute", help=say("依决议递补，或（--leave-empty）任其空缺。", "Promote a substitute by resolution."))
def substitute(
    round_key: RoundKey,
    resolution: Annotated[str, typer.Option(help=say("会议名称或文号", "the resolution it rests on"))],
    stage: Annotated[str, typer.Option(help=say("公示环节", "the notice stage"))] = "notice",
    empty: Annotated[bool, typer.Option("--leave-empty", help=say("名额空缺，不递补", "fill no place"))] = False,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Let the first reserve take the free place, or leave the free places empty."""
    with doing(as_login, as_json=as_json) as (session, act):
        run_id = stage_of(session, round_key, stage).run_id
        if empty:
            left, drafted = leave_empty(session, act, run_id, resolution=resolution), None
        else:
            left, drafted = 0, promote_substitute(session, act, run_id, resolution=resolution).id
    promoted = say(f"已递补，请发布公示 {drafted}。", f"Promoted: post notice {drafted}.")
    told = promoted if drafted else say(f"{left} 个名额空缺。", f"{left} places stay empty.")
    tell({"notice": drafted, "left_empty": left}, [told], as_json=as_json)


def _by_receipt(session: Session, receipt: str) -> int:
    found = session.exec(select(Objection.id).where(Objection.receipt_no == receipt)).first()
    if found is None:
        raise NotFound(f"没有异议“{receipt}”，请用 craftsman notice list 核对编号。")
    return found
