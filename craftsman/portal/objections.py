"""Objections at the office: the list of a round, taking them up, ruling on them, and who objected."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse, RedirectResponse

from craftsman.actions.objections import (
    accept_objection,
    decide_objection,
    objections_of,
    objector_of,
    refuse_objection,
)
from craftsman.actions.views import round_by_key
from craftsman.actions.visibility import hidden_from
from craftsman.errors import Invalid
from craftsman.portal.forms import Form
from craftsman.portal.parts import READS, Id, Member, Sent, carry_out, go
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading, transaction

router = APIRouter()
VERDICTS = {"upheld": True, "dismissed": False}


@router.get("/rounds/{key}/objections")
def show_objections(visit: Member, key: str) -> HTMLResponse:
    """The objections of a round with what may be done about each."""
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        visit.act().must(READS, round_.id)
        hidden = hidden_from(session, visit.act(), round_.id or 0)
        shown = [pair for pair in objections_of(session, round_.id or 0) if pair[1] not in hidden]
    held = visit.person.roles(round_.id)
    return visit.page(
        "objections.html",
        round=round_,
        objections=shown,
        handles=allowed("objection.handle", held),
        rules=allowed("objection.rule", held),
    )


def back_to_list(form: Sent) -> str:
    """The list that the form stands on; it names its round itself."""
    return f"/rounds/{form.text('round', most=60)}/objections"


Back = Annotated[str, Depends(back_to_list)]


@router.post("/objections/{objection_id}/accept")
def accept(visit: Member, form: Sent, back: Back, objection_id: Id) -> RedirectResponse:
    """Take an objection up."""
    carry_out(visit, form, lambda session, act: accept_objection(session, act, objection_id))
    return go(back, "objection-settled")


@router.post("/objections/{objection_id}/refuse")
def refuse(visit: Member, form: Sent, back: Back, objection_id: Id) -> RedirectResponse:
    """Decline an objection with the reason."""
    reason = form.text("reason")
    carry_out(visit, form, lambda session, act: refuse_objection(session, act, objection_id, reason=reason))
    return go(back, "objection-settled")


@router.post("/objections/{objection_id}/decide")
def decide(visit: Member, form: Sent, back: Back, objection_id: Id) -> RedirectResponse:
    """Rule on an objection."""
    upheld = _verdict(form)
    ruling = form.text("ruling")
    carry_out(
        visit, form, lambda session, act: decide_objection(session, act, objection_id, upheld=upheld, ruling=ruling)
    )
    return go(back, "objection-settled")


@router.post("/objections/{objection_id}/objector")
def show_objector(visit: Member, form: Sent, back: Back, objection_id: Id) -> HTMLResponse:
    """Who objected; each look is recorded, so it is asked for by a form."""
    _ = form
    with transaction(visit.place.engine) as session:
        objector = objector_of(session, visit.act(), objection_id)
    return visit.page("objector.html", objector=objector, back=back)


def _verdict(form: Form) -> bool:
    verdict = VERDICTS.get(form.text("verdict", most=20))
    if verdict is None:
        raise Invalid("请选择异议成立或不成立。")
    return verdict
