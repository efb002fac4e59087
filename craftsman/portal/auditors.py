"""What auditors read: the history of a round, the check of its chain and results, and the export to take away."""

from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from craftsman.actions.history import export_history
from craftsman.actions.portal_reads import check_results, events
from craftsman.actions.verification import check_history
from craftsman.actions.views import round_by_key
from craftsman.portal.parts import Member, Sent
from craftsman.store.engine import reading

router = APIRouter()


@router.get("/rounds/{key}/history")
def show_history(visit: Member, key: str, page: int = 1, subject: str = "") -> HTMLResponse:
    """The history of a round, or of one thing in it, the newest first, by pages."""
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        visit.act().must("audit.read", round_.id)
        shown = events(session, visit.act(), round_.id or 0, subject=subject.strip(), page=page)
    return visit.page("history.html", round=round_, events=shown, subject=subject.strip())


@router.get("/rounds/{key}/verify")
def verify(visit: Member, key: str) -> HTMLResponse:
    """Check every event against its leaf, the tree and the checkpoints, and every sealed result against its digest."""
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        visit.act().must("audit.read", round_.id)
        check = check_history(session, visit.place)
        results = check_results(session, round_.id or 0)
    return visit.page("verify.html", round=round_, check=check, results=results)


@router.post("/rounds/{key}/export")
def export(visit: Member, form: Sent, key: str) -> Response:
    """The audit export; taking it is itself recorded, each time."""
    _ = form
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{key}.zip"
        export_history(visit.act(), key, file)
        content = file.read_bytes()
    headers = {"content-disposition": f'attachment; filename="history-{visit.now:%Y%m%d-%H%M}.zip"'}
    return Response(content, media_type="application/zip", headers=headers)
