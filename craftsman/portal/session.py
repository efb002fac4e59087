"""Logging in and out, and the page that everybody lands on: what waits for me."""

import secrets
from hashlib import sha256

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, RedirectResponse, Response

from craftsman.actions.accounts import password_holds
from craftsman.actions.acting import Act, actor_of
from craftsman.actions.passkeys import can_have_passkeys
from craftsman.actions.portal_reads import account_by_login
from craftsman.actions.portal_tasks import tasks_of
from craftsman.actions.second_factor import factors_of
from craftsman.actions.sessions import Begun, end_session, open_session
from craftsman.portal.back import safe_path
from craftsman.portal.headers import keep_cookie
from craftsman.portal.office_links import office_links
from craftsman.portal.parts import FACTORS, Guest, Member, Sent, Visit, go
from craftsman.portal.pending import MINUTES, HalfLogin
from craftsman.store.engine import reading, transaction
from models import Account

router = APIRouter()

STEP = "craftsman-step"
UNKNOWN = "账号或密码不正确。请核对后重试；忘记密码请点登录框下方的“忘记密码”。"
TOO_OFTEN = "尝试次数过多，请五分钟后再试；忘记密码请点登录页的“忘记密码”。"
FAR_TOO_OFTEN = "尝试次数过多，请十五分钟后再试；忘记密码请点登录页的“忘记密码”。"


@router.get("/login")
def show_login(visit: Guest, next: str = "/tasks") -> Response:  # noqa: A002  (the name in the address)
    """The login page; whoever has logged in goes on."""
    if visit.waiting is not None:
        return go(FACTORS)
    if visit.actor is not None:
        return go(safe_path(next))
    return login_page(visit, safe_path(next))


@router.post("/login")
def log_in(visit: Guest, form: Sent) -> Response:
    """Take the first step: the answer is the same for an unknown account and a wrong password."""
    login, password, onward = form.text("login", most=60), form.text("password", most=200), safe_path(form.text("next"))
    keys = _throttled(visit, login)
    with reading(visit.place.engine) as session:
        account = account_by_login(session, login)
    if not password_holds(account, password) or account is None:
        return login_page(visit, onward, problem=UNKNOWN, login=login)
    limits = visit.portal.limits
    limits.account_logins.forget(keys[0])
    limits.logins.forget(keys[1])
    return begin(visit, account, onward)


@router.post("/logout")
def log_out(visit: Member, form: Sent) -> RedirectResponse:
    """End the session, not only the cookie."""
    _ = form
    with transaction(visit.place.engine) as session:
        end_session(session, visit.act(), visit.token)
    answer = go("/login", "logged-out")
    drop_cookie(visit, answer, "craftsman")
    return answer


@router.get("/tasks")
def show_tasks(visit: Member) -> HTMLResponse:
    """What waits for me."""
    with reading(visit.place.engine) as session:
        return visit.page("tasks.html", tasks=tasks_of(session, visit.act()), office=office_links(visit))


def login_page(visit: Visit, onward: str, *, problem: str = "", login: str = "") -> HTMLResponse:
    """The login page, with what was wrong."""
    keys = can_have_passkeys(visit.place.settings)
    status = 422 if problem else 200
    return visit.page("login.html", status=status, next=onward, problem=problem, login=login, passkeys=keys)


def begin(visit: Visit, account: Account, onward: str, *, by: str = "password") -> RedirectResponse:
    """Go on from the first factor, whichever it was (`by`): to the second where the account has one, else in.

    A half-finished log-in is no session: it opens nothing but the page that asks for the code.
    """
    with reading(visit.place.engine) as session:
        second = factors_of(session, account.id or 0).any
    if second:
        return _half_way(visit, account, onward, by)
    with transaction(visit.place.engine) as session:
        token = enter(session, visit, account, by)
    return welcome(visit, token, onward)


def enter(session: Session, visit: Visit, account: Account, by: str) -> str:
    """Open a session inside a transaction, after all factors; its token."""
    token = secrets.token_urlsafe(32)
    act = Act(actor_of(session, account, visit.now), visit.now, visit.place)
    how = Begun(by, visit.address, visit.request.headers.get("user-agent", ""))
    open_session(session, act, account, token, how)
    return token


def welcome(visit: Visit, token: str, onward: str) -> RedirectResponse:
    """Send somebody whose session was opened to where they wanted to go, with its cookie."""
    answer = go(onward)
    keep_cookie(answer, visit.portal, "craftsman", token)
    return answer


def drop_cookie(visit: Visit, answer: RedirectResponse, name: str) -> None:
    """Let the browser forget a cookie of ours."""
    secure = visit.place.settings.secure_cookies
    answer.delete_cookie(visit.portal.cookie(name), path="/", secure=secure, httponly=True, samesite="strict")


def _half_way(visit: Visit, account: Account, onward: str, by: str) -> RedirectResponse:
    token, until = secrets.token_urlsafe(32), visit.portal.ticks() + MINUTES
    half = HalfLogin(account.id or 0, account.password_hash, onward, by, until)
    visit.portal.pending.half.keep(token, half, until)
    answer = go("/login/code")
    keep_cookie(answer, visit.portal, STEP, token)
    return answer


def _throttled(visit: Visit, login: str) -> tuple[str, str]:
    """Count a try for its address, all, the account wherever from, and the account from there; the last two keys."""
    account = sha256(login.lower().encode()).hexdigest()
    pair = sha256(f"{login.lower()}\0{visit.address}".encode()).hexdigest()
    limits = visit.portal.limits
    visit.must_not_throng(limits.address_logins, visit.address, TOO_OFTEN)
    visit.must_not_throng(limits.all_logins, "", TOO_OFTEN)
    visit.must_not_throng(limits.logins, pair, TOO_OFTEN)
    visit.must_not_throng(limits.account_logins, account, FAR_TOO_OFTEN)
    return account, pair
