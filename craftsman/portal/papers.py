"""Papers of nominations, to be saved: never shown in the browser, for nobody knows what it would make of them."""

from fastapi import APIRouter
from starlette.responses import Response

from craftsman.actions.attachments import fetch_paper
from craftsman.portal.downloads import attachment
from craftsman.portal.parts import Id, Member
from craftsman.store.engine import transaction

router = APIRouter()


@router.get("/papers/{paper_id}")
def download(visit: Member, paper_id: Id) -> Response:
    """A paper as a file to be saved; each reading stands in the history."""
    with transaction(visit.place.engine) as session:
        found = fetch_paper(session, visit.act(), paper_id)
    return attachment(found.content, file_name=found.file_name, media_type=found.media_type)
