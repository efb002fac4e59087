"""Links from the mailbox: choosing a password by one, and asking for one where it was forgotten."""

from hashlib import sha256

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from craftsman.actions.access import ask_reset, choose_password
from craftsman.actions.access_links import live_link
from craftsman.errors import Invalid, Refused
from craftsman.portal.forms import Form
from craftsman.portal.parts import Guest, Sent, SentByStranger, Stranger, Visit, carry_out, go
from craftsman.portal.session import begin
from craftsman.rules.passwords import SHORTEST
from craftsman.store.engine import reading
from models import AccessPurpose

router = APIRouter()

TOO_OFTEN = "申请次数过多，请一小时后再试；急需登录请联系活动办公室。"
TOO_MANY_LINKS = "尝试次数过多，请五分钟后再试。"


@router.get("/access/{token}")
def show_link(visit: Stranger, token: str) -> HTMLResponse:
    """The page of a link. It changes nothing: mail scanners open links too."""
    return _page(visit, token)


@router.post("/access")
def choose(visit: Stranger, form: SentByStranger) -> Response:
    """Set the password, which uses the link up; whoever was invited is logged in, whoever forgot logs in."""
    visit.must_not_throng(visit.portal.limits.link_tries, visit.address, TOO_MANY_LINKS)
    token = form.text("token", most=200)
    try:
        password = _typed_twice(form)
        done = carry_out(visit, form, lambda session, act: choose_password(session, act, token, password))
    except Invalid as refused:
        return _page(visit, token, refused)
    if done is None or done[1] is AccessPurpose.RESET:
        return go("/login", "password-chosen")
    return begin(visit, done[0], "/tasks", by="invitation")


@router.get("/forgot")
def show_forgot(visit: Guest) -> HTMLResponse:
    """Where a new link is asked for."""
    return visit.page("forgot.html", asked=False)


@router.post("/forgot")
def ask(visit: Guest, form: Sent) -> HTMLResponse:
    """Answer alike for every login, after the same work: neither words nor time tell who has an account."""
    login = form.text("login", most=60).lower()
    if not login:
        raise Invalid("请填写账号。")
    limits = visit.portal.limits
    visit.must_not_throng(limits.resets, sha256(login.encode()).hexdigest(), TOO_OFTEN)
    visit.must_not_throng(limits.reset_places, visit.address, TOO_OFTEN)
    visit.must_not_throng(limits.all_resets, "", TOO_OFTEN)
    carry_out(visit, form, lambda session, act: ask_reset(session, act, login))
    return visit.page("forgot.html", asked=True)


def _typed_twice(form: Form) -> str:
    password = form.text("password", most=200)
    if password != form.text("again", most=200):
        raise Invalid("两次输入的密码不一致，请重新输入。")
    return password


def _page(visit: Visit, token: str, refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        link, account = live_link(session, visit.act(), token)
    answer = visit.page(
        "access.html",
        status=refused.status if refused else 200,
        token=token,
        login=account.login,
        first=link.purpose is AccessPurpose.INVITATION,
        expires_at=link.expires_at,
        shortest=SHORTEST,
        refused=refused,
    )
    # the address holds the token: not even our own stylesheet is told where it is asked for from
    answer.headers["referrer-policy"] = "strict-origin"
    return answer
