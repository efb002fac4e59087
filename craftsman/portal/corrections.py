"""A correction of a passed stage: the reason typed, whom it would move looked at, then asked for."""

from collections.abc import Sequence

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.changes import move_lines
from craftsman.actions.corrections import correction_ahead, request_correction
from craftsman.actions.views import stage_of
from craftsman.errors import Refused
from craftsman.portal.answers import settled
from craftsman.portal.forms import Form
from craftsman.portal.parts import Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.store.engine import reading, transaction

router = APIRouter()
PAGE = "/rounds/{key}/stages/{stage}/correction"
CHANGED = "复算的结果在您核对之后又有变化，请重新核对后再提请。"


@router.get(PAGE)
def show_form(visit: Member, key: str, stage: str) -> HTMLResponse:
    """What a correction is, and the form that asks for its reason."""
    return _page(visit, key, stage)


@router.post(f"{PAGE}/check")
def check(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """The stage computed again from its inputs as they are now, and who would stand elsewhere; nothing is kept."""

    def checked() -> Response:
        with transaction(visit.place.engine) as session:
            view = stage_of(session, key, stage)
            digest, moved = correction_ahead(session, visit.act(), view)
        return _page(visit, key, stage, form, digest=digest, lines=move_lines(moved, view.programme))

    return settled(checked, lambda refused: _page(visit, key, stage, form, refused=refused))


@router.post(PAGE)
def ask(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """Ask for the correction that the preview showed; the same roles have to sign it."""

    def deed(session: Session, act: Act) -> None:
        view, reason = stage_of(session, key, stage), form.text("reason", most=1000)
        if request_correction(session, act, view, reason=reason).digest != form.text("digest", most=64):
            raise Refused(CHANGED)

    def asked() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, deed)
        return go(f"/rounds/{key}/stages/{stage}", "correction-asked")

    return settled(asked, lambda refused: _page(visit, key, stage, form, refused=refused))


def _page(  # noqa: PLR0913  (where, then what to show, by name)
    visit: Visit,
    key: str,
    stage: str,
    typed: Form | None = None,
    *,
    digest: str = "",
    lines: Sequence[str] = (),
    refused: Refused | None = None,
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        view = stage_of(session, key, stage)
    visit.act().must("correction.request", view.round_id)
    return visit.page(
        "correction.html",
        status=refused.status if refused else 200,
        view=view,
        digest=digest,
        lines=lines,
        reason=dict(typed.fields).get("reason", "") if typed else "",
        refused=refused,
    )
