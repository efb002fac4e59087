"""补正: what failed the screening, returned after a preview, with deadlines; and what came back, taken."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from craftsman.actions.supplement_reads import (
    NOT_ASKED,
    SupplementDesk,
    SupplementLine,
    chosen_lines,
    supplement_desk,
)
from craftsman.actions.supplements import answer_by_papers, request_supplements
from craftsman.errors import Refused
from craftsman.portal.answers import search
from craftsman.portal.listing import Kind
from craftsman.portal.parts import Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading

router = APIRouter()
RETURNED: Kind[SupplementLine] = Kind(
    {"state": "补正", "unit": "推荐单位"},
    {
        "due": (
            "期限近的在前",
            lambda one: (one.given is None, one.given.due_at.timestamp() if one.given else 0.0, one.case_no),
        ),
        "unit": ("推荐单位", lambda one: (one.unit, one.case_no)),
        "case": ("申报编号", lambda one: one.case_no),
    },
)


@router.get("/rounds/{key}/stages/{stage}/supplements")
def show_supplements(visit: Member, key: str, stage: str) -> HTMLResponse:
    """Who failed, what was returned to whom until when, and what came back."""
    return _page(visit, key, stage)


@router.post("/rounds/{key}/stages/{stage}/supplements")
def search_supplements(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """The list narrowed by searched words."""
    _ = key, stage
    return search(visit, form)


@router.post("/rounds/{key}/stages/{stage}/supplements/preview")
def preview(visit: Member, form: Sent, key: str, stage: str) -> HTMLResponse:
    """What a return of the chosen cases would do: to whom, why, until when; nothing is changed."""
    try:
        desk = _desk(visit, key, stage)
        chosen = chosen_lines(desk, form.all("case_no"))
    except Refused as refused:
        return _page(visit, key, stage, refused=refused)
    return visit.page("supplements-preview.html", desk=desk, chosen=chosen, here=_here(key, stage))


@router.post("/rounds/{key}/stages/{stage}/supplements/ask")
def ask(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """Return the cases of the preview, all or none."""
    chosen = form.all("case_no")
    try:
        must_be_confirmed(form)
        run_id = _desk(visit, key, stage).view.run_id
        carry_out(visit, form, lambda session, act: request_supplements(session, act, run_id, chosen))
    except Refused as refused:
        return _page(visit, key, stage, refused=refused)
    return go(_here(key, stage), "supplements-asked")


@router.post("/rounds/{key}/stages/{stage}/supplements/{case_no}/take")
def take(visit: Member, form: Sent, key: str, stage: str, case_no: str) -> Response:
    """Take a 补正 that was made by papers alone."""
    run_id = _desk(visit, key, stage).view.run_id
    try:
        carry_out(visit, form, lambda session, act: answer_by_papers(session, act, run_id, case_no))
    except Refused as refused:
        return _page(visit, key, stage, refused=refused)
    return go(_here(key, stage), "supplement-taken")


def _here(key: str, stage: str) -> str:
    return f"/rounds/{key}/stages/{stage}/supplements"


def _overrides(visit: Visit, desk: SupplementDesk) -> str:
    """The page where exceptions are proposed; nothing for who may not, and out of season."""
    may = allowed("screening.override", visit.person.roles(desk.view.round_id))
    there = f"/rounds/{desk.view.round.key}/stages/{desk.view.run.key}/overrides"
    return there if may and desk.view.run.status == "open" else ""


def _desk(visit: Visit, key: str, stage: str) -> SupplementDesk:
    with reading(visit.place.engine) as session:
        return supplement_desk(session, visit.act(), key, stage)


def _page(visit: Visit, key: str, stage: str, *, refused: Refused | None = None) -> HTMLResponse:
    desk = _desk(visit, key, stage)
    return visit.page(
        "supplements.html",
        status=refused.status if refused else 200,
        desk=desk,
        listing=RETURNED.listing(visit.request, desk.lines, visit.words),
        here=_here(key, stage),
        not_asked=NOT_ASKED,
        overrides=_overrides(visit, desk),
        now=visit.now,
        refused=refused,
    )
