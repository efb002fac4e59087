"""The documents of a round: looked through, taken away, compared, made on demand, let out by a second person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.documents import documents_of, in_force, released_ids
from craftsman.actions.paperwork import ASKED, Wanted, make_document
from craftsman.actions.releases import compare, release_documents, waiting_documents
from craftsman.actions.site import site_files
from craftsman.actions.viewing import documents_zip
from craftsman.actions.views import round_by_key
from craftsman.actions.visibility import hidden_from
from craftsman.clock import day
from craftsman.documents.archive import packed
from craftsman.documents.kinds import kind_of, names
from craftsman.errors import Refused
from craftsman.portal.answers import settled
from craftsman.portal.downloads import ZIP, attachment
from craftsman.portal.forms import Form, day_of
from craftsman.portal.paging import Paging
from craftsman.portal.parts import Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading
from models import Document, Round

router = APIRouter()
CHANGED = "待放行的文件在您查看之后有变化，请重新核对后再放行。"
STATES: dict[str, str] = {"force": "现行版本", "waiting": "待放行", "released": "已放行", "": "全部版本"}


@router.get("/rounds/{key}/documents")
def show_documents(visit: Member, key: str, kind: str = "", state: str = "force", name: str = "") -> HTMLResponse:
    """What was issued in a round: of one kind, in one state, with a name or number, as is asked."""
    return _page(visit, key, kind=kind, state=state, name=name)


@router.get("/rounds/{key}/documents/zip")
def download_all(visit: Member, key: str, kind: str = "", state: str = "force", name: str = "") -> Response:
    """All that was looked for in one zip; what is not released bears the viewer's name."""
    with reading(visit.place.engine) as session:
        shelf = _shelf(session, visit, key)
    chosen = _chosen(shelf, kind=kind, state=state, name=name)
    if not chosen:
        raise Refused("没有符合条件的文件可以下载；请返回文件页，放宽筛选。")
    content = documents_zip(visit.act(), chosen, shelf.released)
    return attachment(content, file_name=f"{shelf.round.title}_文件.zip", media_type=ZIP)


@router.get("/rounds/{key}/documents/site")
def download_site(visit: Member, key: str) -> Response:
    """The public pages of winners of all released rounds, for another web server."""
    with reading(visit.place.engine) as session:
        visit.act().must("document.read", round_by_key(session, key).id)
        files = site_files(session)
    return attachment(packed(files), file_name="历届人选公开网页.zip", media_type=ZIP)


@router.get("/rounds/{key}/documents/comparison")
def show_comparison(visit: Member, key: str) -> HTMLResponse:
    """Notices, awards and all documents in force beside the frozen list: every difference without a resolution."""
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        wrong = compare(session, visit.act(), round_.id or 0)
        compared = in_force(documents_of(session, round_.id or 0))
    return visit.page("comparison.html", round=round_, wrong=wrong, compared=len(compared))


@router.post("/rounds/{key}/release")
def release(visit: Member, form: Sent, key: str) -> Response:
    """Let out what waits, as many as the page showed, once the box is ticked."""
    with reading(visit.place.engine) as session:
        round_id = round_by_key(session, key).id or 0

    def deed(session: Session, act: Act) -> None:
        if str(len(release_documents(session, act, round_id))) != form.text("count", most=9):
            raise Refused(CHANGED)

    def released() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, deed)
        return go(f"/rounds/{key}/documents", "released")

    return settled(released, lambda refused: _page(visit, key, refused=refused))


@router.post("/rounds/{key}/documents/make")
def make(visit: Member, form: Sent, key: str) -> Response:
    """Make a document of a kind in all its forms; the same again is no new version."""

    def made() -> Response:
        kind, about = form.text("make", most=60), form.text("about", most=80)
        wanted = Wanted(kind, about, _day(form) or day(visit.now))
        carry_out(visit, form, lambda session, act: [one.id for one in make_document(session, act, key, wanted)])
        return go(f"/rounds/{key}/documents", "document-made")

    return settled(made, lambda refused: _page(visit, key, typed=form, refused=refused))


def _day(form: Form) -> date | None:
    text = form.text("on", most=20)
    return day_of(text, "成文日期读不出，请写成 2026-04-30。") if text else None


def _page(  # noqa: PLR0913  (what is looked for, by name)
    visit: Visit,
    key: str,
    *,
    kind: str = "",
    state: str = "force",
    name: str = "",
    typed: Form | None = None,
    refused: Refused | None = None,
) -> HTMLResponse:
    folder = visit.place.settings.templates_dir / "documents"
    kinds = [kind_of(one, folder) for one in names(folder)]
    with reading(visit.place.engine) as session:
        shelf = _shelf(session, visit, key)
    chosen = _chosen(shelf, kind=kind, state=state, name=name)
    paging = Paging.of(visit.request, len(chosen))
    held = visit.person.roles(shelf.round.id)
    return visit.page(
        "documents.html",
        status=refused.status if refused else 200,
        round=shelf.round,
        documents=chosen[paging.offset : paging.offset + paging.limit],
        paging=paging,
        released=shelf.released,
        waiting=shelf.waiting,
        whole=shelf.whole,
        query=urlencode({"kind": kind, "state": state, "name": name}),
        may_release=bool(shelf.waiting) and allowed("document.release", held),
        kinds={one.name: one.title for one in kinds},
        makeable=[(one.name, one.title, ASKED.get(one.about, "")) for one in kinds if not one.issued_by],
        may_make=shelf.whole and allowed("document.make", held),
        states=STATES,
        sought={"kind": kind, "state": state, "name": name},
        typed=dict(typed.fields) if typed else {},
        refused=refused,
    )


@dataclass(frozen=True, slots=True)
class _Shelf:
    """All documents of a round that the visitor may see; `whole`: none is kept from them."""

    round: Round
    every: list[Document]
    released: set[int]
    waiting: list[Document]
    whole: bool


def _shelf(session: Session, visit: Visit, key: str) -> _Shelf:
    round_ = round_by_key(session, key)
    visit.act().must("document.read", round_.id)
    whole = not hidden_from(session, visit.act(), round_.id or 0)
    every = documents_of(session, round_.id or 0, public_only=not whole)
    waiting = waiting_documents(session, round_.id or 0) if whole else []
    return _Shelf(round_, every, released_ids(session, every), waiting, whole)


def _chosen(shelf: _Shelf, *, kind: str, state: str, name: str) -> list[Document]:
    now, waiting = {one.id for one in in_force(shelf.every)}, {one.id for one in shelf.waiting}
    tests: dict[str, Callable[[Document], bool]] = {
        "force": lambda one: one.id in now,
        "waiting": lambda one: one.id in waiting,
        "released": lambda one: one.id in shelf.released,
    }
    fits = tests.get(state, lambda _: True)
    sought = name.strip().upper()
    return [one for one in shelf.every if fits(one) and kind in {"", one.kind} and sought in one.file_name.upper()]
