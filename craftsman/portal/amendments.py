"""The end of a round: amendments of a published list by two people, and what corrections left to decide.

The same acts serve the page of the round and that of a nomination.
"""

from collections.abc import Callable
from urllib.parse import quote

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.amendments import (
    TITLES,
    amendments_of,
    confirm_amendment,
    propose_amendment,
    withdraw_amendment,
)
from craftsman.actions.awarded_list import awarded_list
from craftsman.actions.follow_ups import follow_ups_of, resolve_follow_up
from craftsman.actions.packs import material_pack
from craftsman.actions.releases import render_again
from craftsman.actions.views import round_by_key
from craftsman.actions.visibility import hidden_from
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.portal.answers import settled
from craftsman.portal.downloads import ZIP, attachment
from craftsman.portal.forms import Form
from craftsman.portal.papers import nomination_page
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading, transaction
from models import AmendmentKind

router = APIRouter()
PAGE = "/rounds/{key}/amendments"
LEFT = "/rounds/{key}/follow-ups"
KINDS = {kind.value: kind for kind in AmendmentKind}


@router.get(PAGE)
def show_amendments(visit: Member, key: str) -> HTMLResponse:
    """The certificates of a round and the amendments that rest on resolutions."""
    return _page(visit, key)


@router.post(f"{PAGE}/propose")
def propose(visit: Member, form: Sent, key: str) -> Response:
    """Propose to correct a name, to issue a certificate anew or to revoke an honour."""

    def deed(session: Session, act: Act) -> None:
        propose_amendment(
            session,
            act,
            key,
            form.text("case_no", most=40),
            kind=_kind(form),
            resolution=form.text("resolution", most=1000),
            name=form.text("name", most=80),
        )

    return _carried_out(visit, form, key, deed, "amendment-proposed")


@router.post(f"{PAGE}/{{number}}/confirm")
def confirm(visit: Member, form: Sent, key: str, number: Id) -> Response:
    """Put an amendment into force."""

    def deed(session: Session, act: Act) -> None:
        confirm_amendment(session, act, number)

    return _carried_out(visit, form, key, deed, "amendment-confirmed")


@router.post(f"{PAGE}/{{number}}/withdraw")
def withdraw(visit: Member, form: Sent, key: str, number: Id) -> Response:
    """Take a proposal back."""

    def deed(session: Session, act: Act) -> None:
        withdraw_amendment(session, act, number)

    return _carried_out(visit, form, key, deed, "amendment-withdrawn", ticked=False)


@router.post(f"{PAGE}/render")
def render(visit: Member, form: Sent, key: str) -> Response:
    """Render the decision again from the list as resolutions have changed it; it waits to be released."""
    with reading(visit.place.engine) as session:
        round_id = round_by_key(session, key).id or 0

    def rendered() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, lambda session, act: render_again(session, act, round_id))
        return go(f"/rounds/{key}/documents", "rendered")

    return settled(rendered, lambda refused: _page(visit, key, None, refused))


@router.post(f"{PAGE}/pack")
def pack(visit: Member, form: Sent, key: str) -> Response:
    """The material pack of a winner as a file; each one stands in the history, so it is asked for by a form."""
    case_no = form.text("case_no", most=40)

    def made() -> Response:
        with transaction(visit.place.engine) as session:
            content = material_pack(session, visit.act(), key, case_no).content
        return attachment(content, file_name=f"材料包_{case_no}.zip", media_type=ZIP)

    return settled(made, lambda refused: _page(visit, key, None, refused))


@router.get(LEFT)
def show_follow_ups(visit: Member, key: str) -> HTMLResponse:
    """What corrections left to people, and what was decided."""
    return _left(visit, key)


@router.post(f"{LEFT}/{{number}}")
def resolve(visit: Member, form: Sent, key: str, number: Id) -> Response:
    """Record what was decided, and by which document."""
    told = {name: form.text(name, most=1000) for name in ("decision", "authority")}

    def resolved() -> Response:
        carry_out(visit, form, lambda session, act: resolve_follow_up(session, act, number, **told))
        return go(LEFT.format(key=key), "follow-up-resolved")

    return settled(resolved, lambda refused: _left(visit, key, form, refused))


def _carried_out(  # noqa: PLR0913  (the act, and what is told of it)
    visit: Visit, form: Form, key: str, deed: Callable[[Session, Act], None], done: str, *, ticked: bool = True
) -> Response:
    """Do it, and go back to the page that the form stood on: the round's, or the nomination's that `back` names."""
    case_no = form.text("back", most=40)

    def carried_out() -> Response:
        if ticked:
            must_be_confirmed(form)
        carry_out(visit, form, deed)
        return go(f"/rounds/{key}/nominations/{quote(case_no, safe='')}" if case_no else PAGE.format(key=key), done)

    def again(refused: Refused) -> Response:
        return nomination_page(visit, key, case_no, refused, form) if case_no else _page(visit, key, form, refused)

    return settled(carried_out, again)


def _kind(form: Form) -> AmendmentKind:
    kind = KINDS.get(form.text("kind", most=20))
    if kind is None:
        raise Invalid("请选择更正姓名、换发证书或撤销称号。")
    return kind


def _page(visit: Visit, key: str, typed: Form | None = None, refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        rows = amendments_of(session, visit.act(), key)
        awards = awarded_list(session, visit.act(), round_.id or 0)
    held = visit.person.roles(round_.id)
    return visit.page(
        "amendments.html",
        status=refused.status if refused else 200,
        round=round_,
        rows=rows,
        awards=awards,
        titles={kind.value: title for kind, title in TITLES.items()},
        typed=dict(typed.fields) if typed else {},
        refused=refused,
        me=visit.person.account_id,
        proposes=allowed("amendment.propose", held),
        confirms=allowed("amendment.confirm", held),
        renders=allowed("document.render", held),
        packs=allowed("award.pack", held),
    )


def _left(visit: Visit, key: str, typed: Form | None = None, refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        visit.act().must("nomination.read", round_.id)
        if hidden_from(session, visit.act(), round_.id or 0):
            raise Forbidden("本轮次中有您须回避的人选，更正后续事项由其他人员办理。")
        rows = follow_ups_of(session, round_.id or 0)
    return visit.page(
        "follow-ups.html",
        status=refused.status if refused else 200,
        round=round_,
        rows=rows,
        typed=dict(typed.fields) if typed else {},
        refused=refused,
        resolves=allowed("correction.resolve", visit.person.roles(round_.id)),
    )
