"""The ledger of 五进: a year's visits as a page and as a workbook."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import HTMLResponse, Response

from craftsman.actions.documents import XLSX
from craftsman.actions.outreach_reads import Ledger, Sought, count_visits, ledger, totals_of, visits_of
from craftsman.actions.outreach_report import ledger_xlsx
from craftsman.actions.outreach_winners import count_unvisited, unvisited
from craftsman.clock import day
from craftsman.portal.answers import search
from craftsman.portal.downloads import attachment
from craftsman.portal.paging import Paging
from craftsman.portal.parts import Member, Sent, Visit, go
from craftsman.store.engine import reading

router = APIRouter()
Year = Annotated[int, Path(ge=2000, le=2100)]
ON_A_PAGE = 50
MARKED = "demonstration"


@router.get("/outreach")
def go_to_ledger(visit: Member) -> Response:
    """The ledger of the present year."""
    return go(f"/outreach/{day(visit.now).year}")


# async, though it waits for nothing: what is not is sent to another thread and back
async def sought_of(venue: str = "", state: str = "", mark: str = "") -> Sought:
    """The filters of the address."""
    return Sought(venue, state, demonstration=mark == MARKED)


Filters = Annotated[Sought, Depends(sought_of)]


@router.get("/outreach/{year}")
def show_ledger(visit: Member, year: Year, sought: Filters) -> HTMLResponse:
    """The year's totals by winner and every visit, or those of one place, state or mark."""
    return _page(visit, year, replace(sought, words=visit.words))


@router.post("/outreach/{year}")
def search_ledger(visit: Member, form: Sent, year: Year) -> Response:
    """The ledger narrowed by a searched name."""
    _ = year
    return search(visit, form)


@router.get("/outreach/{year}/unvisited")
def show_unvisited(visit: Member, year: Year) -> HTMLResponse:
    """Winners who had no visit by the end of the year, each with a link that plans one."""
    with reading(visit.place.engine) as session:
        act = visit.act()
        paging = Paging.of(visit.request, count_unvisited(session, act, year), ON_A_PAGE)
        winners = unvisited(session, act, year, offset=paging.offset, limit=paging.limit)
    return visit.page("outreach-unvisited.html", year=year, winners=winners, paging=paging)


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
        lacking = count_unvisited(session, act, year)
    return visit.page(
        "outreach.html",
        ledger=found,
        lacking=lacking,
        paging=paging,
        sought=sought,
        records=visit.may("outreach.record"),
    )
