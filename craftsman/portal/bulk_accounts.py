"""Many accounts by a workbook: a blank to fill in, each row looked at, then made by one and given roles by others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.bulk_accounts import (
    BulkRow,
    add_people,
    blank_for_people,
    grant_people,
    read_people,
    rows_to_add,
    rows_to_grant,
)
from craftsman.actions.documents import XLSX
from craftsman.actions.rounds import rounds
from craftsman.actions.views import round_by_key
from craftsman.errors import Refused
from craftsman.portal.answers import settled
from craftsman.portal.downloads import attachment
from craftsman.portal.forms import Form
from craftsman.portal.own_uploads import keep_own, must_not_flood, own_upload
from craftsman.portal.parts import Member, Sent, SentWorkbook, Visit, carry_out, go, must_be_confirmed
from craftsman.store.engine import reading
from craftsman.store.uploads import Upload
from models import RoundStatus

router = APIRouter()
DESK = "accounts"


@dataclass(frozen=True, slots=True)
class Way:
    """What a workbook of people is used for: its page, the act that it asks, what becomes of each row and of all."""

    here: str
    above: str
    asks: str
    rows: Callable[..., list[BulkRow]]
    deed: Callable[..., int]
    done: str


ADDING = Way("/accounts/new/bulk", "/accounts", "account.create", rows_to_add, add_people, "accounts-added")
GRANTING = Way("/grants/new/bulk", "/grants", "account.propose", rows_to_grant, grant_people, "grants-proposed")


@router.get("/accounts/new/template")
def template(visit: Member) -> Response:
    """The blank workbook, for accounts and for roles alike."""
    with reading(visit.place.engine) as session:
        content = blank_for_people(session, visit.act())
    return attachment(content, file_name="账号名单.xlsx", media_type=XLSX)


@router.get(ADDING.here)
def show_adding(visit: Member) -> HTMLResponse:
    """Where a workbook of new accounts is sent."""
    return _page(visit, ADDING)


@router.post(f"{ADDING.here}/check")
def check_adding(visit: Member, form: SentWorkbook) -> Response:
    """What would become of each row; nothing is made yet."""
    return _checked(visit, ADDING, form)


@router.post(ADDING.here)
def add(visit: Member, form: Sent) -> Response:
    """Make the accounts of the very workbook that was looked at, and invite their owners."""
    return _done(visit, ADDING, form)


@router.get(GRANTING.here)
def show_granting(visit: Member) -> HTMLResponse:
    """Where a workbook of people and their roles is sent."""
    return _page(visit, GRANTING)


@router.post(f"{GRANTING.here}/check")
def check_granting(visit: Member, form: SentWorkbook) -> Response:
    """What would be asked for in each row; nothing is yet."""
    return _checked(visit, GRANTING, form)


@router.post(GRANTING.here)
def ask(visit: Member, form: Sent) -> Response:
    """Ask for the roles of the very workbook that was looked at; the auditor confirms them."""
    return _done(visit, GRANTING, form)


def _checked(visit: Visit, way: Way, form: Form) -> Response:
    visit.act().must(way.asks, None)
    must_not_flood(visit)
    key = form.text("round", most=80)

    def checked() -> Response:
        upload = form.file("workbook")
        lines = read_people(upload.content, upload.name)
        with reading(visit.place.engine) as session:
            rows = way.rows(session, visit.act(), lines, round_id=_round(session, key))
        keep_own(visit, DESK, upload)
        return _page(visit, way, key=key, upload=upload, rows=rows)

    return settled(checked, lambda refused: _page(visit, way, key=key, refused=refused))


def _done(visit: Visit, way: Way, form: Form) -> Response:
    key = form.text("round", most=80)
    upload = own_upload(visit, DESK, form.text("sha256", most=64))

    def deed(session: Session, act: Act) -> int:
        lines = read_people(upload.content, upload.name)
        return way.deed(session, act, lines, round_id=_round(session, key))

    def done() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, deed)
        return go(way.above, way.done)

    return settled(done, lambda refused: _page(visit, way, key=key, refused=refused))


def _round(session: Session, key: str) -> int | None:
    return round_by_key(session, key).id if key else None


def _page(  # noqa: PLR0913  (what is shown besides the form, by name)
    visit: Visit,
    way: Way,
    *,
    key: str = "",
    upload: Upload | None = None,
    rows: Sequence[BulkRow] = (),
    refused: Refused | None = None,
) -> HTMLResponse:
    visit.act().must(way.asks, None)
    with reading(visit.place.engine) as session:
        running = [one for one in rounds(session) if one.status == RoundStatus.OPEN]
    return visit.page(
        "accounts-bulk.html",
        status=refused.status if refused else 200,
        way=way,
        adds=way is ADDING,
        rounds=running,
        key=key,
        upload=upload,
        rows=rows,
        refused=refused,
    )
