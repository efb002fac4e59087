"""Commands about the personal data of one person: look at a field, erase, list."""

from pathlib import Path
from typing import Annotated

import typer

from craftsman.actions import consents, erasures
from craftsman.actions.subject_export import as_json as as_json_bytes
from craftsman.actions.subject_export import as_workbook, export_subject
from craftsman.actions.unmasking import agree_unmasking, ask_unmasking, show_unmasked
from craftsman.cli.base import (
    AsJson,
    AsLogin,
    RoundKey,
    acting_as,
    doing,
    group,
    looking_as,
    must_be_new,
    save_file,
    tell,
    tell_rows,
    workplace,
)
from craftsman.cli.language import say
from craftsman.cli.workdays import day_of
from craftsman.errors import Invalid
from craftsman.portal.acts import ACTS
from craftsman.rules.consents import EVIDENCE

app = group("个人信息：查看、删除、导出。", "Personal data: look, erase, export.")

CaseNo = Annotated[str, typer.Argument(metavar="CASE", help=say("申报编号", "case number"))]
Reason = Annotated[str, typer.Option("--reason", help=say("理由", "the reason"))]
Number = Annotated[int, typer.Argument(min=1, metavar="NUMBER", help=say("申请的编号", "number of the request"))]


@app.command("unmask", help=say("申请查看一人的一项个人信息。", "Ask to see one field of one person."))
def unmask(
    case_no: CaseNo,
    field: Annotated[str, typer.Argument(metavar="FIELD", help="id_number | birth | phone")],
    reason: Reason,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Ask for a look; another person agrees to it."""
    with doing(as_login, as_json=as_json) as (session, act):
        number = ask_unmasking(session, act, case_no, field, reason=reason)
    told = say(f"已提交第 {number} 号查看申请。", f"Look {number} asked for.")
    tell({"number": number}, [told], as_json=as_json)


@app.command("agree", help=say("同意他人的查看申请。", "Agree to a look that another asked for."))
def agree(number: Number, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Agree to a look."""
    with doing(as_login, as_json=as_json) as (session, act):
        case_no = agree_unmasking(session, act, number)
    told = say(f"已同意第 {number} 号查看申请（{case_no}）。", f"Agreed to look {number} ({case_no}).")
    tell({"number": number, "case": case_no}, [told], as_json=as_json)


@app.command("look", help=say("查看一次（同意后 24 小时内）。", "See the field, once, within a day."))
def look(number: Number, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Print the field; that it was seen stands in the history."""
    with doing(as_login, as_json=as_json) as (session, act):
        found = show_unmasked(session, act, number)
    told = [f"{found.case_no} {found.title}：{found.value}", say("本次查看已记入历史。", "This look is recorded.")]
    tell({"case": found.case_no, "field": found.title, "value": found.value}, told, as_json=as_json)


@app.command("erase", help=say("申请删除一人的个人信息（须另一人确认）。", "Ask that a person's data be erased."))
def erase(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="person | lead | objection | expert")],
    subject: Annotated[
        str, typer.Argument(metavar="SUBJECT", help=say("申报、回执或专家编号", "case, receipt or expert number"))
    ],
    reason: Reason,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Ask for an erasure."""
    with doing(as_login, as_json=as_json) as (session, act):
        number = erasures.ask_erasure(session, act, kind, subject, reason=reason)
    told = say(f"已提交第 {number} 号删除申请，待另一人确认。", f"Erasure {number} asked for; another confirms it.")
    tell({"number": number}, [told], as_json=as_json)


@app.command("confirm", help=say("确认并执行删除（不可恢复）。", "Confirm an erasure and do it, for good."))
def confirm(number: Number, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Confirm an erasure: the data go at once, then the files."""
    with doing(as_login, as_json=as_json) as (session, act):
        receipt = erasures.confirm_erasure(session, act, number)
    take_files_away(as_login)
    lines = [
        say(
            f"第 {number} 号删除已办理：记录序号 {receipt.seq}，文件 {receipt.files} 个。",
            f"Erasure {number} done: event {receipt.seq}, {receipt.files} files.",
        ),
        say(
            "数据库备份中仍有其密文和密钥，请按保存期限覆盖旧备份；同一人以后再报不能查重。",
            "Backups still hold key and ciphers until they are overwritten; duplicates of them are no longer found.",
        ),
    ]
    tell({"number": number, "seq": receipt.seq, "files": receipt.files}, lines, as_json=as_json)


@app.command("sweep", help=say("清除已删除人员留在磁盘上的文件（中断后再来）。", "Take files of erased people away."))
def sweep(as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Take away what a confirmation that was stopped left on the disk."""
    count = take_files_away(as_login)
    tell({"files": count}, [say(f"已清除 {count} 个文件。", f"{count} files taken away.")], as_json=as_json)


@app.command("erasures", help=say("删除申请及办理情况。", "Erasures asked for and done."))
def list_(
    waiting: Annotated[bool, typer.Option("--waiting", help=say("只看待确认的", "those that wait only"))] = False,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """List the erasures, the newest first."""
    with looking_as(as_login) as (session, act):
        rows = [
            {
                "number": row.id,
                "kind": row.kind,
                "subject": row.subject,
                "ground": row.ground,
                "reason": row.reason,
                "asked_by": asked_by,
                "asked_at": row.asked_at,
                "done_at": row.confirmed_at,
            }
            for row, asked_by in erasures.erasures_of(session, act, waiting=waiting)
        ]
    columns = {"number": "编号", "kind": "类别", "subject": "对象", "reason": "理由", "asked_by": "申请人"}
    columns |= {"asked_at": "申请时间", "done_at": "办理时间"}
    tell_rows("erasures", rows, title=say("删除申请", "Erasures"), columns=columns, as_json=as_json)


def take_files_away(as_login: str) -> int:
    """Take the files of confirmed erasures off the disk, and old pages out of the database; returns how many files."""
    act = acting_as(workplace(), as_login)
    try:
        return erasures.clear_files(act)
    except OSError as fault:
        raise Invalid(
            say("无法删除文件，请检查权限后运行 craftsman subject sweep。", "Cannot remove files.")
        ) from fault


@app.command("export", help=say("导出一人的全部个人信息，交本人查阅。", "Write all that is held about one person."))
def export(
    case_no: CaseNo,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help=say("写到此文件（.xlsx 或 .json）", "file to write (.xlsx or .json)"))
    ],
    reason: Reason,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Write everything about one nominee for them, readable by the owner of the file only."""
    made = _FORMS.get(file.suffix.lower())
    if made is None:
        raise Invalid(say("文件名须以 .xlsx 或 .json 结尾。", "Name it *.xlsx or *.json."))
    must_be_new(file)
    with doing(as_login, as_json=as_json) as (session, act):
        sheets = export_subject(session, act, case_no, reason=reason, words=ACTS)
    save_file(file, made(case_no, sheets))
    told = say(f"已写到 {file}；内含个人信息，交本人后请删除。", f"Written to {file}; delete it once handed over.")
    tell({"case": case_no, "file": file}, [told], as_json=as_json)


@app.command("consent", help=say("登记本人同意（材料或书面信函为据）。", "Record a nominee's consent."))
def consent(
    case_no: CaseNo,
    given_on: Annotated[str, typer.Option("--on", metavar="DATE", help=say("同意日期，如 2026-03-02", "the day"))],
    paper: Annotated[
        int | None, typer.Option(metavar="PAPER", help=say("作为依据的材料编号；不给为书面信函", "the paper"))
    ] = None,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Record that a nominee agreed, and by what it is shown."""
    with doing(as_login, as_json=as_json) as (session, act):
        number = consents.record_consent(session, act, case_no, given_on=day_of(given_on), paper_id=paper)
    told = say(f"已登记第 {number} 号同意。", f"Consent {number} recorded.")
    tell({"number": number}, [told], as_json=as_json)


@app.command("revoke", help=say("登记撤回同意；申报期内同时撤回申报。", "Note that a consent was taken back."))
def revoke(number: Number, reason: Reason, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """Note that a consent was taken back; says what is still to be done."""
    with doing(as_login, as_json=as_json) as (session, act):
        left = consents.withdraw_consent(session, act, number, reason=reason)
    told = [say(f"已登记撤回第 {number} 号同意。", f"Consent {number} taken back."), *([left] if left else [])]
    tell({"number": number, "to_do": left}, told, as_json=as_json)


@app.command("consents", help=say("一个轮次的同意记录。", "The consents of a round."))
def consents_(round_key: RoundKey, as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List who agreed to what, by what it is shown, and what was taken back."""
    with looking_as(as_login) as (session, act):
        rows = [
            {
                "number": row.id,
                "subject": row.subject,
                "purpose": row.purpose,
                "evidence": EVIDENCE[row.evidence],
                "given_on": row.given_on,
                "text": row.text_digest,
                "paper": row.evidence_digest,
                "withdrawn_at": row.withdrawn_at,
            }
            for row in consents.consents_of(session, act, round_key)
        ]
    columns = {"number": "编号", "subject": "对象", "purpose": "事项", "evidence": "依据", "given_on": "同意日期"}
    columns |= {"withdrawn_at": "撤回时间"}
    tell_rows("consents", rows, title=say("同意记录", "Consents"), columns=columns, as_json=as_json)


_FORMS = {".xlsx": as_workbook, ".json": as_json_bytes}
