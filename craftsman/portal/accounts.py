"""Accounts, for the three administrators: found, made by invitation, closed, and roles asked for; none grants alone."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.access import invite_accounts
from craftsman.actions.account_list import account_sheet, accounts_listed, count_accounts
from craftsman.actions.account_names import change_account
from craftsman.actions.account_places import place_account
from craftsman.actions.accounts import NewAccount, add_accounts, disable_account, restore_account
from craftsman.actions.acting import Act
from craftsman.actions.grants import end_role_early
from craftsman.actions.proposals import GrantIn, propose_grants
from craftsman.actions.rounds import rounds
from craftsman.actions.second_factor import reset_factor
from craftsman.actions.sessions import end_sessions
from craftsman.actions.views import round_by_key
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.portal.answers import search
from craftsman.portal.forms import Form
from craftsman.portal.paging import Paging
from craftsman.portal.parts import Member, Sent, Visit, carry_out, go
from craftsman.rules.access import ADMINISTRATORS
from craftsman.store.engine import reading
from craftsman.workbook.tables import several
from models import Role, RoundStatus

router = APIRouter()

MOST_GRANTS = 300
# what an administrator does to one account with a reason
DEEDS: Mapping[str, Callable[[Session, Act, str, str], object]] = {
    "disable": disable_account,
    "restore": restore_account,
    "end-sessions": end_sessions,
    "reset-factor": reset_factor,
}


@router.get("/accounts")
def show_accounts(visit: Member) -> HTMLResponse:
    """Accounts with their roles, fifty a page."""
    text = visit.words
    with reading(visit.place.engine) as session:
        paging = Paging.of(visit.request, count_accounts(session, visit.act(), text))
        found = accounts_listed(session, visit.act(), search=text, offset=paging.offset, limit=paging.limit)
    may = visit.act().may
    return visit.page("accounts.html", found=found, paging=paging, search=text, makes=may("account.create", None))


@router.post("/accounts")
def search_accounts(visit: Member, form: Sent) -> Response:
    """The accounts narrowed by a searched name, login or employer."""
    return search(visit, form)


@router.get("/accounts/new")
def show_new(visit: Member) -> HTMLResponse:
    """The form of a new account."""
    return _new(visit, {})


@router.post("/accounts/new")
def add(visit: Member, form: Sent) -> Response:
    """Enter an account and let its owner choose a password by mail; it has no role yet."""
    person = NewAccount(
        form.text("login", most=60),
        form.text("name", most=60),
        form.text("email", most=120),
        unit=form.text("unit", most=120),
        uscc=form.text("uscc", most=18),
        organisation=form.text("organisation", most=40) or None,
    )

    def deed(session: Session, act: Act) -> None:
        if not add_accounts(session, act, [person]):
            raise Invalid(f"账号“{person.login}”已经存在，没有重复添加。")
        invite_accounts(session, act, [person.login])

    try:
        carry_out(visit, form, deed)
    except Invalid as refused:
        return _new(visit, dict(form.fields), refused)
    return go(f"/accounts/{person.login}", "account-added")


@router.get("/accounts/{login}")
def show_account(visit: Member, login: str) -> HTMLResponse:
    """One account: its roles, sessions and factors, and what the visitor may do to it."""
    return _page(visit, login)


@router.post("/accounts/{login}/invite")
def invite(visit: Member, form: Sent, login: str) -> Response:
    """Send the link to choose the first password again."""
    return _done(visit, form, login, lambda session, act: invite_accounts(session, act, [login]), "account-invited")


@router.post("/accounts/{login}/end-role")
def end_role(visit: Member, form: Sent, login: str) -> Response:
    """Take a role away before its time."""
    held, key, reason = form.text("role", most=20), form.text("round", most=80), form.text("reason", most=500)

    def deed(session: Session, act: Act) -> None:
        if held not in {*Role}:
            raise NotFound("没有这种身份，请返回后重新选择。")
        round_id = round_by_key(session, key).id if key else None
        end_role_early(session, act, login, Role(held), round_id=round_id, reason=reason)

    return _done(visit, form, login, deed, "account-role-ended")


@router.post("/accounts/{login}/change")
def change(visit: Member, form: Sent, login: str) -> Response:
    """Correct name, address or employer; what is left empty stays."""
    told = {name: form.text(name, most=120) for name in ("name", "email", "unit", "uscc")}
    return _done(
        visit, form, login, lambda session, act: change_account(session, act, login, **told), "account-changed"
    )


@router.post("/accounts/{login}/place")
def place(visit: Member, form: Sent, login: str) -> Response:
    """Change the reporting unit or the industries; a field that the page did not offer leaves what is there."""
    codes = several(form.text("disciplines", most=400))
    unit = form.text("organisation", most=40) if form.all("organisation") else None

    def deed(session: Session, act: Act) -> None:
        place_account(session, act, login, organisation=unit, disciplines=codes)

    return _done(visit, form, login, deed, "account-placed")


@router.post("/accounts/{login}/{deed}")
def do(visit: Member, form: Sent, login: str, deed: str) -> Response:
    """Close or open an account, end its sessions, take a lost factor away; each with a reason."""
    if deed not in DEEDS:
        raise NotFound("没有这个页面，请核对网址，或从首页重新进入。")
    reason = form.text("reason", most=500)
    return _done(visit, form, login, lambda session, act: DEEDS[deed](session, act, login, reason), f"account-{deed}")


@router.get("/grants/new")
def show_grant_form(visit: Member, login: str = "") -> HTMLResponse:
    """The form that asks for roles; another person confirms them."""
    return _asking(visit, {"logins": login[:60]})


@router.post("/grants/new")
def ask_for_grants(visit: Member, form: Sent) -> Response:
    """Ask for one role for some people, as one list."""
    logins = form.text("logins", most=20_000).split()
    role, key = form.text("role", most=20), form.text("round", most=80)

    def deed(session: Session, act: Act) -> int:
        if len(logins) > MOST_GRANTS:
            raise Invalid(f"一次最多 {MOST_GRANTS} 个账号，请分批提出。")
        round_id = round_by_key(session, key).id if key else None
        return propose_grants(session, act, [GrantIn(one, role) for one in dict.fromkeys(logins)], round_id=round_id)

    try:
        number = carry_out(visit, form, deed)
    except Refused as refused:
        return _asking(visit, dict(form.fields), refused)
    return go(f"/grants/{number}" if number else "/grants", "grants-proposed")


def _done(visit: Visit, form: Form, login: str, deed: Callable[[Session, Act], object], told: str) -> Response:
    try:
        carry_out(visit, form, deed)
    except (Invalid, Refused) as refused:
        return _page(visit, login, refused)
    return go(f"/accounts/{login}", told)


def _page(visit: Visit, login: str, refused: Refused | None = None) -> HTMLResponse:
    act = visit.act()
    with reading(visit.place.engine) as session:
        shown = account_sheet(session, act, login)
    may = {one for one in ("account.create", "account.propose", "account.end_role") if act.may(one, None)}
    may |= {one for one in ("account.reset_factor", "session.end") if act.may(one, None)}
    own = login == visit.person.login
    others = "account.create" in may and ADMINISTRATORS.isdisjoint(one.role for one in shown.roles)
    if (own and visit.may("account.password")) or (others and not own):
        may.add("account.change")
    status = refused.status if refused else 200
    return visit.page("account-sheet.html", status=status, shown=shown, may=may, own=own, refused=refused)


def _new(visit: Visit, typed: Mapping[str, str], refused: Refused | None = None) -> HTMLResponse:
    visit.act().must("account.create", None)
    status = refused.status if refused else 200
    return visit.page("account-new.html", status=status, typed=typed, refused=refused)


def _asking(visit: Visit, typed: Mapping[str, str], refused: Refused | None = None) -> HTMLResponse:
    visit.act().must("account.propose", None)
    with reading(visit.place.engine) as session:
        running = [one for one in rounds(session) if one.status == RoundStatus.OPEN]
    status = refused.status if refused else 200
    return visit.page("grant-new.html", status=status, rounds=running, roles=list(Role), typed=typed, refused=refused)
