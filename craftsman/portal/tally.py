"""Likes at the office: tables taken in after a preview, tainted likes voided by two, the count as it stands."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.like_import import LikeReport, import_likes
from craftsman.actions.like_status import tally_status
from craftsman.actions.like_voids import LikesBy, OneLike, confirm_void, propose_void, withdraw_void
from craftsman.actions.likes import SHOWN, tally_of, token_by_mark, token_of
from craftsman.actions.views import StageView, stage_of
from craftsman.errors import Invalid, NotFound, Refused
from craftsman.portal.answers import settled
from craftsman.portal.forms import Form
from craftsman.portal.own_uploads import keep_own, must_not_flood, own_upload
from craftsman.portal.parts import Id, Member, Sent, SentWorkbook, Visit, carry_out, go, must_be_confirmed
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading
from craftsman.store.uploads import Upload
from craftsman.workbook.likes import instant_of

router = APIRouter()
PAGE = "/rounds/{key}/stages/{stage}/tally"
MOST_SHOWN = 100
CHANGED = "这些点赞在您查看之后有变化，请重新查找、核对后再提出作废。"


@dataclass(frozen=True, slots=True)
class Sought:
    """Whose likes are looked for: a voter's mark, from an instant on and before another."""

    mark: str
    start: datetime | None = None
    end: datetime | None = None


@router.get(PAGE)
def show_tally(  # noqa: PLR0913, PLR0917  (what stands in the address)
    visit: Member, key: str, stage: str, mark: str = "", start: str = "", end: str = ""
) -> HTMLResponse:
    """The figures as they stand now, the voids, and the likes of the voter that is looked for."""
    try:
        return _page(visit, key, stage, Sought(mark.strip()[:64], _instant(start), _instant(end)))
    except (Invalid, NotFound) as refused:
        return _page(visit, key, stage, refused=refused)


@router.post(f"{PAGE}/mark")
def look_for(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """From the platform's own token to its mark; by POST, so that no token stands in an address."""
    view, told = _view(visit, key, stage), form.text("token", most=200)
    visit.act().must("tally.read", view.round_id)
    mark = token_of(visit.act(), view, told)[:SHOWN]
    return go(f"{PAGE.format(key=key, stage=stage)}?mark={mark}#voter")


@router.post(f"{PAGE}/check")
def check(visit: Member, form: SentWorkbook, key: str, stage: str) -> Response:
    """Tell what would become of a table; nothing is taken in, and the file waits encrypted."""
    must_not_flood(visit)

    def checked() -> Response:
        upload, view = form.file("workbook"), _view(visit, key, stage)
        with reading(visit.place.engine) as session:
            report = import_likes(
                session, visit.act(), view.run_id, content=upload.content, file_name=upload.name, dry_run=True
            )
        keep_own(visit, view.subject, upload)
        return _page(visit, key, stage, report=report, upload=upload)

    return settled(checked, lambda refused: _page(visit, key, stage, refused=refused))


@router.post(f"{PAGE}/import")
def take_in(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """Take in the very table that was previewed."""
    view = _view(visit, key, stage)
    upload = own_upload(visit, view.subject, form.text("sha256", most=64))

    def deed(session: Session, act: Act) -> None:
        import_likes(session, act, view.run_id, content=upload.content, file_name=upload.name)

    def taken() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, deed)
        return _go(key, stage, "likes-taken")

    return settled(taken, lambda refused: _page(visit, key, stage, refused=refused))


@router.post(f"{PAGE}/void")
def void(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """Propose to void one like, or as many of a voter as the page showed."""
    view = _view(visit, key, stage)

    def proposed() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, lambda session, act: _void_as_shown(session, act, view, form))
        return _go(key, stage, "void-proposed")

    return settled(proposed, lambda refused: _page(visit, key, stage, typed=form, refused=refused))


@router.post(f"{PAGE}/voids/{{number}}/confirm")
def confirm(visit: Member, form: Sent, key: str, stage: str, number: Id) -> Response:
    """Agree to a void that somebody else proposed."""

    def confirmed() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, lambda session, act: confirm_void(session, act, number))
        return _go(key, stage, "void-confirmed")

    return settled(confirmed, lambda refused: _page(visit, key, stage, refused=refused))


@router.post(f"{PAGE}/voids/{{number}}/withdraw")
def withdraw(visit: Member, form: Sent, key: str, stage: str, number: Id) -> Response:
    """Take a void back; its likes count again."""

    def withdrawn() -> Response:
        carry_out(visit, form, lambda session, act: withdraw_void(session, act, number))
        return _go(key, stage, "void-withdrawn")

    return settled(withdrawn, lambda refused: _page(visit, key, stage, refused=refused))


def _void_as_shown(session: Session, act: Act, view: StageView, form: Form) -> None:
    chosen, reason = _chosen(session, view, form), form.text("reason", most=500)
    row = propose_void(session, act, view.run_id, chosen, reason=reason)
    if str(row.likes) != form.text("count", most=9):
        raise Refused(CHANGED)


def _chosen(session: Session, view: StageView, form: Form) -> OneLike | LikesBy:
    like, mark = form.text("like", most=9), form.text("mark", most=64)
    if mark:
        start, end = (_instant(form.text(name, most=40)) for name in ("start", "end"))
        return LikesBy(token_by_mark(session, view.run_id, mark), start, end)
    if not (like.isascii() and like.isdigit()):
        raise Invalid("请填写要作废的点赞号数，如 1024。")
    return OneLike(int(like))


def _instant(text: str) -> datetime | None:
    found = instant_of(text)
    if text and found is None:
        raise Invalid("时间读不出，请写成 2026-07-01 09:30:00。")
    return found


def _view(visit: Visit, key: str, stage: str) -> StageView:
    with reading(visit.place.engine) as session:
        return stage_of(session, key, stage)


def _go(key: str, stage: str, done: str) -> Response:
    return go(PAGE.format(key=key, stage=stage), done)


def _page(  # noqa: PLR0913  (what is shown besides the figures, by name)
    visit: Visit,
    key: str,
    stage: str,
    sought: Sought | None = None,
    *,
    report: LikeReport | None = None,
    upload: Upload | None = None,
    typed: Form | None = None,
    refused: Refused | None = None,
) -> HTMLResponse:
    sought = sought or Sought("")
    with reading(visit.place.engine) as session:
        view = stage_of(session, key, stage)
        visit.act().must("tally.read", view.round_id)
        tally_of(view)
        token = token_by_mark(session, view.run_id, sought.mark) if sought.mark else ""
        found = tally_status(session, visit.act(), view.run_id, token=token)
    held = visit.person.roles(view.round_id)
    return visit.page(
        "tally.html",
        status=refused.status if refused else 200,
        view=view,
        found=found,
        sought=sought,
        by=[one for one in found.by if _within(one.at, sought)],
        report=report,
        most_shown=MOST_SHOWN,
        upload=upload,
        typed=dict(typed.fields) if typed else {},
        refused=refused,
        me=visit.person.account_id,
        may={one for one in ("tally.import", "tally.void", "tally.confirm", "stage.close") if allowed(one, held)},
    )


def _within(at: datetime, sought: Sought) -> bool:
    return (sought.start is None or at >= sought.start) and (sought.end is None or at < sought.end)
