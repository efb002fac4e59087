"""Workbooks through the portal: the blank one, a preview that writes nothing, taking exactly those bytes in."""

from collections.abc import Mapping
from concurrent.futures import Future, wait
from typing import Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, RedirectResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.documents import XLSX
from craftsman.actions.intake import ImportReport, Prepared, apply_import, prepare_import, returned_file
from craftsman.actions.intake_checks import (
    Result,
    check_of,
    checks_waiting,
    claim_check,
    end_taken,
    result_of,
    step_of,
)
from craftsman.actions.intake_desk import IntakeDesk, as_taken, batches_of, count_batches, intake_desk
from craftsman.actions.long_works import is_lost, is_under_way
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.portal.checking import Job
from craftsman.portal.downloads import attachment
from craftsman.portal.own_uploads import keep_own, must_not_flood, own_upload, owner_of
from craftsman.portal.paging import Paging
from craftsman.portal.parts import Member, Sent, SentWorkbook, Visit, carry_out, done_once, go
from craftsman.portal.waiting import progress_page
from craftsman.store.engine import reading
from craftsman.store.files import bare_name
from craftsman.store.uploads import KEPT, Upload
from craftsman.workbook.check import Watch
from craftsman.workbook.package import MAX_FILE
from craftsman.workbook.read import refuse_unlike
from craftsman.workbook.template import blank_workbook

router = APIRouter()

MOST_SHOWN = 100
BATCHES = 20
TOO_OFTEN = "一小时内上传的文件过多，请一小时后再试；大批文件可请活动办公室代为导入。"
UNDER_WAY = "这份文件正在重新核对，请等核对结束后再操作。"
# a check that takes longer gets a page of its own, which tells how far it is
PATIENCE = 1.0


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
    must_not_flood(visit, TOO_OFTEN)
    try:
        sent = form.file("workbook")
        upload = Upload(bare_name(sent.name), sent.content)
        prepared = _prepared_soon(visit, desk, upload)
    except Invalid as refused:
        return _intake_page(visit, key, refused)
    report = _tried(visit, desk, prepared) if prepared else None
    keep_own(visit, desk.round.key, upload)
    if prepared is None or report is None:
        return go(_page_of(desk, upload.sha256))
    return _report_page(visit, desk, prepared, report, taken=False)


@router.get("/rounds/{key}/intake/checks/{sha256}")
def show_check(visit: Member, key: str, sha256: str) -> HTMLResponse:
    """How far the check of a workbook is, its report once it is done, or that it broke off."""
    desk = _desk(visit, key)
    upload = _kept(visit, desk, sha256)
    with reading(visit.place.engine) as session:
        row = check_of(session, visit.act(), desk.round_id, sha256)
    runs = row is not None and is_under_way(row, visit.now)
    result = None if runs else result_of(visit.place, owner_of(visit, desk.round.key), upload)
    if result is not None and result.refused:
        return _intake_page(visit, key, Invalid(result.refused))
    if result is not None and result.prepared is not None:
        return _report_page(visit, desk, result.prepared, _tried(visit, desk, result.prepared), taken=False)
    step, since = (step_of(row), (visit.now - row.asked_at).seconds) if row else (None, 0)
    told: Mapping[str, Any] = {"round": desk.round, "check": row, "step": step, "since": since, "upload": upload}
    return progress_page(visit, "intake-checking.html", runs=runs, **told)


@router.post("/rounds/{key}/intake/checks/{sha256}")
def check_again(visit: Member, form: Sent, key: str, sha256: str) -> RedirectResponse:
    """Begin a check again that broke off; one that is under way or done stays as it is."""
    _ = form
    desk = _desk(visit, key)
    _begin(visit, desk, _kept(visit, desk, sha256))
    return go(_page_of(desk, sha256))


