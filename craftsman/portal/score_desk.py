"""A judge's list of cases: conflicts declared before anything is read, and sheets filled in away from the network."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from craftsman.actions.review import my_assignments
from craftsman.actions.score_sheets import export_sheets, import_sheets, returned_sheets
from craftsman.actions.views import round_by_key, stage_view
from craftsman.errors import Refused
from craftsman.portal.answers import settled
from craftsman.portal.downloads import attachment
from craftsman.portal.forms import Form
from craftsman.portal.intake import XLSX
from craftsman.portal.own_uploads import must_not_flood
from craftsman.portal.parts import Id, Member, SentWorkbook, Visit, carry_out, go
from craftsman.portal.returned import keep_returned, returned_attachment
from craftsman.store.engine import reading
from craftsman.store.uploads import KEPT

router = APIRouter()
WORKBOOK = "/rounds/{key}/sheets/{run_id}/workbook"


@router.get("/rounds/{key}/sheets")
def show_sheets(visit: Member, key: str) -> HTMLResponse:
    """The visitor's cases of a round."""
    return _sheets_page(visit, key)


@router.get("/rounds/{key}/recusals")
def show_recusals(visit: Member, key: str) -> HTMLResponse:
    """The visitor's open cases by number, name and unit alone, each with a button to take no part."""
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        rows = my_assignments(session, visit.act(), round_.id or 0)
    shown = [row for row in rows if row.stage_open]
    return visit.page("recusals.html", round=round_, rows=shown, onward=f"/rounds/{key}/sheets", ballot=False)


@router.get(WORKBOOK)
def download(visit: Member, run_id: Id) -> Response:
    """The visitor's sheets of a stage as a workbook."""
    with reading(visit.place.engine) as session:
        title = stage_view(session, run_id).run.title
        content = export_sheets(session, visit.act(), run_id)
    return attachment(content, file_name=f"评分表-{title}.xlsx", media_type=XLSX)


@router.post(WORKBOOK)
def upload(visit: Member, form: SentWorkbook, key: str, run_id: Id) -> Response:
    """Hand in the rows of the workbook, or keep them as drafts; what is not accepted is told row by row."""
    must_not_flood(visit)
    draft = bool(form.text("draft"))

    def taken() -> Response:
        content = form.file("workbook").content
        carry_out(visit, form, lambda session, act: import_sheets(session, act, run_id, content, draft=draft))
        return go(f"/rounds/{key}/sheets", "workbook-drafted" if draft else "workbook-scored")

    return settled(taken, lambda refused: _refused_page(visit, form, key, run_id, refused))


@router.get("/rounds/{key}/sheets/{run_id}/returned/{sha256}")
def download_returned(visit: Member, key: str, run_id: Id, sha256: str) -> Response:
    """The visitor's own workbook with every wrong cell marked."""
    with reading(visit.place.engine) as session:
        visit.act().must("score.submit", round_by_key(session, key).id)
    return returned_attachment(visit, _desk(key, run_id), sha256)


def _desk(key: str, run_id: int) -> str:
    return f"/rounds/{key}/sheets/{run_id}"


def _refused_page(visit: Visit, form: Form, key: str, run_id: int, refused: Refused) -> HTMLResponse:
    sent = form.files.get("workbook")
    returned = keep_returned(visit, _desk(key, run_id), sent, returned_sheets, refused) if sent else ""
    return _sheets_page(visit, key, refused, sent_to=run_id, returned=returned)


def _sheets_page(
    visit: Visit, key: str, refused: Refused | None = None, *, sent_to: int = 0, returned: str = ""
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        rows = my_assignments(session, visit.act(), round_.id or 0)
    status = refused.status if refused else 200
    return visit.page(
        "sheets.html",
        status=status,
        round=round_,
        rows=rows,
        refused=refused,
        sent_to=sent_to,
        returned=returned,
        kept_days=KEPT.days,
    )
