"""Open to everybody: the notices, objecting to a name on one, and checking a certificate."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.certificates import check_certificate
from craftsman.actions.checkpoints import proof_with, record_of
from craftsman.actions.documents import document_bytes
from craftsman.actions.intake_desk import open_intakes
from craftsman.actions.lists import people_of
from craftsman.actions.objection_codes import query_code
from craftsman.actions.objection_files import LARGEST, MOST_FILES, TAKEN, Evidence, ready_evidence
from craftsman.actions.objections import file_objection
from craftsman.actions.portal_public import front_page, notice_page, public_notices
from craftsman.actions.portal_reads import done_to
from craftsman.actions.site import site_pages
from craftsman.documents.site import STYLE
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.portal.cached import DAY, MINUTE, MINUTES, cacheable
from craftsman.portal.downloads import issued_page
from craftsman.portal.forms import Form, read_upload
from craftsman.portal.months import months_of
from craftsman.portal.parts import Guest, Id, Visit, carry_out, go, public_host
from craftsman.rules.certificates import read_certificate_number
from craftsman.rules.objections import GROUNDS
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading

router = APIRouter()


@router.get("/records/{seq}/{code}")
def proof(visit: Guest, seq: Id, code: str) -> Response:
    """The proof of one record for whoever holds its receipt: it can be checked with the public keys alone."""
    with reading(visit.place.engine) as session:
        content = proof_with(session, visit.act(), seq, code)
    headers = {"content-disposition": f'attachment; filename="record-{seq}.tlog-proof"'}
    return Response(content, media_type="text/plain; charset=utf-8", headers=headers)


OFFICE = ("notice.post", "notice.edit", "notice.correct", "notice.outage", "notice.clear")
FEWER = "请压缩后再上传，或将证据寄送活动办公室"
MEDIA = {"html": "text/html", "css": "text/css", "json": "application/json"}
TOO_OFTEN = "提交次数过多，请一小时后再试，或以来信、来电、来访方式反映。"


@router.get("/")
def home(visit: Guest) -> Response:
    """The public's first page; whoever has logged in goes to what waits for them."""
    if visit.actor:
        return go("/tasks")
    with reading(visit.place.engine) as session:
        front = front_page(session, visit.act())
    return cacheable(visit, visit.page("home.html", front=front), MINUTE)


@router.get("/notices")
def show_notices(visit: Guest) -> Response:
    """All notices that were posted, the latest first; above them the rounds that take leads."""
    with reading(visit.place.engine) as session:
        page = visit.page("notices.html", notices=public_notices(session), intakes=open_intakes(session))
    return cacheable(visit, page, MINUTE)


@router.get("/notices/{notice_id}")
def show_notice(visit: Guest, notice_id: Id) -> Response:
    """A notice: period, list, documents, and how to object; for the verifier also how to post it."""
    with reading(visit.place.engine) as session:
        shown = notice_page(session, visit.act(), notice_id)
        page = visit.page(
            "notice.html",
            shown=shown,
            people=people_of(session, shown.notice),
            tiers={tier.key: tier.title for tier in shown.view.programme.rules.tiers},
            months=months_of(shown.term) if shown.term else [],
            may=frozenset(one for one in OFFICE if allowed(one, visit.act().actor.roles(shown.view.round_id))),
        )
    return cacheable(visit, page, MINUTE)


@router.get("/notices/{notice_id}/document")
def show_issued_notice(visit: Guest, notice_id: Id) -> Response:
    """The notice as it was issued, byte for byte."""
    with reading(visit.place.engine) as session:
        paper = notice_page(session, visit.act(), notice_id).html
    if paper is None:
        raise NotFound("这份公示尚未发布。")
    return cacheable(visit, issued_page(document_bytes(visit.place, paper)), MINUTES)


@router.get("/notices/{notice_id}/objection")
def show_objection_form(visit: Guest, notice_id: Id) -> HTMLResponse:
    """The form to object to a name, while the period lasts."""
    return _objection_form(visit, notice_id, {})