@router.post("/rounds/{key}/intake")
def take_in(visit: Member, form: Sent, key: str) -> HTMLResponse:
    """Take in the very bytes that were previewed; the same form sent twice shows the same answer."""
    desk = _desk(visit, key)
    prepared = _prepared(visit, desk, form.text("sha256", most=64))

    def deed(session: Session, act: Act) -> ImportReport:
        end_taken(session, act, desk.round_id, prepared.sha256)
        return apply_import(session, act, key, prepared)

    report = carry_out(visit, form, deed) or _as_taken(visit, desk, prepared)
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


def _begin(visit: Visit, desk: IntakeDesk, upload: Upload) -> "Future[Result] | None":
    """Begin the check of a file in this process; None where it is under way in some process, or done."""
    owner = owner_of(visit, desk.round.key)
    known = visit.place.uploads.noted(owner, upload.sha256) is not None
    claim = done_once(
        visit.act(), lambda session, act: claim_check(session, act, desk.round_id, upload.sha256, known=known)
    )

    def work(watch: Watch) -> Prepared:
        return prepare_import(visit.place, desk.programme, upload.content, upload.name, watch=watch)

    return visit.portal.checks.start(claim, Job(visit.place, owner, upload.sha256, work)) if claim else None


def _prepared_soon(visit: Visit, desk: IntakeDesk, upload: Upload) -> Prepared | None:
    """A file that was sent, ready to be taken in; None while that takes longer. Raises Invalid for a wrong file."""
    refuse_unlike(upload.content, upload.name)
    future = _begin(visit, desk, upload)
    if future is None:
        found = result_of(visit.place, owner_of(visit, desk.round.key), upload)
        return found.prepared if found else None
    wait([future], timeout=PATIENCE)
    return _ready(future.result()) if future.done() else None


def _ready(result: Result) -> Prepared:
    if result.prepared is None:
        raise Invalid(result.refused)
    return result.prepared


def _prepared(visit: Visit, desk: IntakeDesk, sha256: str) -> Prepared:
    """A file of the visitor's that was previewed, ready to be taken in."""
    upload = _kept(visit, desk, sha256)
    found = result_of(visit.place, owner_of(visit, desk.round.key), upload)
    if found is None:
        future = _begin(visit, desk, upload)
        if future is None:
            raise Refused(UNDER_WAY)
        found = future.result()
    return _ready(found)


def _tried(visit: Visit, desk: IntakeDesk, prepared: Prepared) -> ImportReport:
    with reading(visit.place.engine) as session:
        return apply_import(session, visit.act(), desk.round.key, prepared, dry_run=True)


def _as_taken(visit: Visit, desk: IntakeDesk, prepared: Prepared) -> ImportReport:
    """The answer of before, for a form that comes again."""
    tried = _tried(visit, desk, prepared)
    with reading(visit.place.engine) as session:
        return as_taken(session, desk, tried, prepared.sha256)


def _page_of(desk: IntakeDesk, sha256: str) -> str:
    return f"/rounds/{desk.round.key}/intake/checks/{sha256}"


def _kept(visit: Visit, desk: IntakeDesk, sha256: str) -> Upload:
    return own_upload(visit, desk.round.key, sha256)


def _intake_page(visit: Visit, key: str, refused: Invalid | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        desk = intake_desk(session, visit.act(), key)
        paging = Paging.of(visit.request, count_batches(session, visit.act(), desk.round_id), BATCHES)
        batches = batches_of(session, visit.act(), desk.round_id, paging.offset, paging.limit)
        begun = checks_waiting(session, visit.act(), desk.round_id)
    uploads, owner = visit.place.uploads, owner_of(visit, desk.round.key)
    kept = {one.sha256 for one, _ in batches if one.refused and uploads.holds(owner, one.sha256)}
    shown: Mapping[str, Any] = {"desk": desk, "round": desk.round, "batches": batches, "kept": kept, "paging": paging}
    status = refused.status if refused else 200
    held = [one for one in begun if uploads.holds(owner, one.sha256)]
    checks = [(one, uploads.fetch(owner, one.sha256).name, is_lost(one, visit.now), step_of(one)) for one in held]
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
