"""Commands of objections: file, list, accept, refuse, assign, extend, report, sign, rule; who objected, evidence."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer
from sqlmodel import Session, select

from craftsman.actions import objection_cases, objections
from craftsman.actions.investigators import assign_investigators
from craftsman.actions.objection_desk import Line, objection_desk
from craftsman.actions.objection_files import fetch_evidence, ready_evidence
from craftsman.actions.statuses import status_word
from craftsman.cli.base import (
    AsJson,
    AsLogin,
    RoundKey,
    doing,
    group,
    load_file,
    load_text,
    looking_as,
    must_be_new,
    save_file,
    tell,
    tell_rows,
)
from craftsman.cli.forms import FormFile, read_form
from craftsman.cli.language import say
from craftsman.clock import until
from craftsman.errors import NotFound
from craftsman.rules.objections import GROUNDS, REFUSALS
from models import Objection

app = group("异议：登记、受理、核查、裁定。", "Objections: file, accept, investigate, rule.")

NoticeId = Annotated[int, typer.Argument(metavar="NOTICE", help=say("公示编号", "the notice's number"))]
Receipt = Annotated[str, typer.Argument(metavar="RECEIPT", help=say("异议编号，如 YY-2026-0001", "receipt number"))]
Reason = Annotated[str, typer.Option(help=say("理由", "the reason"))]


class ObjectionForm(FormFile):
    """An objection that came as a letter, by telephone or in person; the postmark of a letter counts.

    `ground` is one of the listed grounds; an anonymous one has neither name nor contact.
    """

    case_no: str
    kind: Literal["person", "unit", "anonymous"]
    ground: str = "other"
    name: str = ""
    contact: str = ""
    email: str = ""
    grounds: str
    postmarked_on: date | None = None


@app.command("file", help=say("登记一件异议（来信、来电、来访），内容写在 TOML 文件里。", "File an objection."))
def file(
    notice_id: NoticeId,
    form: Annotated[Path, typer.Argument(metavar="FORM", help=say("异议表（.toml）", "the form (.toml)"))],
    evidence: Annotated[
        list[Path] | None, typer.Option(help=say("证据文件，可多次", "a file of evidence; repeatable"))
    ] = None,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """File an objection for somebody who wrote, called or came."""
    filled = read_form(ObjectionForm, form)
    files = [ready_evidence(load_file(one)) for one in evidence or ()]
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
            ground=filled.ground,
            email=filled.email,
            files=files,
            postmarked_on=filled.postmarked_on,
        )
        due = until(filed.accept_by)
    told = say(f"已登记，异议编号 {filed.receipt_no}，{due} 前决定是否受理。", f"Filed as {filed.receipt_no}.")
    tell({"receipt": filed.receipt_no, "accept_by": filed.accept_by}, [told], as_json=as_json)


@app.command("list", help=say("一个轮次的异议及办理期限。", "Objections with their deadlines."))
def list_(round_key: RoundKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List objections, those that wait first; without those hidden from whoever asks."""
    with looking_as(as_login) as (session, act):
        rows = [_row(line) for line in objection_desk(session, act, round_key)[1]]
    columns = {"receipt": "异议编号", "case": "申报编号", "ground": "事项", "told": "状态", "until": "期限"}
    columns |= {"late": "逾期", "investigators": "核查人员"}
    shown = rows if as_json else [row | {"late": "逾期" if row["late"] else ""} for row in rows]
    tell_rows("objections", shown, title=say("异议", "Objections"), columns=columns, as_json=as_json)


def _row(line: Line) -> dict[str, object]:
    one = line.objection
    team = [account.login for _, account in line.team]
    return {
        "receipt": one.receipt_no,
        "case": line.case_no,
        "ground": line.ground,
        "status": one.status.value,
        "told": status_word(one.status),
        "until": until(line.due),
        "late": line.late,
        "investigators": "、".join(team),
        "files": [row.id for row in line.files],
        "clues": line.clues,
    }


