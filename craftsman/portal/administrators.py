"""What the three administrators see: grants that wait, roles lent in emergencies, and the table of permissions."""

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from craftsman.actions.emergencies import (
    LONGEST,
    Asked,
    agree_to_emergency,
    ask_emergency,
    asked_of,
    emergencies,
    end_emergency,
)
from craftsman.actions.matrix import matrix_lines, must_see_matrix
from craftsman.actions.matrix_words import HARD_RULES
from craftsman.actions.proposals import confirm_proposal, proposal, refuse_proposal, waiting_proposals
from craftsman.actions.rounds import rounds
from craftsman.errors import Refused
from craftsman.portal.answers import settled
from craftsman.portal.parts import NUMBER, Id, Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.rules.access import LENT
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading
from models import RoundStatus

router = APIRouter()


@router.get("/permissions")
def show_permissions(visit: Member) -> HTMLResponse:
    """Who may do what: the whole table with the hard rules, for printing."""
    must_see_matrix(visit.act())
    return visit.page("permissions.html", lines=matrix_lines(), rules=HARD_RULES)


@router.get("/grants")
def show_grants(visit: Member) -> HTMLResponse:
    """The proposals that wait."""
    with reading(visit.place.engine) as session:
        return visit.page("grants.html", proposals=waiting_proposals(session, visit.act()))


@router.get("/grants/{number}")
def show_grant(visit: Member, number: Id) -> HTMLResponse:
    """One proposal: who is to get which role, and the digest under which it is confirmed."""
    return _page(visit, number)


@router.post("/grants/{number}/confirm")
def confirm(visit: Member, form: Sent, number: Id) -> Response:
    """Grant what the page showed."""
    try:
        must_be_confirmed(form)
        seen = form.text("digest", most=64)
        carry_out(visit, form, lambda session, act: confirm_proposal(session, act, number, seen=seen))
    except Refused as refused:
        return _page(visit, number, refused)
    return go(f"/grants/{number}", "grants-confirmed")


@router.post("/grants/{number}/refuse")
def refuse(visit: Member, form: Sent, number: Id) -> Response:
    """Turn the proposal down."""
    try:
        reason = form.text("reason", most=1000)
        carry_out(visit, form, lambda session, act: refuse_proposal(session, act, number, reason=reason))
    except Refused as refused:
        return _page(visit, number, refused)
    return go(f"/grants/{number}", "grants-refused")


@router.get("/emergencies")
def show_emergencies(visit: Member) -> HTMLResponse:
    """Roles that were lent or asked for in emergencies."""
    return _emergencies(visit)


@router.post("/emergencies")
def ask_for_emergency(visit: Member, form: Sent) -> Response:
    """Ask to be lent a role in a round for some minutes; the other administrator agrees."""
    minutes = form.text("minutes", most=3)
    asked = Asked(
        form.text("role", most=20), int(minutes) if NUMBER.fullmatch(minutes) else 0, form.text("reason", most=500)
    )
    key = form.text("round", most=80)

    def done() -> Response:
        carry_out(visit, form, lambda session, act: ask_emergency(session, act, key, asked))
        return go("/emergencies", "emergency-asked")

    return settled(done, lambda refused: _emergencies(visit, refused, dict(form.fields)))


@router.post("/emergencies/{number}/agree")
def agree(visit: Member, form: Sent, number: Id) -> Response:
    """Agree to lend the role that another administrator asks for."""
    try:
        carry_out(visit, form, lambda session, act: agree_to_emergency(session, act, number))
    except Refused as refused:
        return _emergencies(visit, refused)
    return go("/emergencies", "emergency-agreed")


@router.post("/emergencies/{number}/end")
def end(visit: Member, form: Sent, number: Id) -> Response:
    """End a loan, or take back what was asked."""
    try:
        carry_out(visit, form, lambda session, act: end_emergency(session, act, number))
    except Refused as refused:
        return _emergencies(visit, refused)
    return go("/emergencies", "emergency-ended")


def _emergencies(visit: Visit, refused: Refused | None = None, typed: Mapping[str, str] | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        act = visit.act()
        rows = emergencies(session, act)
        may = allowed("emergency.agree", act.actor.roles(None))
        agrees = {row.id for row, _, _ in asked_of(session, act)} if may else set[int | None]()
        running = [one for one in rounds(session) if one.status == RoundStatus.OPEN]
    return visit.page(
        "emergencies.html",
        status=refused.status if refused else 200,
        rows=rows,
        agrees=agrees,
        now=visit.now,
        asks=act.may("emergency.ask", None),
        rounds=running,
        roles=LENT,
        longest=LONGEST,
        typed=typed or {},
        refused=refused,
    )


def _page(visit: Visit, number: int, refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        shown = proposal(session, visit.act(), number)
    decides = allowed("account.confirm", visit.person.roles(None)) and shown.row.status == "waiting"
    status = refused.status if refused else 200
    return visit.page("grant.html", status=status, shown=shown, decides=decides, refused=refused)
