"""Where auditors check and take away: verify now, evidence bundles, refusals, loans, the witness, what is overseen."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Thread

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import FileResponse, HTMLResponse, Response

from craftsman.actions import audit_works
from craftsman.actions.acting import Act
from craftsman.actions.audit_loans import loans_of
from craftsman.actions.audit_views import note_view
from craftsman.actions.checkpoints import witnessed
from craftsman.actions.invariants import AGREE
from craftsman.actions.oversight import SHEETS, overseen
from craftsman.actions.portal_reads import check_results
from craftsman.actions.rounds import rounds
from craftsman.actions.timelines import office_timeline, trail_rounds
from craftsman.actions.verification import history_line, witness_line
from craftsman.actions.views import round_by_key
from craftsman.errors import NotFound, Refused
from craftsman.portal.auditors import Asked
from craftsman.portal.paging import Paging, cut_of
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out, go
from craftsman.portal.waiting import progress_page
from craftsman.store.engine import reading, transaction
from models import AuditWorkKind

router = APIRouter()
REFUSALS = ("access.refused", "access.refused_often")


def in_background(deed: Callable[[], None]) -> None:
    """Do it in a thread of this process, beside the answer."""
    Thread(target=deed, name="audit-work", daemon=True).start()


@router.get("/audit")
def show_audit(visit: Member) -> HTMLResponse:
    """Where an auditor begins: the rounds, and what belongs to none."""
    with reading(visit.place.engine) as session:
        mine = set(trail_rounds(session, visit.act()))
        shown = [one for one in rounds(session) if one.id in mine]
        found = witnessed(session, visit.place)
    return visit.page("audit.html", rounds=shown, witnessed=witness_line(found))


@router.get("/rounds/{key}/verify")
def show_verify(visit: Member, key: str) -> HTMLResponse:
    """The checks that were asked for, how far they are, and what they found."""
    return _verify_page(visit, key)


@router.post("/rounds/{key}/verify")
def verify(visit: Member, form: Sent, key: str) -> Response:
    """Check every event, or those since the last check that held, then the tables against the history."""
    whole = form.text("extent") != "since"
    with reading(visit.place.engine) as session:
        round_id = round_by_key(session, key).id or 0
    try:
        _begin(visit, form, lambda session, act: audit_works.ask_check(session, act, round_id, whole=whole))
    except Refused as refused:
        return _verify_page(visit, key, refused)
    return go(f"/rounds/{key}/verify", "check-begun")


@router.get("/rounds/{key}/bundles")
def show_bundles(visit: Member, key: str) -> HTMLResponse:
    """One's own evidence bundles of a round."""
    return _bundles_page(visit, key)


@router.post("/rounds/{key}/export")
def export(visit: Member, form: Sent, key: str) -> Response:
    """Make the evidence bundle; making and taking it are recorded, each time."""
    with reading(visit.place.engine) as session:
        round_id = round_by_key(session, key).id or 0
    try:
        _begin(visit, form, lambda session, act: audit_works.ask_bundle(session, act, round_id))
    except Refused as refused:
        return _bundles_page(visit, key, refused)
    return go(f"/rounds/{key}/bundles", "bundle-begun")


@router.post("/rounds/{key}/bundles/{number}")
def take_bundle(visit: Member, form: Sent, key: str, number: Id) -> Response:
    """The file of a bundle."""
    _ = form
    with transaction(visit.place.engine) as session:
        row, key, file = audit_works.bundle_file(session, visit.act(), number, _folder(visit))
    name = f"history-{key}-{row.asked_at:%Y%m%d-%H%M}.zip"
    return FileResponse(file, media_type="application/zip", filename=name)


@router.get("/audit/refusals")
def show_refusals(visit: Member, wanted: Asked) -> HTMLResponse:
    """What was refused to whom."""
    with reading(visit.place.engine) as session:
        shown = office_timeline(session, visit.act(), replace(wanted, acts=REFUSALS))
    note_view(visit.act(), None, "list", "refusals")
    return visit.page("refusals.html", events=shown, wanted=wanted)


@router.get("/audit/emergencies")
def show_loans(visit: Member) -> HTMLResponse:
    """Each role that was lent in an emergency, with what was done under it."""
    with reading(visit.place.engine) as session:
        shown = loans_of(session, visit.act())
    note_view(visit.act(), None, "list", "emergencies")
    return visit.page("loans.html", loans=shown)


@router.get("/audit/witness")
def show_witness(visit: Member) -> HTMLResponse:
    """The last checkpoint, the last cosignature, how old, and whose."""
    with reading(visit.place.engine) as session:
        trail_rounds(session, visit.act())
        found = audit_works.witness_state(session, visit.act())
    return visit.page("witness.html", found=found, now=visit.now)


@router.get("/rounds/{key}/oversight")
def show_oversight(visit: Member, key: str, sheet: str = "leads") -> HTMLResponse:
    """Leads, objections, ties and panels of a round, to look at; no personal data in clear."""
    if sheet not in SHEETS:
        raise NotFound("没有这个页面，请核对网址，或从历史记录页重新进入。")
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        shown = overseen(session, visit.act(), round_, sheet, cut=cut_of(visit.request))
    note_view(visit.act(), round_.id, sheet, key)
    paging = Paging.of(visit.request, shown.total)
    return visit.page("oversight.html", round=round_, sheet=sheet, sheets=SHEETS, shown=shown, paging=paging)


def _begin(visit: Visit, form: Sent, ask: Callable[[Session, Act], int]) -> None:
    """Ask for a work in one transaction, and do it in the background; a form sent twice asks once."""
    number = carry_out(visit, form, ask)
    if number is not None:
        background: Callable[[Callable[[], None]], None] = visit.request.app.state.background
        background(partial(audit_works.carry_out, visit.act(), number, _folder(visit)))


def _verify_page(visit: Visit, key: str, refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        works = audit_works.works_of(session, visit.act(), round_.id or 0, AuditWorkKind.CHECK)
        start = audit_works.last_start(session)
        results = check_results(session, round_.id or 0)
        found = witnessed(session, visit.place)
    return progress_page(
        visit,
        "verify.html",
        runs=any(one.runs for one in works),
        status=refused.status if refused else 200,
        round=round_,
        works=works,
        start=start,
        results=results,
        lines=[history_line(one.row.total, one.row.root, one.row.since) for one in works],
        agree=AGREE,
        witness_told=witness_line(found),
        refused=refused,
    )


def _bundles_page(visit: Visit, key: str, refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        works = audit_works.works_of(session, visit.act(), round_.id or 0, AuditWorkKind.BUNDLE)
    status = refused.status if refused else 200
    runs = any(one.runs for one in works)
    told = {"round": round_, "works": works, "log_key": str(visit.place.log_signer.verifier)}
    return progress_page(visit, "bundles.html", runs=runs, status=status, refused=refused, **told)


def _folder(visit: Visit) -> Path:
    return visit.place.settings.bundles_dir
