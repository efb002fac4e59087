"""Logging in and out, and the page that everybody lands on: what waits for me."""

import secrets
from hashlib import sha256

from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse, Response

from craftsman.actions.accounts import end_session, open_session, password_holds
from craftsman.actions.acting import Act, actor_of
from craftsman.actions.portal_reads import account_by_login
from craftsman.actions.portal_tasks import tasks_of
from craftsman.portal.parts import Guest, Member, Sent, Visit, go, keep_cookie, safe_path
from craftsman.store.engine import reading, transaction
from models import Account

router = APIRouter()

UNKNOWN = "账号或密码不正确。请核对后重试；忘记密码请联系活动办公室重置。"
TOO_OFTEN = "尝试次数过多，请五分钟后再试；忘记密码请联系活动办公室重置。"


@router.get("/login")
def show_login(visit: Guest, next: str = "/tasks") -> Response:  # noqa: A002  (the name in the address)
    """The login page; whoever has logged in goes on."""
    if visit.actor is not None:
        return go(safe_path(next))
    return visit.page("login.html", next=safe_path(next), problem="", login="")


@router.post("/login")
def log_in(visit: Guest, form: Sent) -> Response:
    """Begin a session; the answer is the same for an unknown account and a wrong password."""
    login, password, onward = form.text("login", most=60), form.text("password", most=200), safe_path(form.text("next"))
    key = _throttled(visit, login)
    with reading(visit.place.engine) as session:
        account = account_by_login(session, login)
    if not password_holds(account, password) or account is None:
        return visit.page("login.html", status=422, next=onward, problem=UNKNOWN, login=login)
    visit.portal.limits.logins.forget(key)
    return _begun(visit, account, onward)


@router.post("/logout")
def log_out(visit: Member, form: Sent) -> RedirectResponse:
    """End the session, not only the cookie."""
    _ = form
    with transaction(visit.place.engine) as session:
        end_session(session, visit.act(), visit.token)
    answer = go("/login", "logged-out")
    answer.delete_cookie(visit.portal.cookie("craftsman"), path="/", secure=True, httponly=True, samesite="strict")
    return answer


@router.get("/tasks")
def show_tasks(visit: Member) -> HTMLResponse:
    """What waits for me."""
    with reading(visit.place.engine) as session:
        return visit.page("tasks.html", tasks=tasks_of(session, visit.act()))


def _throttled(visit: Visit, login: str) -> str:
    key = sha256(f"{login.lower()}\0{visit.address}".encode()).hexdigest()
    visit.must_not_throng(visit.portal.limits.logins, key, TOO_OFTEN)
    visit.must_not_throng(visit.portal.limits.all_logins, "", TOO_OFTEN)
    return key


def _begun(visit: Visit, account: Account, onward: str) -> RedirectResponse:
    token = secrets.token_urlsafe(32)
    with transaction(visit.place.engine) as session:
        act = Act(actor_of(session, account, visit.now), visit.now, visit.place)
        open_session(session, act, account, token)
    answer = go(onward)
    keep_cookie(answer, visit.portal, "craftsman", token)
    return answer
