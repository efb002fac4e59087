"""Letters at the office: what waits to be confirmed, where each stands, how it reads and how it was delivered."""

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, RedirectResponse, Response

from craftsman.actions.mailings import (
    PAGE,
    address_of,
    confirm_mailing,
    kinds_of_letters,
    letter_view,
    letters_of,
    mailings_of,
    send_again,
    send_refused_again,
    withdraw_letter,
    withdraw_mailing,
)
from craftsman.actions.views import round_by_key
from craftsman.errors import Invalid, Refused
from craftsman.mail.handling import status_counts
from craftsman.portal.answers import settled
from craftsman.portal.forms import Form
from craftsman.portal.paging import Paging
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out, go
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading
from models import MessageStatus, Round

router = APIRouter()
LONGEST_PAGE = 6


@router.get("/rounds/{key}/letters")
def show_letters(visit: Member, key: str, state: str = "", letter: str = "", name: str = "") -> HTMLResponse:
    """The letters of a round: held mailings first, then those that are looked for, the newest first."""
    return _list(visit, key, state=state, letter=letter, name=name)


@router.post("/rounds/{key}/letters/again")
def try_refused_again(visit: Member, form: Sent, key: str) -> Response:
    """Try all refused letters of the round again, as many as the page showed."""

    def tried() -> Response:
        count = _count(form)
        carry_out(visit, form, lambda session, act: send_refused_again(session, act, _round(session, key), count=count))
        return go(f"/rounds/{key}/letters", "letter-again")

    return settled(tried, lambda refused: _list(visit, key, state="refused", refused=refused))


@router.get("/letters/{letter_id}")
def show_letter(visit: Member, letter_id: Id) -> HTMLResponse:
    """How a letter reads, and its delivery log."""
    with reading(visit.place.engine) as session:
        view = letter_view(session, visit.act(), letter_id)
        round_ = session.get(Round, view.row.round_id) if view.row.round_id else None
        confirms = allowed("mail.confirm", visit.person.roles(view.row.round_id))
        return visit.page("letter.html", view=view, round=round_, confirms=confirms)


@router.post("/rounds/{key}/letters/confirm")
def confirm(visit: Member, form: Sent, key: str) -> RedirectResponse:
    """Let a mailing go, once the box with its number of letters is ticked."""
    mailing, count = form.text("mailing", most=120), _count(form)
    carry_out(
        visit, form, lambda session, act: confirm_mailing(session, act, _round(session, key), mailing, count=count)
    )
    return go(f"/rounds/{key}/letters", "mailing-confirmed")


@router.post("/rounds/{key}/letters/withdraw")
def keep_back(visit: Member, form: Sent, key: str) -> RedirectResponse:
    """Keep a mailing back, with the reason."""
    mailing, reason = form.text("mailing", most=120), form.text("reason")
    carry_out(
        visit, form, lambda session, act: withdraw_mailing(session, act, _round(session, key), mailing, reason=reason)
    )
    return go(f"/rounds/{key}/letters", "mailing-withdrawn")


@router.post("/letters/{letter_id}/withdraw")
def keep_one_back(visit: Member, form: Sent, letter_id: Id) -> RedirectResponse:
    """Keep one letter back."""
    carry_out(visit, form, lambda session, act: withdraw_letter(session, act, letter_id))
    return go(f"/letters/{letter_id}", "letter-withdrawn")


@router.post("/letters/{letter_id}/again")
def try_again(visit: Member, form: Sent, letter_id: Id) -> RedirectResponse:
    """Try a refused letter again."""
    carry_out(visit, form, lambda session, act: send_again(session, act, letter_id))
    return go(f"/letters/{letter_id}", "letter-again")


def _round(session: Session, key: str) -> int:
    return round_by_key(session, key).id or 0


def _count(form: Form) -> int:
    told = form.text("count", most=9)
    if not form.text("confirmed") or not (told.isascii() and told.isdigit()):
        raise Invalid("尚未提交：请返回上一页，核对收件人数后勾选确认的方框。")
    return int(told)


def _list(  # noqa: PLR0913  (what is looked for, by name)
    visit: Visit, key: str, *, state: str = "", letter: str = "", name: str = "", refused: Refused | None = None
) -> HTMLResponse:
    statuses = [one for one in MessageStatus if one.value == state]
    asked = visit.request.query_params.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < LONGEST_PAGE else 1
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        round_id = round_.id or 0
        mailings = mailings_of(session, visit.act(), round_id)
        rows, total = letters_of(
            session,
            visit.act(),
            round_id,
            statuses=statuses,
            letter=letter[:60],
            name=name.strip()[:60],
            page=number,
        )
        return visit.page(
            "letters.html",
            status=refused.status if refused else 200,
            round=round_,
            mailings=mailings,
            counts=status_counts(session, round_id),
            kinds=kinds_of_letters(session, round_id),
            letters=[(row, address_of(row)) for row in rows],
            paging=Paging.of(visit.request, total, PAGE),
            sought={"state": state, "letter": letter, "name": name},
            confirms=allowed("mail.confirm", visit.person.roles(round_id)),
            refused=refused,
        )
