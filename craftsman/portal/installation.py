"""The installation, for its administrators: examined as by `craftsman doctor`, its keys, and tokens of programs."""

import secrets
from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from craftsman.actions.api_tokens import LONGEST_DAYS, SCOPES, make_token, revoke_token, tokens
from craftsman.actions.health import examined
from craftsman.actions.keys import keys_of
from craftsman.errors import Invalid, Refused
from craftsman.portal.paging import Paging
from craftsman.portal.parts import Member, Sent, Visit, carry_out, go
from craftsman.store.engine import reading

router = APIRouter()


@router.get("/doctor")
def show_doctor(visit: Member) -> HTMLResponse:
    """Where the examination is begun; it reads the whole history, so that looking at a page does not begin it."""
    visit.act().must("doctor.read", None)
    return visit.page("doctor.html", findings=None)


@router.post("/doctor")
def examine(visit: Member, form: Sent) -> HTMLResponse:
    """Each check of `craftsman doctor`, and what to do where one does not hold; no setting is shown."""
    _ = form
    return visit.page("doctor.html", findings=examined(visit.act()))


@router.get("/keys")
def show_keys(visit: Member) -> HTMLResponse:
    """Which keys there are by their ids, and how much is under each; a key itself is never shown."""
    with reading(visit.place.engine) as session:
        return visit.page("keys.html", lines=keys_of(session, visit.act()))


@router.get("/tokens")
def show_tokens(visit: Member) -> HTMLResponse:
    """One's own tokens, for who oversees accounts all; and the form of a new one for who may have one."""
    return _tokens(visit, {})


@router.post("/tokens")
def issue(visit: Member, form: Sent) -> Response:
    """Make a token and show it, for the only time."""
    name, scopes, days = form.text("name", most=80), form.all("scope"), form.text("days", most=4)
    secret = secrets.token_urlsafe(32)
    try:
        valid = int(days) if days.isascii() and days.isdecimal() else 0
        made = carry_out(
            visit,
            form,
            lambda session, act: make_token(session, act, name, scopes=scopes, days=valid, secret=secret),
        )
    except Invalid as refused:
        return _tokens(visit, dict(form.fields), refused)
    return _tokens(visit, {}, made=made) if made else go("/tokens", "token-made")


@router.post("/tokens/revoke")
def revoke(visit: Member, form: Sent) -> Response:
    """End a token at once, with a reason."""
    name, reason = form.text("name", most=80), form.text("reason", most=500)
    try:
        carry_out(visit, form, lambda session, act: revoke_token(session, act, name, reason))
    except Invalid as refused:
        return _tokens(visit, {}, refused)
    return go("/tokens", "token-revoked")


def _tokens(visit: Visit, typed: Mapping[str, str], refused: Refused | None = None, *, made: str = "") -> HTMLResponse:
    act = visit.act()
    makes = visit.may("token.make")
    if not makes:
        act.must("token.read", None)
    with reading(visit.place.engine) as session:
        found = tokens(session, act)
    paging = Paging.of(visit.request, len(found))
    return visit.page(
        "tokens.html",
        status=refused.status if refused else 200,
        found=found[paging.offset : paging.offset + paging.limit],
        paging=paging,
        makes=makes,
        ends=act.may("token.revoke", None),
        scopes=SCOPES,
        longest=LONGEST_DAYS,
        now=visit.now,
        made=made,
        typed=typed,
        refused=refused,
    )
