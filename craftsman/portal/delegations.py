"""Delegations of signing: made, seen and taken back by who may sign."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from craftsman.actions.delegations import (
    DelegationIn,
    delegate,
    delegations_seen,
    revoke_delegation,
    roles_to_delegate,
    whole_days,
)
from craftsman.actions.views import round_by_key
from craftsman.errors import Refused
from craftsman.portal.forms import Form
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out, go
from craftsman.store.engine import reading

router = APIRouter()


@router.get("/rounds/{key}/delegations")
def show_delegations(visit: Member, key: str) -> HTMLResponse:
    """The delegations that the visitor made or got, all of them for the office, and a form for one more."""
    return _page(visit, key)


@router.post("/rounds/{key}/delegations")
def make(visit: Member, form: Sent, key: str) -> Response:
    """Name a stand-in; what is not accepted is shown again as typed."""
    with reading(visit.place.engine) as session:
        round_id = round_by_key(session, key).id or 0
    try:
        told = _told(form)
        carry_out(visit, form, lambda session, act: delegate(session, act, round_id, told))
    except Refused as refused:
        return _page(visit, key, form=form, refused=refused)
    return go(f"/rounds/{key}/delegations", "delegated")


@router.post("/rounds/{key}/delegations/{number}/revoke")
def revoke(visit: Member, form: Sent, key: str, number: Id) -> Response:
    """Take one's delegation back."""
    carry_out(visit, form, lambda session, act: revoke_delegation(session, act, number))
    return go(f"/rounds/{key}/delegations", "delegation-revoked")


def _told(form: Form) -> DelegationIn:
    starts, ends = whole_days(form.text("first", most=20), form.text("last", most=20))
    role, to = form.text("role", most=20), form.text("to", most=60)
    return DelegationIn(role, to, starts, ends, form.text("reason", most=1000), form.text("authority", most=400))


def _page(visit: Visit, key: str, *, form: Form | None = None, refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        rows = delegations_seen(session, visit.act(), round_.id or 0)
        return visit.page(
            "delegations.html",
            status=refused.status if refused else 200,
            round=round_,
            rows=rows,
            roles=roles_to_delegate(visit.act(), round_),
            me=visit.person,
            now=visit.now,
            typed=dict(form.fields) if form else {},
            refused=refused,
        )
