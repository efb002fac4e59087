"""The expert library: the office's, searched, filtered, loaded, contacts for a reason; and a round's, only read."""

from collections.abc import Mapping

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.documents import XLSX
from craftsman.actions.experts import (
    ExpertLine,
    Loaded,
    contact_of,
    expert_line,
    expert_lines,
    expert_lines_for,
    load_experts,
)
from craftsman.actions.views import round_by_key
from craftsman.errors import Refused
from craftsman.portal.answers import search, settled
from craftsman.portal.downloads import attachment
from craftsman.portal.forms import Form
from craftsman.portal.listing import Kind
from craftsman.portal.own_uploads import keep_own, own_upload
from craftsman.portal.parts import Member, Sent, SentWorkbook, Visit, carry_out, go, must_be_confirmed
from craftsman.store.engine import reading, transaction
from craftsman.store.uploads import Upload
from craftsman.workbook.blank_table import Column, blank_table
from craftsman.workbook.tables import EXPERTS, read_experts

router = APIRouter()
DESK = "experts"
HERE = "/experts"
MOST_SHOWN = 200
MOST_ROWS = 2000
TITLES = {heading.key: title for title, heading in EXPERTS.items()}
HINTS: Mapping[str, Column] = {
    "编号": Column("专家库中的编号，不重复", 12),
    "产业代码": Column("几个用、隔开", 16),
    "行政区划代码": Column("六位代码，如 130102", 14),
    "账号": Column("其登录账号，答复参加之前须有", 16),
    "在库": Column("停用的不参加抽取", 8, ("是", "否")),
}
LIBRARY: Kind[ExpertLine] = Kind(
    {"state": "状态", "discipline": "产业代码"},
    {
        "number": ("编号", lambda one: one.expert.number),
        "past": ("评审件数多的在前", lambda one: (-one.past, one.expert.number)),
        "unit": ("单位", lambda one: (one.expert.unit, one.expert.number)),
    },
)


@router.get(HERE)
def show_experts(visit: Member) -> HTMLResponse:
    """The library without contacts, and for who may load it the form."""
    return _page(visit)


@router.post(HERE)
def search_experts(visit: Member, form: Sent) -> Response:
    """The list narrowed by searched words."""
    return search(visit, form)


@router.get("/rounds/{key}/experts")
def show_experts_of_round(visit: Member, key: str) -> HTMLResponse:
    """The library for who draws in this round: to be read only, without logins and contacts."""
    return _of_round(visit, key)


@router.post("/rounds/{key}/experts")
def search_experts_of_round(visit: Member, form: Sent, key: str) -> Response:
    """The same narrowed by searched words."""
    _ = key
    return search(visit, form)


@router.get(f"{HERE}/template")
def template(visit: Member) -> Response:
    """The blank table of experts."""
    visit.act().must("expert.load", None)
    columns = {title: (HINTS.get(title, Column(title, 18)), heading.needed) for title, heading in EXPERTS.items()}
    return attachment(blank_table("专家", columns, rows=MOST_ROWS), file_name="专家名单.xlsx", media_type=XLSX)


@router.post(f"{HERE}/check")
def check(visit: Member, form: SentWorkbook) -> Response:
    """What would change by a table (.xlsx or .csv); nothing is loaded yet."""
    visit.act().must("expert.load", None)

    def checked() -> Response:
        upload, source = form.file("workbook"), form.text("source", most=400)
        with reading(visit.place.engine) as session:
            found = _load(session, visit.act(), upload, source, dry_run=True)
        keep_own(visit, DESK, upload)
        touched = [one for one in found.fates if one.fresh or one.changed]
        return visit.page(
            "experts-preview.html",
            found=found,
            touched=touched,
            most=MOST_SHOWN,
            titles=TITLES,
            source=source,
            sha256=upload.sha256,
        )

    return settled(checked, lambda refused: _page(visit, refused=refused, typed=form))


@router.post(f"{HERE}/load")
def load(visit: Member, form: Sent) -> Response:
    """Load the very bytes that were looked at."""
    upload = own_upload(visit, DESK, form.text("sha256", most=64))
    source = form.text("source", most=400)

    def loaded() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, lambda session, act: _load(session, act, upload, source))
        return go(HERE, "experts-loaded")

    return settled(loaded, lambda refused: _page(visit, refused=refused, typed=form))


@router.get(f"{HERE}/{{number}}")
def show_expert(visit: Member, number: str) -> HTMLResponse:
    """One expert, and the form by which the contact is seen."""
    return _expert(visit, number)


@router.post(f"{HERE}/{{number}}/contact")
def show_contact(visit: Member, form: Sent, number: str) -> Response:
    """Phone and address, once; that they were seen stands in the history."""

    def shown() -> Response:
        with transaction(visit.place.engine) as session:
            contact = contact_of(session, visit.act(), number, reason=form.text("reason", most=500))
        return _expert(visit, number, contact=contact)

    return settled(shown, lambda refused: _expert(visit, number, refused=refused))


def _load(session: Session, act: Act, upload: Upload, source: str, *, dry_run: bool = False) -> Loaded:
    rows = read_experts(upload.content, upload.name)
    return load_experts(session, act, rows, source=source, dry_run=dry_run)


def _page(visit: Visit, *, refused: Refused | None = None, typed: Form | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        lines = expert_lines(session, visit.act())
    return visit.page(
        "experts.html",
        status=refused.status if refused else 200,
        listing=LIBRARY.listing(visit.request, lines, visit.words),
        round=None,
        here=HERE,
        loads=visit.act().may("expert.load", None),
        typed=dict(typed.fields) if typed else {},
        refused=refused,
    )


def _of_round(visit: Visit, key: str) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        lines = expert_lines_for(session, visit.act(), round_)
    listing = LIBRARY.listing(visit.request, lines, visit.words)
    here = f"/rounds/{key}/experts"
    return visit.page("experts.html", round=round_, listing=listing, here=here, loads=False, refused=None)


def _expert(
    visit: Visit, number: str, *, contact: tuple[str, str] | None = None, refused: Refused | None = None
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        expert = expert_line(session, visit.act(), number)
    return visit.page(
        "expert.html",
        status=refused.status if refused else 200,
        one=expert,
        contact=contact,
        sees=visit.act().may("expert.load", None),
        refused=refused,
    )
