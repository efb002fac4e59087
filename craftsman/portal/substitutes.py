"""递补: who rises and why, proposed under a resolution, confirmed by another person; or the place stays empty."""

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.substitute_desk import substitute_desk
from craftsman.actions.substitutes import leave_empty, promote_substitute, propose_substitute, withdraw_substitute
from craftsman.actions.views import stage_of
from craftsman.errors import Refused
from craftsman.portal.answers import settled
from craftsman.portal.forms import Form
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading

router = APIRouter()
PAGE = "/rounds/{key}/stages/{stage}/substitutes"
CHANGED = "空缺的名额在您查看之后有变化，请重新核对后再办理。"


@router.get(PAGE)
def show_substitutes(visit: Member, key: str, stage: str) -> HTMLResponse:
    """The free places, the reserves in the sealed order, and what was proposed."""
    return _page(visit, key, stage)


@router.post(f"{PAGE}/propose")
def propose(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """Propose the reserve that the page showed, under a resolution and its number."""
    run_id = _run(visit, key, stage)
    terms = {name: form.text(name, most=1000) for name in ("resolution", "document_no", "case_no")}

    def proposed() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, lambda session, act: propose_substitute(session, act, run_id, **terms).id)
        return _go(key, stage, "substitute-proposed")

    return settled(proposed, lambda refused: _page(visit, key, stage, form, refused))


@router.post(f"{PAGE}/empty")
def leave(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """Let as many places stay empty as the page showed."""
    run_id, resolution = _run(visit, key, stage), form.text("empty_resolution", most=1000)

    def deed(session: Session, act: Act) -> None:
        if str(leave_empty(session, act, run_id, resolution=resolution)) != form.text("count", most=9):
            raise Refused(CHANGED)

    def left() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, deed)
        return _go(key, stage, "left-empty")

    return settled(left, lambda refused: _page(visit, key, stage, form, refused))


@router.post(f"{PAGE}/{{number}}/confirm")
def confirm(visit: Member, form: Sent, key: str, stage: str, number: Id) -> Response:
    """Confirm what somebody else proposed; the notice of the substitute is drafted."""

    def confirmed() -> Response:
        must_be_confirmed(form)
        notice = carry_out(visit, form, lambda session, act: promote_substitute(session, act, number).id)
        return go(f"/notices/{notice}", "promoted") if notice else _go(key, stage, "promoted")

    return settled(confirmed, lambda refused: _page(visit, key, stage, None, refused))


@router.post(f"{PAGE}/{{number}}/withdraw")
def withdraw(visit: Member, form: Sent, key: str, stage: str, number: Id) -> Response:
    """Take a proposal back that nobody confirmed."""

    def withdrawn() -> Response:
        carry_out(visit, form, lambda session, act: withdraw_substitute(session, act, number))
        return _go(key, stage, "substitute-withdrawn")

    return settled(withdrawn, lambda refused: _page(visit, key, stage, None, refused))


def _run(visit: Visit, key: str, stage: str) -> int:
    with reading(visit.place.engine) as session:
        return stage_of(session, key, stage).run_id


def _go(key: str, stage: str, done: str) -> Response:
    return go(PAGE.format(key=key, stage=stage), done)


def _page(
    visit: Visit, key: str, stage: str, typed: Form | None = None, refused: Refused | None = None
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        desk = substitute_desk(session, visit.act(), key, stage)
    held = visit.person.roles(desk.view.round_id)
    return visit.page(
        "substitutes.html",
        status=refused.status if refused else 200,
        desk=desk,
        view=desk.view,
        tiers={tier.key: tier.title for tier in desk.view.programme.rules.tiers},
        typed=dict(typed.fields) if typed else {},
        refused=refused,
        me=visit.person.account_id,
        proposes=allowed("substitute.propose", held) and desk.view.run.status == "open",
        promotes=allowed("substitute.promote", held) and desk.view.run.status == "open",
    )
