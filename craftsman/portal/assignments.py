"""The assignment of judges, explained: by expert and by case, with what the draw rested on and its proof."""

from typing import Literal

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from craftsman.actions.assignment_reads import assigned, panels_of
from craftsman.actions.batches import check_draws
from craftsman.actions.views import stage_of
from craftsman.actions.visibility import hidden_from
from craftsman.errors import NotFound
from craftsman.portal.paging import Paging
from craftsman.portal.parts import Member
from craftsman.store.engine import reading

router = APIRouter()
JUDGED = {"score", "contest"}


@router.get("/rounds/{key}/stages/{stage}/assignment")
def show_assignment(
    visit: Member, key: str, stage: str, by: Literal["expert", "case"] = "expert", q: str = ""
) -> HTMLResponse:
    """Who reads which cases and why; `check` proves each draw again."""
    with reading(visit.place.engine) as session:
        view = stage_of(session, key, stage)
        act = visit.act()
        act.must("review.inspect", view.round_id)
        if view.run.kind not in JUDGED:
            raise NotFound(f"环节“{view.run.title}”不由评委评分，没有分配。")
        found = assigned(session, act, view, hidden_from(session, act, view.round_id))
        asked = q.strip()
        loads = [one for one in found.loads if asked in one.judge.name or asked in one.judge.login]
        cases = [one for one in found.cases if asked in one.nomination.case_no or asked in one.person.name]
        paging = Paging.of(visit.request, len(loads if by == "expert" else cases))
        part = slice(paging.offset, paging.offset + paging.limit)
        panels = panels_of(session, view, found, cases[part]) if by == "case" else []
        checked = (
            {one.batch.id: one for one in check_draws(session, act, view)}
            if visit.request.query_params.get("check")
            else {}
        )
    live = [one.live for one in found.loads]
    return visit.page(
        "assignment.html",
        view=view,
        found=found,
        loads=loads[part] if by == "expert" else [],
        panels=panels,
        by=by,
        q=asked,
        paging=paging,
        checked=checked,
        lightest=min(live, default=0),
        heaviest=max(live, default=0),
        fitting=sum(one.fitting for one in found.loads),
        seats=sum(live),
        industries={one.code: one.name for one in view.programme.reference.industries},
    )
