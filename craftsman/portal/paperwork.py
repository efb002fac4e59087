"""The documents of a round: looked through, taken away, compared, made on demand, let out by a second person."""

from dataclasses import replace
from datetime import date

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.document_reads import Sought, count_documents, some_documents
from craftsman.actions.paperwork import ASKED, Wanted, make_document
from craftsman.actions.releases import compare, release_documents
from craftsman.actions.site import site_files
from craftsman.actions.viewing import documents_zip
from craftsman.actions.views import round_by_key
from craftsman.actions.visibility import hidden_from
from craftsman.clock import day
from craftsman.documents.archive import packed
from craftsman.documents.kinds import kind_of, names
from craftsman.errors import Refused
from craftsman.portal.answers import search, settled
from craftsman.portal.downloads import ZIP, attachment
from craftsman.portal.forms import Form, day_of
from craftsman.portal.paging import Paging
from craftsman.portal.parts import Member, Sent, Visit, carry_out, go, must_be_confirmed
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading

router = APIRouter()
ON_A_PAGE = 50
CHANGED = "待放行的文件在您查看之后有变化，请重新核对后再放行。"
STATES: dict[str, str] = {"force": "现行版本", "waiting": "待放行", "released": "已放行", "": "全部版本"}


@router.get("/rounds/{key}/documents")
def show_documents(visit: Member, key: str, kind: str = "", state: str = "force") -> HTMLResponse:
    """What was issued in a round, of one kind and in one state, as is asked."""
    return _page(visit, key, Sought(kind, state, visit.words))


@router.post("/rounds/{key}/documents")
def search_documents(visit: Member, form: Sent, key: str) -> Response:
    """The same narrowed by searched words."""
    _ = key
    return search(visit, form)


@router.get("/rounds/{key}/documents/zip")
def download_all(visit: Member, key: str, kind: str = "", state: str = "force") -> Response:
    """All of a kind and a state in one zip; what is not released bears the viewer's name."""
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        round_id = round_.id or 0
        sought = _seen_by(session, visit, round_id, Sought(kind, state))
        chosen = some_documents(session, round_id, sought, 0, count_documents(session, round_id, sought))
    if not chosen:
        raise Refused("没有符合条件的文件可以下载；请返回文件页，放宽筛选。")
    released = {one.id or 0 for one, is_released in chosen if is_released}
    content = documents_zip(visit.act(), [one for one, _ in chosen], released)
    return attachment(content, file_name=f"{round_.title}_文件.zip", media_type=ZIP)


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
        compared = count_documents(session, round_.id or 0, Sought(state="force"))
    return visit.page("comparison.html", round=round_, wrong=wrong, compared=compared)


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


def _seen_by(session: Session, visit: Visit, round_id: int, sought: Sought) -> Sought:
    """What is sought, as far as the visitor may see it: whoever is recused sees what everybody does."""
    visit.act().must("document.read", round_id)
    return replace(sought, public_only=bool(hidden_from(session, visit.act(), round_id)))


def _page(
    visit: Visit,
    key: str,
    sought: Sought | None = None,
    *,
    typed: Form | None = None,
    refused: Refused | None = None,
) -> HTMLResponse:
    sought = sought or Sought(state="force")
    folder = visit.place.settings.templates_dir / "documents"
    kinds = [kind_of(one, folder) for one in names(folder)]
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        round_id = round_.id or 0
        sought = _seen_by(session, visit, round_id, sought)
        whole = not sought.public_only
        paging = Paging.of(visit.request, count_documents(session, round_id, sought), ON_A_PAGE)
        # a form that was refused is answered under its own address
        paging = replace(paging, path=f"/rounds/{key}/documents")
        shown = some_documents(session, round_id, sought, paging.offset, paging.limit)
        waiting = count_documents(session, round_id, Sought(state="waiting")) if whole else 0
    held = visit.person.roles(round_id)
    return visit.page(
        "documents.html",
        status=refused.status if refused else 200,
        round=round_,
        documents=shown,
        paging=paging,
        waiting=waiting,
        may_release=waiting > 0 and allowed("document.release", held),
        kinds={one.name: one.title for one in kinds},
        whole=whole,
        makeable=[(one.name, one.title, ASKED.get(one.about, "")) for one in kinds if not one.issued_by],
        may_make=whole and allowed("document.make", held),
        states=STATES,
        sought=sought,
        typed=dict(typed.fields) if typed else {},
        refused=refused,
    )
