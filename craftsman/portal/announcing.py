"""Announcing a draw of experts: needs by discipline, seed and witness typed, looked at with the pool, then fixed."""

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.draw_reads import announcing_desk
from craftsman.actions.panels import announce_panel, panel_ahead
from craftsman.actions.views import read_programme
from craftsman.errors import Invalid, Refused
from craftsman.portal.answers import settled
from craftsman.portal.forms import NUMBER, TOKEN, Form
from craftsman.portal.parts import Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.rules.panel import Need
from craftsman.store.engine import reading
from models import PanelDraw

router = APIRouter()
NEW = "/rounds/{key}/draws/new"
ANYBODY = "any"
CHANGED = "专家库在您核对之后有变动，名单的指纹已经不同；请重新核对后再公告。"


@router.get(NEW)
def show_form(visit: Member, key: str) -> HTMLResponse:
    """The form of an announcement, with how many experts of each discipline can be drawn."""
    return _page(visit, key)


@router.post(f"{NEW}/check")
def check(visit: Member, form: Sent, key: str) -> Response:
    """What would be announced: needs beside the experts there are, seed, digest of the pool; nothing is kept."""

    def checked() -> Response:
        with reading(visit.place.engine) as session:
            ahead = _ahead(session, visit.act(), key, form)
        return _page(visit, key, form, ahead=ahead)

    return settled(checked, lambda refused: _page(visit, key, form, refused=refused))


@router.post(f"{NEW}/edit")
def edit(visit: Member, form: Sent, key: str) -> HTMLResponse:
    """Back from the preview to the fields, as they were typed."""
    return _page(visit, key, form)


@router.post(f"{NEW}/announce")
def announce(visit: Member, form: Sent, key: str) -> Response:
    """Announce what the preview showed, with the very pool that it showed."""

    def deed(session: Session, act: Act) -> None:
        made = announce_panel(session, act, key, needs=_needs(form), **_terms(form))
        if made.pool_digest != form.text("pool", most=64):
            raise Refused(CHANGED)

    def announced() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, deed)
        return go(f"/rounds/{key}/draws", "panel-announced")

    return settled(announced, lambda refused: _page(visit, key, form, refused=refused))


def _ahead(session: Session, act: Act, key: str, form: Form) -> PanelDraw:
    return panel_ahead(session, act, key, needs=_needs(form), **_terms(form))


def _terms(form: Form) -> dict[str, str]:
    return {name: form.text(name, most=1000) for name in ("seed", "source", "witness")}


def _needs(form: Form) -> list[Need]:
    """The disciplines for which a number was typed, in the order of the page; what is left empty is not drawn."""
    seats, alternates = form.under("seats."), form.under("alternates.")
    codes = [code for code in seats if seats[code] or alternates.get(code)]
    counts = [(code, _count(seats[code]), _count(alternates.get(code, ""))) for code in codes]
    return [Need("" if code == ANYBODY else code, main, waiting) for code, main, waiting in counts]


def _count(text: str) -> int:
    if text and not (text.isascii() and text.isdecimal() and len(text) < 4):
        raise Invalid(f"名额“{text[:20]}”不是人数，请填 0 至 999 的整数。")
    return int(text or "0")


def _page(
    visit: Visit, key: str, form: Form | None = None, *, ahead: PanelDraw | None = None, refused: Refused | None = None
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        desk = announcing_desk(session, visit.act(), key)
    industries = read_programme(desk.round.programme).reference.industries
    return visit.page(
        "draw-new.html" if ahead is None else "draw-preview.html",
        status=refused.status if refused else 200,
        round=desk.round,
        desk=desk,
        ahead=ahead,
        # needs are met in this order: whoever is asked for by discipline is not drawn before as anybody
        disciplines={**{one.code: one.name for one in industries}, ANYBODY: "不限产业"},
        fields=[pair for pair in form.fields if pair[0] not in {TOKEN, NUMBER, "pool", "confirmed"}] if form else [],
        typed=dict(form.fields) if form else {},
        refused=refused,
    )
