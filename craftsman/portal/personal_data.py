"""Personal data of everybody: how long it is kept, what is due, erasures by two, exports, and consents."""

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.consents import consents_of, record_consent, withdraw_consent
from craftsman.actions.documents import XLSX
from craftsman.actions.erasing import KINDS
from craftsman.actions.erasures import ask_erasure, clear_files, confirm_erasure, erasures_of
from craftsman.actions.retention import ask_due, confirm_due, due_erasures, waiting_due
from craftsman.actions.subject_export import as_json, as_workbook, export_subject
from craftsman.actions.views import round_by_key
from craftsman.errors import Invalid, Refused
from craftsman.portal.downloads import attachment
from craftsman.portal.forms import day_of
from craftsman.portal.paging import Paging
from craftsman.portal.parts import NUMBER, Id, Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.portal.words import ACTS
from craftsman.rules.consents import EVIDENCE
from craftsman.rules.permissions import allowed
from craftsman.rules.retention import RETENTIONS
from craftsman.store.engine import reading, transaction

router = APIRouter()
HERE = "/personal"
MOST_AT_ONCE = 200
NO_DAY = "请填写同意的日期，如 2026-03-02。"

FILES_LEFT = "信息已经删除；材料文件暂时不能从磁盘移除，请系统管理员检查文件夹的权限，再在“个人信息”页清除。"


@router.get("/personal")
def show_personal_data(visit: Member) -> HTMLResponse:
    """The table of retention, what is due, and the erasures asked for and done."""
    return _page(visit)


@router.post("/personal/due")
def ask_for_due(visit: Member, form: Sent) -> Response:
    """Ask for the erasure of all that is due, as the page showed it."""
    try:
        must_be_confirmed(form)
        carry_out(visit, form, ask_due)
    except Refused as refused:
        return _page(visit, refused)
    return go("/personal", "erasure-asked")


@router.get("/personal/due")
def show_waiting_due(visit: Member) -> HTMLResponse:
    """The erasures by retention that others asked for, to be looked at before they are confirmed together."""
    return _due(visit)


@router.post("/personal/due/confirm")
def confirm_all_due(visit: Member, form: Sent) -> Response:
    """Confirm those that the page showed, each by itself; what stands against one keeps only that one."""
    try:
        must_be_confirmed(form)
        shown = [int(one) for one in form.all("number") if NUMBER.fullmatch(one)]
        done, left = confirm_due(visit.act(), shown[:MOST_AT_ONCE])
        clear_files(visit.act())
    except OSError as fault:
        raise Refused(FILES_LEFT) from fault
    except Invalid as refused:
        return _due(visit, refused)
    if left:
        return _due(visit, Refused(f"已删除 {done} 人的个人信息；下列各项没有删除：", left))
    return go(HERE, "due-erased")


@router.post("/personal/sweep")
def sweep(visit: Member, form: Sent) -> Response:
    """Take away what a confirmation that was stopped left on the disk."""
    _ = form
    try:
        clear_files(visit.act())
    except OSError as fault:
        raise Refused(FILES_LEFT) from fault
    return go(HERE, "files-swept")


@router.post("/personal/erasures")
def ask(visit: Member, form: Sent) -> Response:
    """Ask that one person's data be erased."""
    kind, subject, reason = form.text("kind", most=20), form.text("subject", most=80), form.text("reason")
    try:
        carry_out(visit, form, lambda session, act: ask_erasure(session, act, kind, subject, reason=reason))
    except Refused as refused:
        return _page(visit, refused)
    return go("/personal", "erasure-asked")


@router.post("/personal/erasures/{number}/confirm")
def confirm(visit: Member, form: Sent, number: Id) -> Response:
    """Confirm an erasure: keys and ciphers go at once, then the files; there is no way back."""
    try:
        must_be_confirmed(form)
        carry_out(visit, form, lambda session, act: confirm_erasure(session, act, number))
        clear_files(visit.act())
    except OSError as fault:
        raise Refused(FILES_LEFT) from fault
    except Refused as refused:
        return _page(visit, refused)
    return go("/personal", "erasure-done")