@app.command("accept", help=say("受理异议，先过受理条件。", "Take an objection up, if it passes the test."))
def accept(
    receipt: Receipt,
    seal_seen: Annotated[
        bool, typer.Option("--seal-seen", help=say("已见单位公章", "the unit's seal was seen"))
    ] = False,
    clues: Annotated[str, typer.Option(help=say("匿名反映中可核查的线索", "clues in an anonymous one"))] = "",
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Take an objection up for investigation."""
    with doing(as_login, as_json=as_json) as (session, act):
        found = _by_receipt(session, receipt)
        objection_cases.accept_objection(session, act, found.id or 0, seal_seen=seal_seen, clues=clues)
        due = found.investigate_by
    told = say(f"已受理，请指定两名核查人员，{until(due)} 前查清。", "Accepted.")
    tell({"receipt": receipt, "investigate_by": due}, [told], as_json=as_json)


@app.command("refuse", help=say("不予受理，须写明情形和理由。", "Decline an objection with the reason."))
def refuse(
    receipt: Receipt,
    ground: Annotated[
        str, typer.Option("--for", help=say("情形：", "ground: ") + "，".join(f"{k} {v}" for k, v in REFUSALS.items()))
    ],
    reason: Reason,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Decline to take an objection up."""
    with doing(as_login, as_json=as_json) as (session, act):
        found = _by_receipt(session, receipt).id or 0
        objection_cases.refuse_objection(session, act, found, refusal=ground, reason=reason)
    tell({"receipt": receipt}, [say("已记为不予受理。", "Declined.")], as_json=as_json)


@app.command("assign", help=say("指定核查人员，两人以上。", "Name the investigators, two at least."))
def assign(
    receipt: Receipt,
    logins: Annotated[list[str], typer.Argument(metavar="LOGIN...", help=say("核查人员账号", "their logins"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Name who investigates; nobody from the recommending unit or otherwise concerned."""
    with doing(as_login, as_json=as_json) as (session, act):
        assign_investigators(session, act, _by_receipt(session, receipt).id or 0, logins)
    tell({"receipt": receipt, "investigators": logins}, [say("已指定核查人员。", "Assigned.")], as_json=as_json)


@app.command("extend", help=say("延长核查期限，只能一次。", "Give an investigation more days, once."))
def extend(receipt: Receipt, reason: Reason, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Extend an investigation."""
    with doing(as_login, as_json=as_json) as (session, act):
        found = _by_receipt(session, receipt)
        objection_cases.extend_investigation(session, act, found.id or 0, reason=reason)
        due = found.investigate_by
    told = say(f"核查期限延长至 {until(due)}。", f"Extended to {until(due)}.")
    tell({"receipt": receipt, "investigate_by": due}, [told], as_json=as_json)


@app.command("report", help=say("提交核查报告（文本文件）。", "File the investigators' report (a text file)."))
def report(
    receipt: Receipt,
    text: Annotated[Path, typer.Argument(metavar="FILE", help=say("UTF-8 文本文件", "a UTF-8 text file"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """File a report; who files it signs it."""
    written = load_text(text)
    with doing(as_login, as_json=as_json) as (session, act):
        objection_cases.file_report(session, act, _by_receipt(session, receipt).id or 0, report=written)
    tell({"receipt": receipt}, [say("已提交，请其他核查人员签署。", "Filed.")], as_json=as_json)


@app.command("sign", help=say("签署核查报告。", "Sign the report."))
def sign(receipt: Receipt, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Sign a report that another investigator filed."""
    with doing(as_login, as_json=as_json) as (session, act):
        objection_cases.sign_report(session, act, _by_receipt(session, receipt).id or 0)
    tell({"receipt": receipt}, [say("已签署。", "Signed.")], as_json=as_json)


@app.command("rule", help=say("作出结论；成立即取消，暂缓则本年度不命名。", "Rule: upheld, dismissed or deferred."))
def rule(
    receipt: Receipt,
    verdict: Annotated[
        Literal["upheld", "dismissed", "deferred"],
        typer.Argument(metavar="VERDICT", help=say("upheld 成立、dismissed 不成立、deferred 暂缓", "the verdict")),
    ],
    ruling: Annotated[str, typer.Option(help=say("核查结论", "the ruling"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Rule on an accepted objection."""
    with doing(as_login, as_json=as_json) as (session, act):
        found = _by_receipt(session, receipt)
        objection_cases.decide_objection(session, act, found.id or 0, verdict=verdict, ruling=ruling)
        told = status_word(found.status)
    tell({"receipt": receipt, "verdict": verdict}, [say(f"结论已记录：{told}。", "Ruled.")], as_json=as_json)


@app.command("objector", help=say("查看异议人；每次查看都留痕。", "Who objected; each look is recorded."))
def objector(receipt: Receipt, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Show who objected."""
    with doing(as_login, as_json=as_json) as (session, act):
        found = objections.objector_of(session, act, _by_receipt(session, receipt).id or 0)
    told = {"kind": found.kind, "name": found.name, "contact": found.contact, "email": found.email}
    tell(told, [f"{found.name}  {found.contact}  {found.email}".strip()], as_json=as_json)


@app.command("evidence", help=say("取出一份证据；查看会留痕。", "Save a file of evidence; reading it is recorded."))
def evidence(
    file_id: Annotated[int, typer.Argument(metavar="NUMBER", help=say("证据编号，见 objection list --json", "number"))],
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("写到此文件", "file to write"))],
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Save a file of evidence."""
    must_be_new(file)
    with doing(as_login, as_json=as_json) as (session, act):
        found = fetch_evidence(session, act, file_id)
    save_file(file, found.content)
    told = say(f"已写到 {file}（{found.media_type}）。", f"Written to {file} ({found.media_type}).")
    tell({"file": file, "media_type": found.media_type}, [told], as_json=as_json)


@app.command("grounds", help=say("可以反映的事项与不予受理的情形。", "The listed grounds."))
def grounds(*, as_json: AsJson = False) -> None:
    """List the grounds on which objections are made and refused."""
    told = [*(f"{key}  {title}" for key, title in GROUNDS.items()), ""]
    told += [f"{key}  {title}" for key, title in REFUSALS.items()]
    tell({"grounds": GROUNDS, "refusals": REFUSALS}, told, as_json=as_json)


def _by_receipt(session: Session, receipt: str) -> Objection:
    found = session.exec(select(Objection).where(Objection.receipt_no == receipt)).first()
    if found is None:
        raise NotFound(f"没有异议“{receipt}”，请用 craftsman objection list 核对编号。")
    return found
