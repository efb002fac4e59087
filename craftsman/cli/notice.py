"""Commands of notices: list, post, correct, outages, the slip, places by hand, substitutes."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session, col, select

from craftsman.actions import objections, outages
from craftsman.actions.clearance import print_clearance
from craftsman.actions.list_places import give_place
from craftsman.actions.notice import post_notice
from craftsman.actions.notice_correction import correct_notice
from craftsman.actions.notice_forms import render_notice
from craftsman.actions.substitutes import leave_empty, promote_substitute, propose_substitute, withdraw_substitute
from craftsman.actions.views import round_by_key, stage_of
from craftsman.cli.base import (
    AsJson,
    AsLogin,
    RoundKey,
    acting_as,
    doing,
    group,
    keeping_refusals,
    looking,
    must_be_new,
    save_file,
    table,
    tell,
    workplace,
)
from craftsman.cli.language import say
from craftsman.clock import CHINA
from craftsman.errors import Invalid
from craftsman.store.engine import reading
from models import Notice, StageRun

app = group("公示与递补。", "Notices and substitutes.")

NoticeId = Annotated[int, typer.Argument(metavar="NOTICE", help=say("公示编号", "the notice's number"))]
Proposal = Annotated[int, typer.Argument(metavar="NUMBER", help=say("递补编号", "the proposal's number"))]
Reason = Annotated[str, typer.Option(help=say("理由", "the reason"))]


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
    with keeping_refusals(act), reading(place.engine) as session:
        forms = render_notice(session, act, notice_id)
    with doing(as_login, as_json=as_json) as (session, act):
        posted = post_notice(session, act, notice_id, forms)
    told = say(f"已发布，公示期 {posted.starts_on} 至 {posted.ends_on}。", f"Posted until {posted.ends_on}.")
    tell({"notice": notice_id, "starts_on": posted.starts_on, "ends_on": posted.ends_on}, [told], as_json=as_json)


@app.command("correct", help=say("更正有误的公示：重新公示，期限重算。", "Notice a corrected list anew."))
def correct(notice_id: NoticeId, reason: Reason, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Draft the notice that takes the place of one with a material error."""
    with doing(as_login, as_json=as_json) as (session, act):
        drafted = correct_notice(session, act, notice_id, reason=reason)
        drafted_id = drafted.id
    told = say(f"已拟定更正后的公示 {drafted_id}，请复核人员发布。", f"Drafted: post notice {drafted_id}.")
    tell({"notice": drafted_id, "replaces": notice_id}, [told], as_json=as_json)


