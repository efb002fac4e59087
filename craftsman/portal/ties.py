"""Ties between people who act and nominees: declared by oneself, recorded by the office, settled by a second person."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from craftsman.actions.ties import TieIn, confirm_tie, declare_tie, record_tie, ties_of, withdraw_tie
from craftsman.actions.views import round_by_key
from craftsman.errors import Invalid, Refused
from craftsman.portal.forms import Form
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out, go
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading
from models import TieKind, TieSource

router = APIRouter()
PAGE = "/rounds/{key}/ties"
KINDS = {kind.value: kind for kind in TieKind}
SOURCES = {source.value: source for source in TieSource}


@router.get(PAGE)
def show_ties(visit: Member, key: str) -> HTMLResponse:
    """One's own ties, all of the round for the office, and the forms for more."""
    return _page(visit, key)


@router.post(f"{PAGE}/declare")
def declare(visit: Member, form: Sent, key: str) -> Response:
    """Declare one's own tie; what is not accepted is shown again as typed."""
    try:
        round_id, told = _round_id(visit, key), _told(form)
        carry_out(visit, form, lambda session, act: declare_tie(session, act, round_id, told))
    except Refused as refused:
        return _page(visit, key, form=form, refused=refused)
    return go(f"/rounds/{key}/ties", "tie-declared")


@router.post(f"{PAGE}/record")
def record(visit: Member, form: Sent, key: str) -> Response:
    """Record somebody's tie from papers or a tip, for a second person to confirm."""
    try:
        round_id, told, login = _round_id(visit, key), _told(form), form.text("login", most=60)
        source = SOURCES.get(form.text("source", most=20), TieSource.TIP)
        carry_out(
            visit,
            form,
            lambda session, act: record_tie(session, act, round_id, login=login, source=source, told=told),
        )
    except Refused as refused:
        return _page(visit, key, form=form, refused=refused)
    return go(f"/rounds/{key}/ties", "tie-recorded")


@router.post(f"{PAGE}/{{number}}/confirm")
def confirm(visit: Member, form: Sent, key: str, number: Id) -> Response:
    """Confirm a recorded tie."""
    try:
        carry_out(visit, form, lambda session, act: confirm_tie(session, act, number))
    except Refused as refused:
        return _page(visit, key, form=form, refused=refused)
    return go(f"/rounds/{key}/ties", "tie-confirmed")


@router.post(f"{PAGE}/{{number}}/withdraw")
def withdraw(visit: Member, form: Sent, key: str, number: Id) -> Response:
    """Refuse a recorded tie, or let a confirmed one count no more."""
    try:
        reason = form.text("grounds", most=1000)
        carry_out(visit, form, lambda session, act: withdraw_tie(session, act, number, reason=reason))
    except Refused as refused:
        return _page(visit, key, form=form, refused=refused, settled=number)
    return go(f"/rounds/{key}/ties", "tie-withdrawn")


def _told(form: Form) -> TieIn:
    kind = KINDS.get(form.text("kind", most=20))
    if kind is None:
        raise Invalid("请选择是哪种关系。")
    year = form.text("year", most=20)
    if year and not (year.isascii() and year.isdigit() and len(year) == len("2026")):
        raise Invalid("成果的年份请写成四位数字，如 2024。")
    return TieIn(
        kind,
        form.text("note", most=1000),
        form.text("case_no", most=40),
        form.text("uscc", most=40),
        form.text("number", most=200),
        int(year) if year else None,
    )


def _round_id(visit: Visit, key: str) -> int:
    with reading(visit.place.engine) as session:
        return round_by_key(session, key).id or 0


def _page(
    visit: Visit, key: str, *, form: Form | None = None, refused: Refused | None = None, settled: int = 0
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        rows = ties_of(session, visit.act(), round_.id or 0)
    held = visit.person.roles(round_.id)
    return visit.page(
        "ties.html",
        status=refused.status if refused else 200,
        round=round_,
        rows=sorted(rows, key=lambda row: (row[0].confirmed_at or row[0].withdrawn_at) is not None),
        me=visit.person,
        records=allowed("tie.record", held),
        confirms=allowed("tie.confirm", held),
        typed=dict(form.fields) if form else {},
        settled=settled,
        refused=refused,
    )
