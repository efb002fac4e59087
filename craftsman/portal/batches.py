"""A batch of assignments as a whole: planned on demand, undone before any sheet is in, drawn again."""

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.assignment_reads import judges_named
from craftsman.actions.batches import Plan, draw_again, plan_draw, standing_batch, undo_draw
from craftsman.actions.views import StageView, stage_of
from craftsman.actions.visibility import hidden_from
from craftsman.errors import Forbidden, Refused
from craftsman.portal.answers import settled
from craftsman.portal.forms import Form
from craftsman.portal.parts import Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading

router = APIRouter()
PAGE = "/rounds/{key}/stages/{stage}/assignment/batch"
CHANGED = "分配或评分表在您查看之后有变化，请重新核对后再办理。"


@router.get(PAGE)
def show_batch(visit: Member, key: str, stage: str, plan: int = 0) -> HTMLResponse:
    """The batch in force, the cases without a panel, and what a draw of all would give now where that is asked."""
    return _page(visit, key, stage, whole=bool(plan))


@router.post(f"{PAGE}/undo")
def undo(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """Undo the batch that the page showed, with as many sheets."""

    def deed(session: Session, act: Act) -> None:
        view = stage_of(session, key, stage)
        before = standing_batch(session, act, view).batch
        void = undo_draw(session, act, view, reason=form.text("reason", most=1000))
        if before is None or [str(before.id), str(void)] != form.all("shown"):
            raise Refused(CHANGED)

    def undone() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, deed)
        return go(PAGE.format(key=key, stage=stage), "batch-undone")

    return settled(undone, lambda refused: _page(visit, key, stage, typed=form, refused=refused))


@router.post(f"{PAGE}/redraw")
def redraw(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """Draw panels for the cases without, from what the page showed."""

    def deed(session: Session, act: Act) -> None:
        view = stage_of(session, key, stage)
        draw_again(session, act, view)
        drawn = standing_batch(session, act, view).batch
        if drawn is None or drawn.inputs_digest != form.text("inputs", most=64):
            raise Refused(CHANGED)

    def redrawn() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, deed)
        return go(PAGE.format(key=key, stage=stage), "batch-drawn")

    return settled(redrawn, lambda refused: _page(visit, key, stage, typed=form, refused=refused))


def _page(  # noqa: PLR0913  (where, then what to show, by name)
    visit: Visit,
    key: str,
    stage: str,
    *,
    whole: bool = False,
    typed: Form | None = None,
    refused: Refused | None = None,
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        view = stage_of(session, key, stage)
        act = visit.act()
        standing = standing_batch(session, act, view)
        draws = allowed("review.draw", visit.person.roles(view.round_id)) and view.run.status == "open"
        rest, told = _planned(session, act, view, rest=True) if draws and standing.waiting else (None, None)
        plan, short = _planned(session, act, view) if whole else (None, None)
        hidden = hidden_from(session, act, view.round_id)
        names = judges_named(session, [*(rest.loads if rest else ()), *_logins(plan)])
    return visit.page(
        "assignment-batch.html",
        status=refused.status if refused else 200,
        view=view,
        standing=standing,
        draws=draws,
        rest=rest,
        plan=plan,
        changes=[(case, *pair) for case, pair in plan.changes.items() if case not in hidden] if plan else [],
        names=names,
        typed=dict(typed.fields) if typed else {},
        refused=refused or told or short,
    )


def _planned(session: Session, act: Act, view: StageView, *, rest: bool = False) -> tuple[Plan | None, Refused | None]:
    """The plan, or why there is none: too few judges are something to be told of, not a fault of the page."""
    try:
        return plan_draw(session, act, view, rest=rest), None
    except Forbidden:
        raise
    except Refused as refused:
        return None, refused


def _logins(plan: Plan | None) -> set[str]:
    panels = plan.changes.values() if plan else ()
    return {login for pair in panels for panel in pair for login in panel} | set(plan.loads if plan else ())
