"""Logging in by an identity provider: off to it with state, nonce and challenge, and back with a code."""

import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse, RedirectResponse

from craftsman.actions.provider import enter
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.portal.back import safe_path
from craftsman.portal.parts import Guest, Visit
from craftsman.portal.provider import Provider
from craftsman.portal.session import TOO_OFTEN, begin
from craftsman.store.engine import transaction

router = APIRouter()

COOKIE = "craftsman-oidc"
LIFE = timedelta(minutes=10)
LONGEST_PATH = 500
STRAY = "登录已超时，或不是从这个浏览器发起的；请回到登录页重新开始。"
CANCELLED = "统一身份认证没有完成（可能已取消）；请回到登录页重新开始，或用账号和密码登录。"
_TRIP = re.compile(r"[\w-]{43}\.([0-9]{1,12})\.([\w=-]*)", re.ASCII)

Told = Annotated[str, Query(max_length=2000)]


@dataclass(frozen=True, slots=True)
class Trip:
    """One log-in on its way; `kept` is the browser's cookie, from which all else follows by the key of this house."""

    kept: str
    state: str
    nonce: str
    verifier: str


@router.get("/login/oidc")
def set_out(visit: Guest, next: str = "/tasks") -> RedirectResponse:  # noqa: A002  (the name in the address)
    """Send the browser to the provider; nothing is kept here but what its cookie says."""
    provider = _provider(visit)
    _must_not_throng(visit)
    onward = safe_path(next)
    path = urlsafe_b64encode((onward if len(onward) <= LONGEST_PATH else "/tasks").encode()).decode()
    trip = _trip(visit, f"{secrets.token_urlsafe(32)}.{int(visit.now.timestamp())}.{path}")
    way = provider.way(state=trip.state, nonce=trip.nonce, verifier=trip.verifier)
    answer = RedirectResponse(way, status_code=303)
    secure, name = visit.place.settings.secure_cookies, visit.portal.cookie(COOKIE)
    # lax: browsers send no strict cookie along when another site sends them back
    answer.set_cookie(name, trip.kept, max_age=int(LIFE.total_seconds()), secure=secure, httponly=True, samesite="lax")
    return answer


@router.get("/login/oidc/back")
def come_back(visit: Guest, code: Told = "", state: Told = "", error: Told = "", iss: Told = "") -> HTMLResponse:
    """Take the provider's word for an account that is there, and go on as after a password."""
    provider = _provider(visit)
    _must_not_throng(visit)
    kept = visit.request.cookies.get(visit.portal.cookie(COOKIE), "")
    trip = _trip(visit, kept)
    if not hmac.compare_digest(trip.state.encode(), state.encode()) or (onward := _onward(visit, kept)) is None:
        raise Forbidden(STRAY)
    if error or not code or (iss and iss != provider.issuer):
        raise Refused(CANCELLED)
    login = provider.login_of(code, nonce=trip.nonce, verifier=trip.verifier, now=visit.now)
    with transaction(visit.place.engine) as session:
        account = enter(session, visit.act(), trip.state, login)
    return _from_here(visit, begin(visit, account, onward, by="oidc"))


def _provider(visit: Visit) -> Provider:
    if visit.portal.provider is None:
        raise NotFound("没有这个页面，请核对网址，或从首页重新进入。")
    return visit.portal.provider


def _must_not_throng(visit: Visit) -> None:
    limits = visit.portal.limits
    visit.must_not_throng(limits.link_tries, f"oidc {visit.address}", TOO_OFTEN)
    visit.must_not_throng(limits.all_logins, "", TOO_OFTEN)


def _trip(visit: Visit, kept: str) -> Trip:
    index = visit.place.secrets.index
    return Trip(kept, *(index(kept, f"oidc:{use}") for use in ("state", "nonce", "verifier")))


def _onward(visit: Visit, kept: str) -> str | None:
    """Where a log-in was to lead, by a cookie that is ours; None when it took too long."""
    found = _TRIP.fullmatch(kept)
    if found is None or int(found[1]) + LIFE.total_seconds() < visit.now.timestamp():
        return None
    return safe_path(urlsafe_b64decode(found[2]).decode())


def _from_here(visit: Visit, onward: RedirectResponse) -> HTMLResponse:
    """A page of ours that goes on by itself: a redirect would count as the provider's, without our strict cookies."""
    path = onward.headers["location"]
    page = visit.page("onward.html", path=path)
    page.headers["refresh"] = f"0; url={path}"
    for cookie in onward.headers.getlist("set-cookie"):
        page.headers.append("set-cookie", cookie)
    secure = visit.place.settings.secure_cookies
    page.delete_cookie(visit.portal.cookie(COOKIE), path="/", secure=secure, httponly=True, samesite="lax")
    return page