async def objection_of(request: Request, visit: Guest) -> Form:
    """The form of an objection with its files."""
    host, largest = public_host(visit), MOST_FILES * LARGEST
    return await read_upload(
        request, key=visit.token, public_host=host, largest=largest, remedy=FEWER, most_files=MOST_FILES
    )


@router.post("/notices/{notice_id}/objection")
def object_to(visit: Guest, form: Annotated[Form, Depends(objection_of)], notice_id: Id) -> HTMLResponse:
    """File an objection and show its receipt number; the same form sent twice shows the same number."""
    visit.must_not_throng(visit.portal.limits.objections, visit.address, TOO_OFTEN)
    try:
        files = [ready_evidence(upload.content) for upload in form.files.values()]
        filed = carry_out(visit, form, lambda session, act: _filed(session, act, notice_id, form, files))
    except Invalid as refused:
        return _objection_form(visit, notice_id, dict(form.fields), refused)
    with reading(visit.place.engine) as session:
        receipt_no = filed or done_to(session, form.request_id(visit.sender))
        kept = record_of(session, visit.place, receipt_no)
    code = query_code(visit.place.secrets, receipt_no)
    return visit.page("objection-filed.html", receipt_no=receipt_no, code=code, kept=kept)


@router.get("/winners")
def go_to_winners() -> Response:
    """The site of winners, as it is exported for other web servers; links on its pages are relative."""
    return go("/winners/index.html")


@router.get("/winners/{path:path}")
def show_winners(visit: Guest, path: str) -> Response:
    """A page of that site, always as the awards stand now."""
    with reading(visit.place.engine) as session:
        make = site_pages(session).get(path)
    if make is None:
        raise NotFound("没有这个页面，请从历届人选首页重新进入。")
    answer = Response(make(), media_type=MEDIA[path.rpartition(".")[2]])
    return cacheable(visit, answer, DAY if path == STYLE else MINUTES)


@router.get("/certificates")
def ask_for_certificate(visit: Guest, number: str = "") -> Response:
    """The form that asks for a certificate number; without scripts it comes back here.

    Only a number that reads as one becomes an address: browsers would take dots and slashes for a way elsewhere.
    """
    typed = number.strip()[:80]
    if not typed:
        return cacheable(visit, visit.page("certificate.html", number="", checked=None, problem=""), MINUTES)
    try:
        return go(f"/certificates/{read_certificate_number(typed)}")
    except Invalid as refused:
        shown = {"number": typed, "checked": None, "problem": refused.reason}
        return visit.page("certificate.html", status=refused.status, **shown)


@router.get("/certificates/{number}")
def show_certificate(visit: Guest, number: str) -> HTMLResponse:
    """What stands behind a certificate number: valid, reissued, revoked, or unknown; the name masked."""
    try:
        with reading(visit.place.engine) as session:
            checked = check_certificate(session, number[:80])
    except (Invalid, NotFound) as refused:
        shown = {"number": number[:80], "checked": None, "problem": refused.reason}
        return visit.page("certificate.html", status=refused.status, **shown)
    return visit.page("certificate.html", number=checked.number, checked=checked, problem="")


def _filed(session: Session, act: Act, notice_id: int, form: Form, files: Sequence[Evidence]) -> str:
    objection = file_objection(
        session,
        act,
        notice_id,
        case_no=form.text("case_no", most=40),
        grounds=form.text("grounds"),
        objector_name=form.text("objector_name", most=80),
        contact=form.text("contact", most=120),
        kind="unit" if form.text("kind") == "unit" else "person",
        ground=form.text("ground", most=40),
        email=form.text("email", most=120),
        files=files,
    )
    return objection.receipt_no


def _objection_form(
    visit: Visit, notice_id: int, typed: Mapping[str, str], refused: Refused | None = None
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        shown = notice_page(session, visit.act(), notice_id)
        if not shown.objectable:
            raise Refused("现在不在公示期内，不能在此提出异议；信函以邮戳日期为准，请寄活动办公室。")
        people = people_of(session, shown.notice)
        status = refused.status if refused else 200
        return visit.page(
            "objection.html",
            status=status,
            shown=shown,
            people=people,
            typed=typed,
            refused=refused,
            grounds=GROUNDS,
            most_files=MOST_FILES,
            taken=TAKEN,
        )
