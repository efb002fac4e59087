"""The ledger of 五进: a year's visits as a page and as a workbook."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import HTMLResponse, Response

from craftsman.actions.documents import XLSX
from craftsman.actions.outreach_reads import Ledger, Sought, count_visits, ledger, totals_of, visits_of
from craftsman.actions.outreach_report import ledger_xlsx
from craftsman.clock import day
from craftsman.portal.answers import search
from craftsman.portal.downloads import attachment
from craftsman.portal.paging import Paging
from craftsman.portal.parts import Member, Sent, Visit, go
from craftsman.store.engine import reading

router = APIRouter()
Year = Annotated[int, Path(ge=2000, le=2100)]


@router.get("/outreach")
def go_to_ledger(visit: Member) -> Response:
    """The ledger of the present year."""
    return go(f"/outreach/{day(visit.now).year}")


@router.get("/outreach/{year}")
def show_ledger(visit: Member, year: Year, venue: str = "", state: str = "") -> HTMLResponse:
    """The year's totals by winner and every visit, or those of one place or state."""
    return _page(visit, year, Sought(venue, state, visit.words))


@router.post("/outreach/{year}")
def search_ledger(visit: Member, form: Sent, year: Year) -> Response:
    """The ledger narrowed by a searched name."""
    _ = year
    return search(visit, form)


@router.get("/outreach/{year}/workbook")
def download_ledger(visit: Member, year: Year) -> Response:
    """The same as a workbook."""
    with reading(visit.place.engine) as session:
        content = ledger_xlsx(ledger(session, visit.act(), year))
    return attachment(content, file_name=f"{year}年五进活动台账.xlsx", media_type=XLSX)


def _page(visit: Visit, year: int, sought: Sought) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        act = visit.act()
        paging = Paging.of(visit.request, count_visits(session, act, year, sought))
        lines = visits_of(session, act, year, sought, offset=paging.offset, limit=paging.limit)
        found = Ledger(year, lines, totals_of(session, act, year))
    return visit.page(
        "outreach.html",
        ledger=found,
        paging=paging,
        sought=sought,
        records=visit.may("outreach.record"),
    )
