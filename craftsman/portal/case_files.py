"""Papers and evidence within the page of a judge's sheet: shown in place, never run, each reading in the history."""

from fastapi import APIRouter
from starlette.responses import Response

from craftsman.actions.case_files import evidence_beside, paper_beside
from craftsman.portal.downloads import shown_in_place
from craftsman.portal.parts import Id, Member
from craftsman.store.engine import transaction

router = APIRouter()


@router.get("/sheets/{assignment_id}/papers/{paper_id}")
def show_paper(visit: Member, assignment_id: Id, paper_id: Id) -> Response:
    """A paper of the judge's own case."""
    with transaction(visit.place.engine) as session:
        found = paper_beside(session, visit.act(), assignment_id, paper_id)
    return shown_in_place(found.content, file_name=found.file_name, media_type=found.media_type)


@router.get("/sheets/{assignment_id}/evidence/{evidence_id}")
def show_evidence(visit: Member, assignment_id: Id, evidence_id: Id) -> Response:
    """Evidence of the judge's own case in this contest."""
    with transaction(visit.place.engine) as session:
        found = evidence_beside(session, visit.act(), assignment_id, evidence_id)
    return shown_in_place(found.content, file_name=found.file_name, media_type=found.media_type)
