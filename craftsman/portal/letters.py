"""Letters at the office: what waits to be confirmed, where each stands, how it reads and how it was delivered."""

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, RedirectResponse

from craftsman.actions.mailings import (
    PAGE,
    address_of,
    confirm_mailing,
    letter_view,
    letters_of,
    mailings_of,
    send_again,
    withdraw_letter,
    withdraw_mailing,
)
from craftsman.actions.views import round_by_key
from craftsman.errors import Invalid
from craftsman.mail.handling import status_counts
from craftsman.portal.forms import Form
from craftsman.portal.parts import Id, Member, Sent, carry_out, go
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading
from models import Round

router = APIRouter()


@router.get("/rounds/{key}/letters")
def show_letters(visit: Member, key: str, page: int = 1) -> HTMLResponse:
    """The letters of a round: held mailings first, then all, the newest first."""
    number = min(max(page, 1), 10_000)
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        round_id = round_.id or 0
        mailings = mailings_of(session, visit.act(), round_id)
        rows, total = letters_of(session, visit.act(), round_id, page=number)
        return visit.page(
            "letters.html",
            round=round_,
            mailings=mailings,
            counts=status_counts(session, round_id),
            letters=[(row, address_of(row)) for row in rows],
            pages=-(-total // PAGE),
            number=number,
            confirms=allowed("mail.confirm", visit.person.roles(round_id)),
        )


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
