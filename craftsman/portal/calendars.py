"""Working days of a year: looked at by months, and a new year's table loaded after a look at what it changes."""

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.calendars import LoadedYear, load_year
from craftsman.actions.documents import XLSX
from craftsman.errors import NotFound, Refused
from craftsman.portal.answers import settled
from craftsman.portal.downloads import attachment
from craftsman.portal.forms import Form
from craftsman.portal.months import year_of
from craftsman.portal.own_uploads import keep_own, own_upload
from craftsman.portal.parts import Member, Sent, SentWorkbook, Visit, carry_out, go, must_be_confirmed
from craftsman.store.engine import reading
from craftsman.store.uploads import Upload
from craftsman.workbook.blank_table import Column, blank_table
from craftsman.workbook.tables import DAYS, read_entries

router = APIRouter()
DESK = "calendars"
ASKS = "reference.load"
MOST_DAYS = 120
COLUMNS = {
    "日期": (Column("放假的每一天；上班的只写周末", 16), True),
    "安排": (Column("放假，或周末调休上班", 12, ("放假", "上班")), True),
    "节日": (Column("如元旦、春节", 16), True),
}


@router.get("/calendars")
def show_calendars(visit: Member, year: int = 0) -> HTMLResponse:
    """The working days of a year as months, by default of this one, and the form that loads another."""
    visit.act().must(ASKS, None)
    if year and year not in visit.place.workdays.years:
        raise NotFound(f"没有 {year} 年的工作日表；国务院办公厅通知发布后，请在“工作日表”页载入。")
    return _page(visit, year or visit.now.year)


@router.get("/calendars/template")
def template(visit: Member) -> Response:
    """The blank table of a year's notice."""
    visit.act().must(ASKS, None)
    blank = blank_table("工作日表", COLUMNS, rows=MOST_DAYS)
    return attachment(blank, file_name="工作日表.xlsx", media_type=XLSX)


@router.post("/calendars/check")
def check(visit: Member, form: SentWorkbook) -> Response:
    """What would change by a table (.xlsx or .csv); nothing is loaded yet."""
    visit.act().must(ASKS, None)

    def checked() -> Response:
        upload = form.file("workbook")
        with reading(visit.place.engine) as session:
            found = _load(session, visit.act(), form, upload, dry_run=True)
        keep_own(visit, DESK, upload)
        return visit.page(
            "calendars-preview.html",
            found=found,
            begun=found.year <= visit.now.year,
            months=year_of(found.year, found.table),
            source=form.text("source", most=400),
            sha256=upload.sha256,
        )

    return settled(checked, lambda refused: _page(visit, visit.now.year, dict(form.fields), refused))


@router.post("/calendars")
def load(visit: Member, form: Sent) -> Response:
    """Load the very bytes that were looked at; terms counted from now on go by them."""
    upload = own_upload(visit, DESK, form.text("sha256", most=64))

    def loaded() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, lambda session, act: _load(session, act, form, upload))
        if visit.place.calendars is not None:
            visit.place.calendars.look_again()
        return go("/calendars", "calendar-loaded")

    return settled(loaded, lambda refused: _page(visit, visit.now.year, dict(form.fields), refused))


def _load(session: Session, act: Act, form: Form, upload: Upload, *, dry_run: bool = False) -> LoadedYear:
    days = read_entries(upload.content, upload.name, DAYS, unique="code")
    year = form.text("year", most=4)
    number = int(year) if year.isascii() and year.isdecimal() else 0
    return load_year(session, act, year=number, days=days, source=form.text("source", most=400), dry_run=dry_run)


def _page(visit: Visit, year: int, typed: dict[str, str] | None = None, refused: Refused | None = None) -> HTMLResponse:
    table = visit.place.workdays
    return visit.page(
        "calendars.html",
        status=refused.status if refused else 200,
        year=year,
        years=sorted(table.years)[-8:],
        months=year_of(year, table) if year in table.years else [],
        typed=typed or {},
        refused=refused,
    )
