"""Leads on the desk: the list with deadlines, and one lead to send on, adopt, decide against, or take back."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse

from craftsman.actions import lead_desk as desk
from craftsman.actions.leads import adopt_lead, reject_lead, route_lead, undo_adoption
from craftsman.errors import Invalid
from craftsman.portal.answers import search
from craftsman.portal.listing import Kind
from craftsman.portal.parts import Member, Sent, Visit, carry_out, go
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading, transaction

router = APIRouter()
LONGEST_REASON = 500
LEADS: Kind[desk.DeskLine] = Kind(
    {"status": "状态", "unit": "由谁决定", "channel": "渠道"},
    {
        "urgent": ("急的在前", desk.urgency),
        "receipt": ("回执编号", lambda one: one.lead.receipt_no),
        "unit": ("由谁决定", lambda one: (one.unit, *desk.urgency(one))),
    },
)


@router.get("/rounds/{key}/leads")
def show_leads(visit: Member, key: str) -> HTMLResponse:
    """The leads that the visitor decides about, overdue ones first."""
    return _list(visit, key)


@router.post("/rounds/{key}/leads")
def search_leads(visit: Member, form: Sent, key: str) -> RedirectResponse:
    """The list narrowed by searched words."""
    _ = key
    return search(visit, form)


@router.get("/rounds/{key}/leads/{receipt}")
def show_lead(visit: Member, key: str, receipt: str) -> HTMLResponse:
    """One lead, without how to reach who filed it."""
    with reading(visit.place.engine) as session:
        return visit.page("lead-page.html", shown=desk.lead_page(session, visit.act(), key, receipt))


@router.post("/rounds/{key}/leads/{receipt}/route")
def route(visit: Member, form: Sent, key: str, receipt: str) -> RedirectResponse:
    """Send the lead to a recommending unit."""
    back = _page_of(visit, key, receipt)
    unit = form.text("unit", most=40)
    if not unit:
        raise Invalid("请选择推荐单位。")
    carry_out(visit, form, lambda session, act: route_lead(session, act, receipt, unit))
    return go(back, "lead-routed")


@router.post("/rounds/{key}/leads/{receipt}/adopt")
def adopt(visit: Member, form: Sent, key: str, receipt: str) -> RedirectResponse:
    """Adopt the lead for a nomination of the same person."""
    back = _page_of(visit, key, receipt)
    case_no = form.text("case_no", most=40)
    if not case_no:
        raise Invalid("请选择要采纳到的申报。")
    carry_out(visit, form, lambda session, act: adopt_lead(session, act, receipt, case_no))
    return go(back, "lead-adopted")


@router.post("/rounds/{key}/leads/{receipt}/reject")
def reject(visit: Member, form: Sent, key: str, receipt: str) -> RedirectResponse:
    """Decide against the lead; the reason is told to who filed it."""
    back = _page_of(visit, key, receipt)
    reason = form.text("reason", most=LONGEST_REASON)
    carry_out(visit, form, lambda session, act: reject_lead(session, act, receipt, reason))
    return go(back, "lead-rejected")


@router.post("/rounds/{key}/leads/{receipt}/release")
def release(visit: Member, form: Sent, key: str, receipt: str) -> RedirectResponse:
    """Take an adoption back while the intake is open."""
    back = _page_of(visit, key, receipt)
    reason = form.text("reason", most=LONGEST_REASON)
    carry_out(visit, form, lambda session, act: undo_adoption(session, act, receipt, reason=reason))
    return go(back, "lead-released")


@router.post("/rounds/{key}/leads/{receipt}/contact")
def show_contact(visit: Member, form: Sent, key: str, receipt: str) -> HTMLResponse:
    """How to reach who filed the lead; each look is recorded, so it is asked for by a form."""
    _ = form
    with transaction(visit.place.engine) as session:
        lead, contact = desk.lead_contact(session, visit.act(), key, receipt)
    return visit.page("lead-contact.html", lead=lead, contact=contact, back=f"/rounds/{key}/leads/{receipt}")


def _list(visit: Visit, key: str) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        round_, lines = desk.lead_desk(session, visit.act(), key)
    waiting, late = sum(one.waits for one in lines), sum(one.overdue for one in lines)
    listing = LEADS.listing(visit.request, lines, visit.words)
    merges = allowed("merge.decide", visit.person.roles(round_.id))
    return visit.page("leads.html", round=round_, listing=listing, waiting=waiting, late=late, merges=merges)


def _page_of(visit: Visit, key: str, receipt: str) -> str:
    """The lead's page, for who has the lead on the desk of that round."""
    with reading(visit.place.engine) as session:
        desk.lead_page(session, visit.act(), key, receipt)
    return f"/rounds/{key}/leads/{receipt}"
