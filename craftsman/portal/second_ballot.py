"""The second round of a ballot: who would stand and for how many seats, and opening it."""

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.second_round import open_second_round, second_round_ahead
from craftsman.actions.views import StageView, cases, stage_of
from craftsman.errors import Refused
from craftsman.portal.answers import settled
from craftsman.portal.forms import Form
from craftsman.portal.parts import Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.store.engine import reading

router = APIRouter()


@router.get("/rounds/{key}/stages/{stage}/second")
def show_second(visit: Member, key: str, stage: str) -> HTMLResponse:
    """What a second round would be; who stands is told only when all have voted."""
    return _page(visit, key, stage)


@router.post("/rounds/{key}/stages/{stage}/second")
def open_second(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """Open the second round, for those and for as many seats as the page showed."""
    with reading(visit.place.engine) as session:
        view = stage_of(session, key, stage)

    def opened() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, lambda session, act: _open_as_shown(session, act, view, form))
        return go(f"/rounds/{key}/stages/{stage}", "second-round")

    def again(refused: Refused) -> Response:
        return _page(visit, key, stage, closing=form.text("closing", most=100_000), refused=refused)

    return settled(opened, again)


def _open_as_shown(session: Session, act: Act, view: StageView, form: Form) -> None:
    opened = open_second_round(session, act, view, closing=form.text("closing", most=1000))
    standing = form.all("standing")
    if standing and standing != [str(opened.seats), *opened.candidates]:
        raise Refused("候选人或名额在您查看之后有变化，请重新核对后再开启。")


def _page(visit: Visit, key: str, stage: str, *, closing: str = "", refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        view = stage_of(session, key, stage)
        ahead = second_round_ahead(session, visit.act(), view)
        people = {case.nomination.case_no: case for case in cases(session, view.run_id)}
        return visit.page(
            "second.html",
            status=refused.status if refused else 200,
            view=view,
            ahead=ahead,
            people=people,
            tiers={tier.key: tier.title for tier in view.programme.rules.tiers},
            closing=closing,
            refused=refused,
        )
