"""The assignment of judges, explained: by expert and by case, with what the draw rested on and its proof."""

from typing import Literal

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.assignment_reads import assigned, panels_of
from craftsman.actions.batches import check_draws
from craftsman.actions.reassign import Replacing, full_panel, replace_judge, replacing
from craftsman.actions.views import stage_of
from craftsman.actions.visibility import hidden_from
from craftsman.errors import NotFound, Refused
from craftsman.portal.answers import search, settled
from craftsman.portal.forms import Form
from craftsman.portal.paging import Paging
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading

router = APIRouter()
JUDGED = {"score", "contest"}
PAGE = "/rounds/{key}/stages/{stage}/assignment"
CHANGED = "可以接替的评委在您查看之后有变化，请重新核对后再更换。"
SHEET = f"{PAGE}/sheets/{{number}}"


@router.get(PAGE)
def show_assignment(visit: Member, key: str, stage: str, by: Literal["expert", "case"] = "expert") -> HTMLResponse:
    """Who reads which cases and why; `check` proves each draw again."""
    with reading(visit.place.engine) as session:
        view = stage_of(session, key, stage)
        act = visit.act()
        act.must("review.inspect", view.round_id)
        if view.run.kind not in JUDGED:
            raise NotFound(f"环节“{view.run.title}”不由评委评分，没有分配。")
        found = assigned(session, act, view, hidden_from(session, act, view.round_id))
        asked = visit.words
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
    live, held = [one.live for one in found.loads], visit.person.roles(view.round_id)
    return visit.page(
        "assignment.html",
        view=view,
        found=found,
        loads=loads[part] if by == "expert" else [],
        panels=panels,
        by=by,
        sought=asked,
        paging=paging,
        checked=checked,
        lightest=min(live, default=0),
        heaviest=max(live, default=0),
        fitting=sum(one.fitting for one in found.loads),
        seats=sum(live),
        industries={one.code: one.name for one in view.programme.reference.industries},
        full=full_panel(view),
        replaces=view.run.status == "open" and allowed("review.reassign", held),
        draws=view.run.status == "open" and allowed("review.draw", held),
    )


@router.post(PAGE)
def search_assignment(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """The same narrowed by the name of a judge or of a nominee."""
    _ = key, stage
    return search(visit, form)


@router.get(SHEET)
def show_sheet(visit: Member, key: str, stage: str, number: Id) -> HTMLResponse:
    """Who may take a sheet over, and whom the seed would draw."""
    return _sheet(visit, _found(visit, key, stage, number))


@router.post(SHEET)
def replace(visit: Member, form: Sent, key: str, stage: str, number: Id) -> Response:
    """Give a sheet to the stand-in that was drawn or chosen."""
    _found(visit, key, stage, number)
    terms = {name: form.text(name, most=1000) for name in ("login", "reason")}

    def deed(session: Session, act: Act) -> None:
        stand_in = replace_judge(session, act, number, **terms) or ""
        if not terms["login"] and stand_in != form.text("drawn", most=200):
            raise Refused(CHANGED)

    def replaced() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, deed)
        return go(PAGE.format(key=key, stage=stage), "judge-replaced")

    return settled(replaced, lambda refused: _sheet(visit, _found(visit, key, stage, number), form, refused))


def _found(visit: Visit, key: str, stage: str, number: int) -> Replacing:
    with reading(visit.place.engine) as session:
        found = replacing(session, visit.act(), number)
    if (found.view.round.key, found.view.run.key) != (key, stage):
        raise NotFound("本环节没有这份评分表，请从评审分配页打开。")
    return found


def _sheet(visit: Visit, found: Replacing, typed: Form | None = None, refused: Refused | None = None) -> HTMLResponse:
    return visit.page(
        "assignment-sheet.html",
        status=refused.status if refused else 200,
        view=found.view,
        found=found,
        typed=dict(typed.fields) if typed else {},
        refused=refused,
    )
