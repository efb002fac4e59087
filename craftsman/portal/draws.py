"""Panels drawn in public: the pool, the seed and how to check it, the result; drawing, and noting answers."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from craftsman.actions.draw_reads import draws_seen
from craftsman.actions.panel_answers import WORDS, accept_invitation, decline_invitation
from craftsman.actions.panels import draw_at_hand, draw_panel, verify_draw
from craftsman.actions.views import read_programme, round_by_key
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.portal.answers import settled
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading

router = APIRouter()


@router.get("/rounds/{key}/draws")
def show_draws(visit: Member, key: str, verify: int = 0) -> HTMLResponse:
    """The draws of a round; the one to `verify` is drawn again and compared."""
    return _page(visit, key, verify=verify)


@router.post("/rounds/{key}/draws/{number}")
def draw(visit: Member, form: Sent, key: str, number: Id) -> Response:
    """Draw an announced panel, once the box is ticked."""
    _must_be_of(visit, key, number)
    must_be_confirmed(form)
    carry_out(visit, form, lambda session, act: draw_panel(session, act, number))
    return go(f"/rounds/{key}/draws", "panel-drawn")


@router.post("/rounds/{key}/draws/{number}/answer")
def answer(visit: Member, form: Sent, key: str, number: Id) -> Response:
    """Note whether an expert comes; a refusal needs its reason and calls the next alternate."""
    _must_be_of(visit, key, number)
    expert, comes = form.text("expert", most=40), form.text("comes", most=3)

    def answered() -> Response:
        if comes == "yes":
            carry_out(visit, form, lambda session, act: accept_invitation(session, act, number, expert))
        elif comes == "no":
            reason = form.text("reason", most=500)
            carry_out(visit, form, lambda session, act: decline_invitation(session, act, number, expert, reason=reason))
        else:
            raise Invalid("请选择参加或不参加。")
        return go(f"/rounds/{key}/draws", "panel-answered")

    def again(refused: Refused) -> Response:
        return _page(visit, key, refused=refused, expert=expert, reason=form.text("reason", most=100_000))

    return settled(answered, again)


def _must_be_of(visit: Visit, key: str, number: int) -> None:
    with reading(visit.place.engine) as session:
        if draw_at_hand(session, number)[1].key != key:
            raise NotFound(f"本轮次没有第 {number} 号抽取。")


def _page(  # noqa: PLR0913  (where, then what to show again)
    visit: Visit, key: str, *, verify: int = 0, refused: Refused | None = None, expert: str = "", reason: str = ""
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        found = draws_seen(session, visit.act(), key)
        drawn = {one.draw.id for one in found.pages if one.draw.drawn_at}
        faults = verify_draw(session, visit.act(), verify) if verify in drawn else []
    industries = read_programme(round_.programme).reference.industries
    return visit.page(
        "draws.html",
        status=refused.status if refused else 200,
        round=round_,
        found=found,
        verified=verify if verify in drawn else 0,
        faults=faults,
        industries={one.code: one.name for one in industries},
        WORDS=WORDS,
        library="/experts" if visit.act().may("expert.read", None) else f"/rounds/{key}/experts",
        draws=allowed("panel.draw", visit.person.roles(round_.id)),
        answers=allowed("panel.answer", visit.person.roles(round_.id)),
        refused=refused,
        expert=expert,
        reason=reason,
    )
