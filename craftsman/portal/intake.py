"""Workbooks through the portal: the blank one, a preview that writes nothing, taking exactly those bytes in."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.documents import XLSX
from craftsman.actions.intake import ImportReport, Prepared, apply_import, prepare_import, returned_file
from craftsman.actions.intake_desk import IntakeDesk, as_taken, batches_of, count_batches, intake_desk
from craftsman.errors import Invalid, NotFound
from craftsman.portal.checking import Check
from craftsman.portal.downloads import attachment
from craftsman.portal.paging import Paging
from craftsman.portal.parts import Member, Sent, SentWorkbook, Visit, carry_out, go
from craftsman.store.engine import reading
from craftsman.store.files import bare_name
from craftsman.store.uploads import KEPT, Upload
from craftsman.workbook.check import Watch
from craftsman.workbook.package import MAX_FILE
from craftsman.workbook.template import blank_workbook

router = APIRouter()

MOST_SHOWN = 100
BATCHES = 20
TOO_OFTEN = "一小时内上传的文件过多，请一小时后再试；大批文件可请活动办公室代为导入。"
# a check that takes longer gets a page of its own, which tells how far it is
PATIENCE = 2.0


@router.get("/rounds/{key}/intake")
def show_intake(visit: Member, key: str) -> HTMLResponse:
    """The blank workbook, the upload, and what was sent before."""
    return _intake_page(visit, key)


@router.get("/rounds/{key}/intake/template")
def download_template(visit: Member, key: str) -> Response:
    """The blank workbook of the round."""
    content = blank_workbook(_desk(visit, key).programme)
    return attachment(content, file_name="推荐汇总表.xlsx", media_type=XLSX)


@router.post("/rounds/{key}/intake/check")
def check(visit: Member, form: SentWorkbook, key: str) -> Response:
    """Tell what would become of a workbook; nothing of the round is written."""
    desk = _desk(visit, key)
    visit.must_not_throng(visit.portal.limits.uploads, visit.person.login, TOO_OFTEN)
    try:
        sent = form.file("workbook")
        upload = Upload(bare_name(sent.name), sent.content)
        prepared = _checked(visit, desk, upload, PATIENCE)
    except Invalid as refused:
        return _intake_page(visit, key, refused)
    report = _tried(visit, desk, prepared) if prepared else None
    visit.place.uploads.keep(_owner(visit, desk), upload, now=visit.now)
    if prepared is None or report is None:
        return go(f"/rounds/{key}/intake/checks/{upload.sha256}")
    return _report_page(visit, desk, prepared, report, taken=False)


@router.get("/rounds/{key}/intake/checks/{sha256}")
def show_check(visit: Member, key: str, sha256: str) -> HTMLResponse:
    """How far the check of a workbook is, and its report once it is done; another process begins it anew."""
    desk = _desk(visit, key)
    upload = _kept(visit, desk, sha256)
    try:
        prepared = _checked(visit, desk, upload, 0.0)
    except Invalid as refused:
        return _intake_page(visit, key, refused)
    if prepared is not None:
        return _report_page(visit, desk, prepared, _tried(visit, desk, prepared), taken=False)
    known = visit.portal.checks.look(_owner(visit, desk), sha256)
    answer = visit.page("intake-checking.html", round=desk.round, check=known or Check("", upload.name, sha256))
    answer.headers["refresh"] = "2"
    return answer


@router.post("/rounds/{key}/intake")
def take_in(visit: Member, form: Sent, key: str) -> HTMLResponse:
    """Take in the very bytes that were previewed; the same form sent twice shows the same answer."""
    desk = _desk(visit, key)
    prepared = _prepared(visit, desk, form.text("sha256", most=64))

    def deed(session: Session, act: Act) -> ImportReport:
        return apply_import(session, act, key, prepared)

    report = carry_out(visit, form, deed) or _as_taken(visit, desk, prepared)
    visit.portal.checks.forget(_owner(visit, desk), prepared.sha256)
    return _report_page(visit, desk, prepared, report, taken=True)


@router.get("/rounds/{key}/intake/returned/{sha256}")
def download_returned(visit: Member, key: str, sha256: str) -> Response:
    """The visitor's own workbook with every wrong cell marked, as things stand now."""
    desk = _desk(visit, key)
    prepared = _prepared(visit, desk, sha256)
    marked = returned_file(prepared, _tried(visit, desk, prepared).problems)
    if marked is None:
        raise NotFound("这份文件没有需要改正的单元格。")
    stem = prepared.file_name.rpartition(".")[0] or prepared.file_name
    return attachment(marked, file_name=f"{stem}-退回.xlsx", media_type=XLSX)


