"""The ledger of 五进: a year's visits as a page and as a workbook."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import HTMLResponse, Response

from craftsman.actions.documents import XLSX
from craftsman.actions.outreach_report import ledger, ledger_xlsx
from craftsman.clock import day
from craftsman.portal.downloads import attachment
from craftsman.portal.paging import Paging
from craftsman.portal.parts import Member, go
from craftsman.store.engine import reading

router = APIRouter()
Year = Annotated[int, Path(ge=2000, le=2100)]


@router.get("/outreach")
def go_to_ledger(visit: Member) -> Response:
    """The ledger of the present year."""
    return go(f"/outreach/{day(visit.now).year}")


@router.get("/outreach/{year}")
def show_ledger(visit: Member, year: Year, venue: str = "", state: str = "", name: str = "") -> HTMLResponse:
    """The year's totals by winner and every visit, or those that are looked for."""
    with reading(visit.place.engine) as session:
        found = ledger(session, visit.act(), year)
    lines = [
        line
        for line in found.lines
        if venue in {"", line.venue.value} and state in {"", line.status.value} and name.strip() in line.name
    ]
    paging = Paging.of(visit.request, len(lines))
    return visit.page(
        "outreach.html",
        ledger=found,
        lines=lines[paging.offset : paging.offset + paging.limit],
        paging=paging,
        sought={"venue": venue, "state": state, "name": name},
    )


@router.get("/outreach/{year}/workbook")
def download_ledger(visit: Member, year: Year) -> Response:
    """The same as a workbook."""
    with reading(visit.place.engine) as session:
        content = ledger_xlsx(ledger(session, visit.act(), year))
    return attachment(content, file_name=f"{year}年五进活动台账.xlsx", media_type=XLSX)
