"""Personal fields of one nominee, shown once for a reason; and, for auditors, who read personal data."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse

from craftsman.actions.readings import readings_page
from craftsman.actions.unmasking import (
    FIELDS,
    agree_unmasking,
    ask_unmasking,
    looks_at,
    looks_of,
    show_unmasked,
)
from craftsman.actions.views import round_by_key
from craftsman.actions.visibility import hidden_from
from craftsman.portal.auditors import Asked
from craftsman.portal.parts import Id, Member, Sent, carry_out, go
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading, transaction

router = APIRouter()


@router.get("/rounds/{key}/nominations/{case_no}/personal")
def show_personal(visit: Member, key: str, case_no: str) -> HTMLResponse:
    """Which fields there are, who asked to see them, and the form to ask."""
    act = visit.act()
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        looks = looks_at(session, act, case_no)
    agrees = allowed("person.unmask_agree", visit.person.roles(round_.id))
    return visit.page(
        "personal.html", round=round_, case_no=case_no, looks=looks, fields=FIELDS, agrees=agrees, act=act
    )


@router.post("/rounds/{key}/nominations/{case_no}/personal")
def ask(visit: Member, form: Sent, key: str, case_no: str) -> RedirectResponse:
    """Ask to see one field, with the reason."""
    name, reason = form.text("field", most=20), form.text("reason", most=500)
    carry_out(visit, form, lambda session, act: ask_unmasking(session, act, case_no, name, reason=reason))
    return go(f"/rounds/{key}/nominations/{case_no}/personal", "unmask-asked")


@router.post("/rounds/{key}/nominations/{case_no}/personal/{number}/agree")
def agree(visit: Member, form: Sent, key: str, case_no: str, number: Id) -> RedirectResponse:
    """Agree to a look of another's."""
    carry_out(visit, form, lambda session, act: agree_unmasking(session, act, number))
    return go(f"/rounds/{key}/nominations/{case_no}/personal", "unmask-agreed")


@router.post("/rounds/{key}/nominations/{case_no}/personal/{number}/show")
def show(visit: Member, form: Sent, key: str, case_no: str, number: Id) -> HTMLResponse:
    """The field, once; the page is kept by no browser."""
    _ = form
    with transaction(visit.place.engine) as session:
        found = show_unmasked(session, visit.act(), number)
    return visit.page("unmasked.html", found=found, back=f"/rounds/{key}/nominations/{case_no}/personal")


@router.get("/rounds/{key}/reads")
def show_reads(visit: Member, key: str, wanted: Asked, case_no: str = "") -> HTMLResponse:
    """Who read personal data of a round, with the reasons given for unmasked fields."""
    case = case_no.strip()
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        events = readings_page(session, visit.act(), round_.id or 0, wanted, case_no=case)
        hidden = hidden_from(session, visit.act(), round_.id or 0)
        looks = [one for one in looks_of(session, visit.act(), round_.id or 0, hidden) if case in {"", one.case_no}]
    return visit.page("reads.html", round=round_, events=events, looks=looks, wanted=wanted, case_no=case)
