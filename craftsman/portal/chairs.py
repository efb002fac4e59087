"""The chair of a panel: the sheets handed in with their totals, and giving one back to its judge with a reason."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from craftsman.actions.reopening import handed_in, reopen_sheet
from craftsman.actions.views import stage_of
from craftsman.errors import Refused
from craftsman.portal.answers import settled
from craftsman.portal.parts import Member, Sent, Visit, carry_out, go
from craftsman.store.engine import reading

router = APIRouter()


@router.get("/rounds/{key}/stages/{stage}/panel")
def show_panel(visit: Member, key: str, stage: str, sheet: int = 0) -> HTMLResponse:
    """The sheets handed in; the form stands open for the one that was chosen."""
    return _page(visit, key, stage, sheet=sheet)


@router.post("/rounds/{key}/stages/{stage}/panel")
def reopen(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """Give a sheet back; a reason that is not accepted is shown again as typed."""
    case_no, login = form.text("case_no", most=40), form.text("login", most=60)
    with reading(visit.place.engine) as session:
        run_id = stage_of(session, key, stage).run_id

    def reopened() -> Response:
        reason = form.text("reason", most=1000)
        carry_out(
            visit,
            form,
            lambda session, act: reopen_sheet(session, act, run_id, case_no=case_no, login=login, reason=reason),
        )
        return go(f"/rounds/{key}/stages/{stage}/panel", "reopened")

    def again(refused: Refused) -> Response:
        return _page(visit, key, stage, chosen=(case_no, login), reason=form.text("reason", most=100_000), told=refused)

    return settled(reopened, again)


def _page(  # noqa: PLR0913  (where, then what to show again)
    visit: Visit,
    key: str,
    stage: str,
    *,
    sheet: int = 0,
    chosen: tuple[str, str] = ("", ""),
    reason: str = "",
    told: Refused | None = None,
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        view = stage_of(session, key, stage)
        rows = handed_in(session, visit.act(), view.run_id)
    return visit.page(
        "panel.html",
        status=told.status if told else 200,
        view=view,
        rows=rows,
        chosen=next((row for row in rows if row.assignment_id == sheet or (row.case_no, row.login) == chosen), None),
        reason=reason,
        refused=told,
    )
