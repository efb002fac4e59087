"""Objections at the office: the desk of a round, taking them up, investigating, ruling, and who objected."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse, RedirectResponse, Response

from craftsman.actions.investigators import assign_investigators
from craftsman.actions.objection_cases import (
    Verdict,
    accept_objection,
    decide_objection,
    extend_investigation,
    file_report,
    refuse_objection,
    sign_report,
)
from craftsman.actions.objection_desk import objection_desk
from craftsman.actions.objection_files import fetch_evidence
from craftsman.actions.objections import objector_of
from craftsman.errors import Invalid
from craftsman.portal.downloads import attachment
from craftsman.portal.forms import Form
from craftsman.portal.parts import Id, Member, Sent, carry_out, go
from craftsman.rules.objections import REFUSALS
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading, transaction

router = APIRouter()
VERDICTS: dict[str, Verdict] = {"upheld": "upheld", "dismissed": "dismissed", "deferred": "deferred"}


@router.get("/rounds/{key}/objections")
def show_objections(visit: Member, key: str) -> HTMLResponse:
    """The objections of a round with their deadlines and what may be done about each."""
    with reading(visit.place.engine) as session:
        round_, lines = objection_desk(session, visit.act(), key)
    held = visit.person.roles(round_.id)
    return visit.page(
        "objections.html",
        round=round_,
        lines=lines,
        me=visit.person.account_id,
        refusals=REFUSALS,
        handles=allowed("objection.handle", held),
        investigates=allowed("objection.investigate", held),
        rules=allowed("objection.rule", held),
    )


def back_to_list(form: Sent) -> str:
    """The list that the form stands on; it names its round itself."""
    return f"/rounds/{form.text('round', most=60)}/objections"


Back = Annotated[str, Depends(back_to_list)]


@router.post("/objections/{objection_id}/accept")
def accept(visit: Member, form: Sent, back: Back, objection_id: Id) -> RedirectResponse:
    """Take an objection up."""
    seen, clues = form.text("seal_seen", most=5) == "yes", form.text("clues")
    carry_out(
        visit, form, lambda session, act: accept_objection(session, act, objection_id, seal_seen=seen, clues=clues)
    )
    return go(back, "objection-settled")


@router.post("/objections/{objection_id}/refuse")
def refuse(visit: Member, form: Sent, back: Back, objection_id: Id) -> RedirectResponse:
    """Decline an objection on a listed ground, with the reason."""
    refusal, reason = form.text("refusal", most=40), form.text("reason")
    carry_out(
        visit, form, lambda session, act: refuse_objection(session, act, objection_id, refusal=refusal, reason=reason)
    )
    return go(back, "objection-settled")


@router.post("/objections/{objection_id}/assign")
def assign(visit: Member, form: Sent, back: Back, objection_id: Id) -> RedirectResponse:
    """Name the investigators."""
    logins = form.all("investigator")
    carry_out(visit, form, lambda session, act: assign_investigators(session, act, objection_id, logins))
    return go(back, "objection-assigned")


@router.post("/objections/{objection_id}/extend")
def extend(visit: Member, form: Sent, back: Back, objection_id: Id) -> RedirectResponse:
    """Give an investigation more days, once."""
    reason = form.text("reason")
    carry_out(visit, form, lambda session, act: extend_investigation(session, act, objection_id, reason=reason))
    return go(back, "objection-extended")


@router.post("/objections/{objection_id}/report")
def report(visit: Member, form: Sent, back: Back, objection_id: Id) -> RedirectResponse:
    """File what the investigators found."""
    told = form.text("report")
    carry_out(visit, form, lambda session, act: file_report(session, act, objection_id, report=told))
    return go(back, "objection-reported")


@router.post("/objections/{objection_id}/sign")
def sign(visit: Member, form: Sent, back: Back, objection_id: Id) -> RedirectResponse:
    """Sign the report that another investigator filed."""
    carry_out(visit, form, lambda session, act: sign_report(session, act, objection_id))
    return go(back, "objection-signed")


@router.post("/objections/{objection_id}/decide")
def decide(visit: Member, form: Sent, back: Back, objection_id: Id) -> RedirectResponse:
    """Rule on an objection."""
    verdict, ruling = _verdict(form), form.text("ruling")
    carry_out(
        visit, form, lambda session, act: decide_objection(session, act, objection_id, verdict=verdict, ruling=ruling)
    )
    return go(back, "objection-settled")


@router.post("/objections/{objection_id}/objector")
def show_objector(visit: Member, form: Sent, back: Back, objection_id: Id) -> HTMLResponse:
    """Who objected; each look is recorded, so it is asked for by a form."""
    _ = form
    with transaction(visit.place.engine) as session:
        objector = objector_of(session, visit.act(), objection_id)
    return visit.page("objector.html", objector=objector, back=back)


@router.get("/objections/files/{file_id}")
def download(visit: Member, file_id: Id) -> Response:
    """A file of evidence to be saved; each reading stands in the history."""
    with transaction(visit.place.engine) as session:
        found = fetch_evidence(session, visit.act(), file_id)
    return attachment(found.content, file_name=found.file_name, media_type=found.media_type)


def _verdict(form: Form) -> Verdict:
    verdict = VERDICTS.get(form.text("verdict", most=20))
    if verdict is None:
        raise Invalid("请选择异议成立、不成立或暂缓。")
    return verdict