@router.post("/personal/export")
def export(visit: Member, form: Sent) -> Response:
    """All that is held about one nominee, to be handed to them; by POST, for it stands in the history."""
    case_no, reason = form.text("case_no", most=40), form.text("reason")
    try:
        with transaction(visit.place.engine) as session:
            sheets = export_subject(session, visit.act(), case_no, reason=reason, words=ACTS)
    except Refused as refused:
        return _page(visit, refused)
    if form.text("format", most=10) == "json":
        return attachment(as_json(case_no, sheets), file_name="本人查阅.json", media_type="application/json")
    return attachment(as_workbook(case_no, sheets), file_name="本人查阅.xlsx", media_type=XLSX)


@router.get("/rounds/{key}/consents")
def show_consents(visit: Member, key: str) -> HTMLResponse:
    """Who agreed to what in a round, by what it is shown, and what was taken back."""
    return _consents(visit, key)


@router.post("/rounds/{key}/consents")
def record(visit: Member, form: Sent, key: str) -> Response:
    """Record the consent of a nominee, shown by a paper or a letter."""
    case_no, paper = form.text("case_no", most=40), form.text("paper", most=9)

    def deed(session: Session, act: Act) -> int:
        return record_consent(
            session, act, case_no, given_on=day_of(form.text("given_on", most=10), NO_DAY), paper_id=_number(paper)
        )

    try:
        carry_out(visit, form, deed)
    except Refused as refused:
        return _consents(visit, key, refused)
    return go(f"/rounds/{key}/consents", "consent-recorded")


@router.post("/rounds/{key}/consents/{number}/revoke")
def revoke(visit: Member, form: Sent, key: str, number: Id) -> Response:
    """Note that a consent was taken back, with what follows from it."""
    reason = form.text("reason")
    try:
        left = carry_out(visit, form, lambda session, act: withdraw_consent(session, act, number, reason=reason))
    except Refused as refused:
        return _consents(visit, key, refused)
    return _consents(visit, key, left=left) if left else go(f"/rounds/{key}/consents", "consent-revoked")


def _page(visit: Visit, refused: Refused | None = None) -> HTMLResponse:
    act = visit.act()
    with reading(visit.place.engine) as session:
        due, found = due_erasures(session, act), erasures_of(session, act)
    roles = visit.person.roles(None)
    may = {one for one in ("erasure.ask", "erasure.confirm", "subject.export") if allowed(one, roles)}
    paging = Paging.of(visit.request, len(found))
    others = [row for row, _ in found if row.confirmed_at is None and row.asked_by != visit.person.account_id]
    return visit.page(
        "personal-data.html",
        waiting=sum(row.ground == "retention" for row in others),
        files=sum(len(row.files_left) for row, _ in found),
        status=refused.status if refused else 200,
        table=RETENTIONS,
        due=due,
        found=found[paging.offset : paging.offset + paging.limit],
        paging=paging,
        kinds={key: kind.title for key, kind in KINDS.items()},
        may=may,
        me=visit.person.account_id,
        refused=refused,
    )


def _due(visit: Visit, refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        found = waiting_due(session, visit.act())
    return visit.page(
        "personal-due.html",
        status=refused.status if refused else 200,
        found=found[:MOST_AT_ONCE],
        total=len(found),
        kinds={key: kind.title for key, kind in KINDS.items()},
        refused=refused,
    )


def _consents(visit: Visit, key: str, refused: Refused | None = None, left: str = "") -> HTMLResponse:
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        found = consents_of(session, visit.act(), key)
    roles = visit.person.roles(round_.id)
    paging = Paging.of(visit.request, len(found))
    return visit.page(
        "consents.html",
        status=refused.status if refused else 200,
        round=round_,
        found=found[paging.offset : paging.offset + paging.limit],
        paging=paging,
        evidence=EVIDENCE,
        may={one for one in ("consent.record", "consent.withdraw") if allowed(one, roles)},
        left=left,
        refused=refused,
    )


def _number(text: str) -> int | None:
    if text and not (text.isascii() and text.isdecimal()):
        raise Invalid("材料编号须是数字；以书面信函为据的，不填。")
    return int(text) if text else None
