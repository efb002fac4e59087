"""My own account: where I am logged in, and my password."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from craftsman.actions.passwords import change_password
from craftsman.actions.second_factor import factors_of
from craftsman.actions.sessions import end_my_session, end_other_sessions, my_sessions
from craftsman.errors import Invalid, Refused
from craftsman.portal.forms import Form
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out, go
from craftsman.store.engine import reading

router = APIRouter()

TOO_OFTEN = "密码尝试次数过多，请十五分钟后再试。"


@router.get("/account")
def show_account(visit: Member) -> HTMLResponse:
    """My sessions, my password, my second factor."""
    return _page(visit)


@router.post("/account/sessions/{number}/end")
def end_one(visit: Member, form: Sent, number: Id) -> Response:
    """End one of my sessions; the present one too, which then asks to log in."""
    carry_out(visit, form, lambda session, act: end_my_session(session, act, number))
    return go("/account", "session-ended")


@router.post("/account/sessions/end-others")
def end_others(visit: Member, form: Sent) -> Response:
    """End all of my sessions but this one."""
    carry_out(visit, form, lambda session, act: end_other_sessions(session, act, visit.token))
    return go("/account", "session-ended")


@router.post("/account/password")
def change(visit: Member, form: Sent) -> Response:
    """Change my password; the others of my sessions end."""
    count_password(visit)
    try:
        old, new = _passwords(form)
        carry_out(visit, form, lambda session, act: change_password(session, act, old=old, new=new, token=visit.token))
    except Refused as refused:
        return _page(visit, refused=refused)
    return go("/account", "password-changed")


def count_password(visit: Visit) -> None:
    """Count a try of the visitor's own password; TooOften when there were too many."""
    visit.must_not_throng(visit.portal.limits.own_passwords, visit.person.login, TOO_OFTEN)


def _passwords(form: Form) -> tuple[str, str]:
    old, new, again = (form.text(name, most=200) for name in ("old", "new", "again"))
    if new != again:
        raise Invalid("两次输入的新密码不一致，请重新输入。")
    return old, new


def _page(visit: Visit, *, refused: Refused | None = None) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        return visit.page(
            "account.html",
            status=refused.status if refused else 200,
            sessions=my_sessions(session, visit.act(), visit.token),
            factors=factors_of(session, visit.person.account),
            refused=refused,
        )
