"""例外: failed rules of one case set aside, proposed with a reason, confirmed by another person, or taken back."""

from collections.abc import Callable

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.override_desk import override_desk
from craftsman.actions.overrides import confirm_override, propose_override, withdraw_override
from craftsman.actions.views import stage_of
from craftsman.errors import Refused
from craftsman.portal.answers import settled
from craftsman.portal.forms import Form
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.store.engine import reading

router = APIRouter()
PAGE = "/rounds/{key}/stages/{stage}/overrides"


@router.get(PAGE)
def show_overrides(visit: Member, key: str, stage: str, case: str = "") -> HTMLResponse:
    """The overrides of a screening; the form stands there for the case that was chosen."""
    return _page(visit, key, stage, case=case)


@router.post(f"{PAGE}/propose")
def propose(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """Propose to set the ticked rules aside."""
    case_no = form.text("case_no", most=40)
    with reading(visit.place.engine) as session:
        run_id = stage_of(session, key, stage).run_id

    def deed(session: Session, act: Act) -> None:
        rules, reason = form.all("rule"), form.text("reason", most=1000)
        propose_override(session, act, run_id, case_no, rules=rules, reason=reason)

    def proposed() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, deed)
        return go(PAGE.format(key=key, stage=stage), "override-proposed")

    return settled(proposed, lambda refused: _page(visit, key, stage, case=case_no, typed=form, refused=refused))


@router.post(f"{PAGE}/{{number}}/confirm")
def confirm(visit: Member, form: Sent, key: str, stage: str, number: Id) -> Response:
    """Agree to what somebody else proposed."""
    return _ended(visit, form, (key, stage, number), confirm_override, "override-confirmed")


@router.post(f"{PAGE}/{{number}}/withdraw")
def withdraw(visit: Member, form: Sent, key: str, stage: str, number: Id) -> Response:
    """Take an override back while the screening is open."""
    return _ended(visit, form, (key, stage, number), withdraw_override, "override-withdrawn")


def _ended(
    visit: Visit, form: Form, which: tuple[str, str, int], deed: Callable[[Session, Act, int], object], done: str
) -> Response:
    key, stage, number = which

    def ended() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, lambda session, act: deed(session, act, number))
        return go(PAGE.format(key=key, stage=stage), done)

    return settled(ended, lambda refused: _page(visit, key, stage, refused=refused))


def _page(  # noqa: PLR0913  (where, then what to show, by name)
    visit: Visit,
    key: str,
    stage: str,
    *,
    case: str = "",
    typed: Form | None = None,
    refused: Refused | None = None,
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        desk = override_desk(session, visit.act(), key, stage, case)
    return visit.page(
        "overrides.html",
        status=refused.status if refused else 200,
        desk=desk,
        view=desk.view,
        ticked=typed.all("rule") if typed else [],
        reason=dict(typed.fields).get("reason", "") if typed else "",
        me=visit.person.account_id,
        refused=refused,
    )
