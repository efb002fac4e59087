"""The second step of a log-in: a code of the app or a recovery code; and passkeys, which are both steps at once."""

import secrets
from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act, actor_of
from craftsman.actions.passkeys import can_have_passkeys, login_options, passkey_account
from craftsman.actions.second_factor import WRONG, code_holds, factors_of, plain_code
from craftsman.errors import Invalid
from craftsman.portal.back import safe_path
from craftsman.portal.headers import scripted
from craftsman.portal.parts import PUBLIC, Guest, Sent, Visit, go
from craftsman.portal.pending import MINUTES, HalfLogin
from craftsman.portal.session import STEP, drop_cookie, enter, login_page, welcome
from craftsman.store.engine import reading, transaction
from models import Account

router = APIRouter()

MOST_WRONG = 5
OVER = "登录已超时，请重新登录。"
TOO_MANY = "验证码错误次数过多，请重新登录。"
TOO_OFTEN = "验证码尝试次数过多，请十五分钟后再试；手机丢失请联系活动办公室。"
TOO_MANY_KEYS = "通行密钥尝试次数过多，请五分钟后再试，或用密码登录。"
STALE = "页面已过期，请再试一次。"


@router.get("/login/code")
def show_code(visit: Guest) -> Response:
    """The page that asks for the code, for whom the password held."""
    half = visit.portal.pending.half.look(_cookie(visit), visit.portal.ticks())
    return go("/login") if half is None else _code_page(visit, half)


@router.post("/login/code")
def check_code(visit: Guest, form: Sent) -> Response:
    """Begin the session with a right code; after five wrong ones the log-in starts over."""
    code, key, half_logins = form.text("code", most=60), _cookie(visit), visit.portal.pending.half
    known = half_logins.look(key, visit.portal.ticks())
    if known is not None:
        _throttled(visit, known, code)
    # taken out while it is looked at: tries at the same moment do not get five each
    half = half_logins.take(key, visit.portal.ticks())
    if half is None:
        return login_page(visit, "/tasks", problem=OVER)
    token = _entered(visit, half, code)
    if token is not None:
        visit.portal.limits.codes.forget(str(half.account_id))
        answer = welcome(visit, token, half.onward)
        drop_cookie(visit, answer, STEP)
        return answer
    half = replace(half, wrong=half.wrong + 1)
    if half.wrong >= MOST_WRONG:
        return login_page(visit, half.onward, problem=TOO_MANY)
    half_logins.keep(key, half, half.until)
    return _code_page(visit, half, problem=WRONG)


@router.get("/login/passkey")
def show_passkey(visit: Guest, next: str = "/tasks") -> Response:  # noqa: A002  (the name in the address)
    """The page that asks the browser for a passkey, with a challenge that is good once and for five minutes."""
    if visit.actor is not None:
        return go(safe_path(next))
    return _passkey_page(visit, safe_path(next))


@router.post("/login/passkey")
def check_passkey(visit: Guest, form: Sent) -> Response:
    """Begin a session for whose passkey signed the challenge."""
    onward, answer = safe_path(form.text("next")), form.text("answer", most=20_000)
    challenge = visit.portal.pending.challenges.take(visit.token, visit.portal.ticks())
    if challenge is None:
        return _passkey_page(visit, onward, problem=STALE)
    try:
        return welcome(visit, _entered_by_passkey(visit, answer, challenge), onward)
    except Invalid as refused:
        return _passkey_page(visit, onward, problem=refused.reason)


def _entered(visit: Visit, half: HalfLogin, code: str) -> str | None:
    """The token of a session opened by the code; None for a wrong one, or where the account is not as it was."""
    with transaction(visit.place.engine) as session:
        account = session.get_one(Account, half.account_id)
        if account.disabled_at is not None or account.password_hash != half.proof:
            return None
        act = Act(actor_of(session, account), visit.now, visit.place)
        used = code_holds(session, act, account, code, visit.portal.wall())
        return None if used is None else enter(session, visit, account, f"{half.by}+{used}")


def _entered_by_passkey(visit: Visit, answer: str, challenge: bytes) -> str:
    with transaction(visit.place.engine) as session:
        account = passkey_account(session, Act(PUBLIC, visit.now, visit.place), answer=answer, challenge=challenge)
        return enter(session, visit, account, "passkey")


def _throttled(visit: Visit, half: HalfLogin, code: str) -> None:
    limits, account = visit.portal.limits, str(half.account_id)
    own = limits.codes if len(plain_code(code)) == 6 else limits.recovery_codes
    visit.must_not_throng(limits.address_codes, visit.address, TOO_OFTEN)
    visit.must_not_throng(limits.all_codes, "", TOO_OFTEN)
    visit.must_not_throng(own, account, TOO_OFTEN)


def _code_page(visit: Visit, half: HalfLogin, *, problem: str = "") -> HTMLResponse:
    with reading(visit.place.engine) as session:
        factors = factors_of(session, half.account_id)
    status = 422 if problem else 200
    return visit.page("second-step.html", status=status, problem=problem, factors=factors, next=half.onward)


def _passkey_page(visit: Visit, onward: str, *, problem: str = "") -> Response:
    if not can_have_passkeys(visit.place.settings):
        return go("/login")
    limits = visit.portal.limits
    visit.must_not_throng(limits.passkeys, visit.address, TOO_MANY_KEYS)
    visit.must_not_throng(limits.all_passkeys, "", TOO_MANY_KEYS)
    challenge = secrets.token_bytes(32)
    visit.portal.pending.challenges.keep(visit.token, challenge, visit.portal.ticks() + MINUTES)
    options, status = login_options(visit.place.settings, challenge), 422 if problem else 200
    return scripted(visit.page("passkey-login.html", status=status, problem=problem, options=options, next=onward))


def _cookie(visit: Visit) -> str:
    return visit.request.cookies.get(visit.portal.cookie(STEP), "")