def _desk(visit: Visit, key: str) -> IntakeDesk:
    with reading(visit.place.engine) as session:
        return intake_desk(session, visit.act(), key)


def _checked(visit: Visit, desk: IntakeDesk, upload: Upload, seconds: float | None) -> Prepared | None:
    """What came of a file's check, None while it takes longer than that. Raises Invalid for a wrong file."""

    def work(watch: Watch) -> Prepared:
        return prepare_import(visit.place, desk.programme, upload.content, upload.name, watch=watch)

    try:
        return visit.portal.checks.begin(_owner(visit, desk), upload, work).prepared(seconds)
    except Invalid:
        visit.portal.checks.forget(_owner(visit, desk), upload.sha256)
        raise


def _prepared(visit: Visit, desk: IntakeDesk, sha256: str) -> Prepared:
    """A file of the visitor's that was previewed, ready to be taken in, however long that takes."""
    prepared = _checked(visit, desk, _kept(visit, desk, sha256), None)
    assert prepared is not None
    return prepared


def _tried(visit: Visit, desk: IntakeDesk, prepared: Prepared) -> ImportReport:
    with reading(visit.place.engine) as session:
        return apply_import(session, visit.act(), desk.round.key, prepared, dry_run=True)


def _as_taken(visit: Visit, desk: IntakeDesk, prepared: Prepared) -> ImportReport:
    """The answer of before, for a form that comes again."""
    tried = _tried(visit, desk, prepared)
    with reading(visit.place.engine) as session:
        return as_taken(session, desk, tried, prepared.sha256)


def _owner(visit: Visit, desk: IntakeDesk) -> str:
    """A file is previewed for one round by one person, and for both alone it is there afterwards."""
    return f"{desk.round.key}/{visit.person.login}"


def _kept(visit: Visit, desk: IntakeDesk, sha256: str) -> Upload:
    return visit.place.uploads.fetch(_owner(visit, desk), sha256)


def _intake_page(visit: Visit, key: str, refused: Invalid | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        desk = intake_desk(session, visit.act(), key)
        paging = Paging.of(visit.request, count_batches(session, visit.act(), desk.round_id), BATCHES)
        batches = batches_of(session, visit.act(), desk.round_id, paging.offset, paging.limit)
    kept = {
        one.sha256 for one, _ in batches if one.refused and visit.place.uploads.holds(_owner(visit, desk), one.sha256)
    }
    shown: Mapping[str, Any] = {"desk": desk, "round": desk.round, "batches": batches, "kept": kept, "paging": paging}
    status = refused.status if refused else 200
    checks = visit.portal.checks.of(_owner(visit, desk))
    most = MAX_FILE // 1024 // 1024
    return visit.page("intake.html", status=status, largest=most, checks=checks, refused=refused, **shown)


def _report_page(
    visit: Visit, desk: IntakeDesk, prepared: Prepared, report: ImportReport, *, taken: bool
) -> HTMLResponse:
    # a row of another unit's person adds its channel to that person, though it is returned
    merges = any(problem.rule == "nominated_elsewhere" for problem in report.problems)
    return visit.page(
        "intake-report.html",
        round=desk.round,
        prepared=prepared,
        report=report,
        taken=taken,
        changes=bool(report.created or report.updated or merges) and not report.repeated,
        shown=report.problems[:MOST_SHOWN],
        notes=prepared.notes[:MOST_SHOWN],
        kept_days=KEPT.days,
    )
