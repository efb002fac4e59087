"""My second factor: the authenticator app, passkeys, recovery codes."""

import io
import secrets

import segno
from fastapi import APIRouter
from pyotp import random_base32
from starlette.responses import HTMLResponse, Response

from craftsman.actions.passkeys import (
    add_passkey,
    can_have_passkeys,
    passkeys_of,
    registration_options,
    remove_passkey,
)
from craftsman.actions.second_factor import (
    CODES,
    add_app,
    factors_of,
    lacks_factor,
    otpauth_uri,
    remove_app,
    renew_codes,
)
from craftsman.errors import NotFound, Refused
from craftsman.portal.account import count_password
from craftsman.portal.forms import Form
from craftsman.portal.headers import scripted
from craftsman.portal.parts import FACTORS, Id, Member, Sent, Visit, carry_out, go
from craftsman.portal.pending import MINUTES
from craftsman.store.engine import reading

router = APIRouter(prefix=FACTORS)

STALE = "页面已过期，请从头再来一次。"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@router.get("")
def show_factors(visit: Member) -> HTMLResponse:
    """What I have, and what can be added or removed."""
    return _page(visit)


@router.get("/app")
def show_app(visit: Member) -> HTMLResponse:
    """The key for my app, as a square code and as text; it counts once a first code has come back."""
    return _app_page(visit)


@router.get("/app/qr.svg")
def show_square_code(visit: Member) -> Response:
    """The square code of the key that is being set up."""
    secret = visit.portal.pending.apps.look(_key(visit), visit.portal.ticks())
    if secret is None:
        raise NotFound(STALE)
    drawn = io.BytesIO()
    code = segno.make_qr(otpauth_uri(visit.person.login, secret), error="m")
    code.save(drawn, kind="svg", border=4, scale=6, light="#fff", svgclass=None, lineclass=None)
    return Response(drawn.getvalue(), media_type="image/svg+xml")


@router.post("/app")
def confirm_app(visit: Member, form: Sent) -> Response:
    """Take the app whose first code this is."""
    limits = visit.portal.limits
    visit.must_not_throng(limits.codes, visit.person.login, "验证码尝试次数过多，请十五分钟后再试。")
    secret = visit.portal.pending.apps.look(_key(visit), visit.portal.ticks())
    if secret is None:
        return _app_page(visit, refused=Refused(STALE))
    told = {"code": form.text("code", most=20), "password": form.text("password", most=200)}
    at, codes = visit.portal.wall(), fresh_codes()
    try:
        shown = carry_out(
            visit, form, lambda session, act: add_app(session, act, secret=secret, at=at, codes=codes, **told)
        )
    except Refused as refused:
        return _app_page(visit, refused=refused)
    visit.portal.pending.apps.take(_key(visit), visit.portal.ticks())
    return _codes_page(visit, codes) if shown else go(FACTORS, "factor-added")


@router.post("/app/remove")
def give_up_app(visit: Member, form: Sent) -> Response:
    """Give up my app."""
    count_password(visit)
    password = form.text("password", most=200)
    try:
        carry_out(visit, form, lambda session, act: remove_app(session, act, password))
    except Refused as refused:
        return _page(visit, refused=refused)
    return go(FACTORS, "factor-removed")


@router.get("/passkey")
def show_passkey(visit: Member) -> Response:
    """The page that asks the browser for a new passkey."""
    return _passkey_page(visit)


@router.post("/passkey")
def take_passkey(visit: Member, form: Sent) -> Response:
    """Keep the passkey that the browser made."""
    challenge = visit.portal.pending.challenges.take(_key(visit), visit.portal.ticks())
    if challenge is None:
        return _passkey_page(visit, form=form, refused=Refused(STALE))
    if form.text("password", most=200):
        count_password(visit)
    try:
        codes = _added(visit, form, challenge)
    except Refused as refused:
        return _passkey_page(visit, form=form, refused=refused)
    return _codes_page(visit, codes) if codes else go(FACTORS, "factor-added")


@router.post("/passkey/{number}/remove")
def give_up_passkey(visit: Member, form: Sent, number: Id) -> Response:
    """Give up one of my passkeys."""
    count_password(visit)
    password = form.text("password", most=200)
    try:
        carry_out(visit, form, lambda session, act: remove_passkey(session, act, number, password))
    except Refused as refused:
        return _page(visit, refused=refused)
    return go(FACTORS, "factor-removed")


@router.post("/codes")
def make_codes(visit: Member, form: Sent) -> Response:
    """New recovery codes, shown this once; the old ones are no good any more."""
    count_password(visit)
    password, codes = form.text("password", most=200), fresh_codes()
    try:
        done = carry_out(visit, form, lambda session, act: renew_codes(session, act, password, codes) or True)
    except Refused as refused:
        return _page(visit, refused=refused)
    return _codes_page(visit, codes) if done else go(FACTORS)


def fresh_codes() -> list[str]:
    """Ten random recovery codes, 79 bits each, in letters and digits that are not taken for one another."""
    return ["-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4)) for _ in range(CODES)]


def _added(visit: Visit, form: Form, challenge: bytes) -> list[str]:
    codes = fresh_codes()
    told = {"name": form.text("name", most=40), "answer": form.text("answer", most=20_000)}
    password = form.text("password", most=200)
    shown = carry_out(
        visit,
        form,
        lambda session, act: add_passkey(session, act, **told, challenge=challenge, password=password, codes=codes),
    )
    return codes if shown else []


def _page(visit: Visit, *, refused: Refused | None = None) -> HTMLResponse:
    settings = visit.place.settings
    with reading(visit.place.engine) as session:
        return visit.page(
            "factors.html",
            status=refused.status if refused else 200,
            factors=factors_of(session, visit.person.account),
            passkeys=passkeys_of(session, visit.person.account),
            must=lacks_factor(session, visit.person, settings),
            can_have_passkeys=can_have_passkeys(settings),
            refused=refused,
        )


def _app_page(visit: Visit, *, refused: Refused | None = None) -> HTMLResponse:
    apps, now = visit.portal.pending.apps, visit.portal.ticks()
    secret = apps.look(_key(visit), now) or random_base32()
    apps.keep(_key(visit), secret, now + 2 * MINUTES)
    grouped = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    status = refused.status if refused else 200
    with reading(visit.place.engine) as session:
        again = factors_of(session, visit.person.account).any
    return visit.page("factor-app.html", status=status, secret=grouped, again=again, refused=refused)


def _passkey_page(visit: Visit, *, form: Form | None = None, refused: Refused | None = None) -> Response:
    if not can_have_passkeys(visit.place.settings):
        raise NotFound("当前访问地址不支持通行密钥；请用动态验证码。")
    challenge = secrets.token_bytes(32)
    visit.portal.pending.challenges.keep(_key(visit), challenge, visit.portal.ticks() + MINUTES)
    with reading(visit.place.engine) as session:
        page = visit.page(
            "factor-passkey.html",
            status=refused.status if refused else 200,
            options=registration_options(session, visit.act(), challenge),
            again=factors_of(session, visit.person.account).any,
            name=form.text("name", most=40) if form else "",
            refused=refused,
        )
    return scripted(page)


def _codes_page(visit: Visit, codes: list[str]) -> HTMLResponse:
    return visit.page("recovery-codes.html", codes=codes)


def _key(visit: Visit) -> str:
    return f"session {visit.token}"