@app.command("outage", help=say("登记公示页面中断，须另一人确认。", "Note an outage; somebody else confirms it."))
def outage(
    notice_id: NoticeId,
    began: Annotated[str, typer.Option("--from", help=say("起，如 2026-04-15T09:00", "from"))],
    ended: Annotated[str, typer.Option("--to", help=say("止，如 2026-04-15T16:00", "to"))],
    reason: Reason,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Note a time in which a notice could not be read."""
    with doing(as_login, as_json=as_json) as (session, act):
        noted = outages.report_outage(
            session, act, notice_id, began_at=_moment(began), ended_at=_moment(ended), reason=reason
        )
        number = noted.id
    told = say(f"已登记第 {number} 号中断，请另一人确认。", f"Noted as {number}: somebody else confirms it.")
    tell({"outage": number}, [told], as_json=as_json)


@app.command("confirm-outage", help=say("确认中断，公示期顺延。", "Confirm an outage; the period is counted again."))
def confirm_outage(
    number: Annotated[int, typer.Argument(metavar="OUTAGE", help=say("中断编号", "the outage's number"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Confirm an outage that somebody else noted."""
    with doing(as_login, as_json=as_json) as (session, act):
        ends_on = outages.confirm_outage(session, act, number).ends_on
    told = say(f"已确认，公示期至 {ends_on} 止。", f"Confirmed: the period ends on {ends_on}.")
    tell({"outage": number, "ends_on": ends_on}, [told], as_json=as_json)


@app.command("clear", help=say("出具“公示无异议”，公示期满才可。", "Print the slip 公示无异议, after the period."))
def clear(
    notice_id: NoticeId,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("写到此文件（.html）", "file to write (.html)"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Issue the slip of a notice whose period is over and that cost nobody their place."""
    must_be_new(file)
    with doing(as_login, as_json=as_json) as (session, act):
        document, content = print_clearance(session, act, notice_id)
        sha256 = document.sha256
    save_file(file, content)
    tell({"file": file, "sha256": sha256}, [say(f"已写到 {file}。", f"Written to {file}.")], as_json=as_json)


@app.command("place", help=say("人工指定一名人选的笔画次序，须写明理由。", "Give a nominee a place by hand."))
def place(
    round_key: RoundKey,
    case_no: Annotated[str, typer.Argument(metavar="CASE", help=say("申报编号", "case number"))],
    like: Annotated[str, typer.Option(help=say("排在此姓名的位置", "the name whose place it takes"))],
    reason: Reason,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Let a nominee stand where somebody of another name would, on lists made from now on."""
    with doing(as_login, as_json=as_json) as (session, act):
        give_place(session, act, round_key, case_no, like=like, reason=reason)
    tell({"case": case_no, "like": like}, [say("已指定次序，理由已记录。", "Placed.")], as_json=as_json)


@app.command(
    "substitute", help=say("依决议提出递补，须另一人确认；或任其空缺。", "Propose a substitute by resolution.")
)
def substitute(
    round_key: RoundKey,
    resolution: Annotated[str, typer.Option(help=say("会议名称", "the resolution it rests on"))],
    document_no: Annotated[str, typer.Option("--number", help=say("决议文号", "the resolution's number"))] = "",
    stage: Annotated[str, typer.Option(help=say("公示环节", "the notice stage"))] = "notice",
    case_no: Annotated[str, typer.Option("--case", help=say("只提此人，否则不办", "propose nobody else"))] = "",
    empty: Annotated[bool, typer.Option("--leave-empty", help=say("名额空缺，不递补", "fill no place"))] = False,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Propose the first reserve who may for the free place, or leave the free places empty."""
    with doing(as_login, as_json=as_json) as (session, act):
        run_id = stage_of(session, round_key, stage).run_id
        if empty:
            left = leave_empty(session, act, run_id, resolution=resolution)
            result, told = {"left_empty": left}, say(f"{left} 个名额空缺。", f"{left} places stay empty.")
        else:
            made = propose_substitute(
                session, act, run_id, resolution=resolution, document_no=document_no, case_no=case_no
            )
            result = {"promotion": made.id, "tier": made.tier, "passed_over": made.passed_over}
            told = say(f"已提出第 {made.id} 号递补，请另一名复核人员确认。", f"Proposed as {made.id}.")
    tell(result, [told], as_json=as_json)


@app.command("promote", help=say("确认递补，生成其公示。", "Confirm a substitute; their notice is drafted."))
def promote(number: Proposal, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Confirm what somebody else proposed."""
    with doing(as_login, as_json=as_json) as (session, act):
        drafted = promote_substitute(session, act, number).id
    told = say(f"已递补，请发布公示 {drafted}。", f"Promoted: post notice {drafted}.")
    tell({"promotion": number, "notice": drafted}, [told], as_json=as_json)


@app.command("unsubstitute", help=say("撤回尚未确认的递补。", "Take back a proposal that nobody confirmed."))
def unsubstitute(number: Proposal, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Withdraw a proposal; it stays in the history."""
    with doing(as_login, as_json=as_json) as (session, act):
        withdraw_substitute(session, act, number)
    tell({"promotion": number}, [say("已撤回。", "Withdrawn.")], as_json=as_json)


def _moment(text: str) -> datetime:
    """A moment as people write it, in China."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        told = say(f"“{text}”不是时间，请写成 2026-04-15T09:00 的形式。", f"{text} is no time: 2026-04-15T09:00.")
        raise Invalid(told) from None
    return found if found.tzinfo else found.replace(tzinfo=CHINA)
