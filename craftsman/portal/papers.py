"""Nominations of a unit with their papers: looked at, handed in, taken back, placed on lists; papers are saved only."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from craftsman.actions.attachments import fetch_paper, withdraw_paper
from craftsman.actions.case_story import case_story
from craftsman.actions.list_places import give_place
from craftsman.actions.nomination_desk import DeskCase, case_page, nomination_desk
from craftsman.actions.paper_cases import paper_kind, papers_taken
from craftsman.actions.paper_entry import add_papers
from craftsman.actions.views import read_programme, round_by_key
from craftsman.actions.withdrawal import restore_nomination, withdraw_nomination
from craftsman.errors import Invalid, Refused
from craftsman.papers.handing_in import HandedIn, ReadyPaper, ready_paper
from craftsman.portal.answers import search, settled
from craftsman.portal.downloads import attachment
from craftsman.portal.forms import Form, read_upload
from craftsman.portal.listing import Kind
from craftsman.portal.own_uploads import must_not_flood
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out, go, must_be_confirmed, public_host
from craftsman.programme.programme import Programme
from craftsman.rules.permissions import allowed
from craftsman.store.engine import reading, transaction

router = APIRouter()
_MB = 1024 * 1024
COMPRESS = "请压缩或降低扫描分辨率后再上传"
TOO_OFTEN = "一小时内上传的文件过多，请一小时后再试；成批的材料可交活动办公室导入。"

NOMINATED: Kind[DeskCase] = Kind(
    {"status": "状态", "unit": "推荐单位", "city": "地市", "channel": "渠道", "papers": "材料"},
    {
        "case": ("申报编号", lambda one: one.nomination.case_no),
        "unit": ("推荐单位", lambda one: (one.recommended_by, one.nomination.rank, one.nomination.case_no)),
        "lacking": ("缺材料多的在前", lambda one: (-len(one.lacking), one.nomination.case_no)),
        "late": ("最近更改的在前", lambda one: (-one.nomination.updated_at.timestamp(), one.nomination.case_no)),
    },
)


@router.get("/rounds/{key}/nominations")
def show_nominations(visit: Member, key: str) -> HTMLResponse:
    """The nominations of the visitor's unit, of all units for the office, with the papers that each lacks."""
    return _list(visit, key)


@router.post("/rounds/{key}/nominations")
def search_nominations(visit: Member, form: Sent, key: str) -> Response:
    """The list narrowed by searched words."""
    _ = key
    return search(visit, form)


@router.get("/rounds/{key}/nominations/{case_no}")
def show_nomination(visit: Member, key: str, case_no: str) -> HTMLResponse:
    """One nomination with its papers, and what may be done about it now."""
    return nomination_page(visit, key, case_no)


async def paper_of(request: Request, visit: Member, key: str) -> Form:
    """A form with a file no larger than the largest paper that the round takes."""
    with reading(visit.place.engine) as session:
        programme = read_programme(round_by_key(session, key).programme)
    largest = max((paper.max_mb for paper in papers_taken(programme).values()), default=1) * _MB
    host = public_host(visit)
    return await read_upload(request, key=visit.token, public_host=host, largest=largest, remedy=COMPRESS)


@router.post("/rounds/{key}/nominations/{case_no}/papers")
def hand_in(visit: Member, form: Annotated[Form, Depends(paper_of)], key: str, case_no: str) -> Response:
    """Hand a paper in; it is looked at before the transaction, which nobody then has to wait for."""
    must_not_flood(visit, TOO_OFTEN)

    def handed_in() -> Response:
        ready = _ready(_programme(visit, key), form, case_no)
        carry_out(visit, form, lambda session, act: add_papers(session, act, key, [ready]))
        return go(f"/rounds/{key}/nominations/{case_no}", "paper-added")

    return settled(handed_in, lambda refused: nomination_page(visit, key, case_no, refused, handing=form))


@router.post("/rounds/{key}/nominations/{case_no}/papers/{paper_id}/withdraw")
def take_back(visit: Member, form: Sent, key: str, case_no: str, paper_id: Id) -> RedirectResponse:
    """Take a paper back, with the reason."""
    reason = form.text("reason", most=500)
    carry_out(visit, form, lambda session, act: withdraw_paper(session, act, paper_id, reason))
    return go(f"/rounds/{key}/nominations/{case_no}", "paper-withdrawn")


@router.post("/rounds/{key}/nominations/{case_no}/withdraw")
def withdraw(visit: Member, form: Sent, key: str, case_no: str) -> RedirectResponse:
    """Take a nomination back, with the reason, once the box is ticked."""
    must_be_confirmed(form)
    reason = form.text("reason", most=500)
    carry_out(visit, form, lambda session, act: withdraw_nomination(session, act, case_no, reason=reason))
    return go(f"/rounds/{key}/nominations/{case_no}", "nomination-withdrawn")


@router.post("/rounds/{key}/nominations/{case_no}/restore")
def restore(visit: Member, form: Sent, key: str, case_no: str) -> RedirectResponse:
    """Let a withdrawn nomination stand again, with the reason, once the box is ticked."""
    must_be_confirmed(form)
    reason = form.text("reason", most=500)
    carry_out(visit, form, lambda session, act: restore_nomination(session, act, case_no, reason=reason))
    return go(f"/rounds/{key}/nominations/{case_no}", "nomination-restored")


@router.post("/rounds/{key}/nominations/{case_no}/place")
def place_by_hand(visit: Member, form: Sent, key: str, case_no: str) -> Response:
    """Let the nominee stand on lists where somebody of another name would."""
    like, reason = form.text("like", most=200), form.text("reason", most=1000)

    def placed() -> Response:
        must_be_confirmed(form)
        carry_out(visit, form, lambda session, act: give_place(session, act, key, case_no, like=like, reason=reason))
        return go(f"/rounds/{key}/nominations/{case_no}", "placed")

    return settled(placed, lambda refused: nomination_page(visit, key, case_no, refused, placing=form))


@router.get("/papers/{paper_id}")
def download(visit: Member, paper_id: Id) -> Response:
    """A paper as a file to be saved; each reading stands in the history."""
    with transaction(visit.place.engine) as session:
        found = fetch_paper(session, visit.act(), paper_id)
    return attachment(found.content, file_name=found.file_name, media_type=found.media_type)


def _list(visit: Visit, key: str) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        round_, cases = nomination_desk(session, visit.act(), key)
    lacking = sum(bool(one.lacking) for one in cases)
    listing = NOMINATED.listing(visit.request, cases, visit.words)
    return visit.page("nominations.html", round=round_, listing=listing, lacking=lacking)


def _programme(visit: Visit, key: str) -> Programme:
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
    visit.act().must("paper.hand_in", round_.id)
    return read_programme(round_.programme)


def _ready(programme: Programme, form: Form, case_no: str) -> ReadyPaper:
    chosen = form.text("kind", most=40)
    if not chosen:
        raise Invalid("请选择材料的种类。")
    upload, number = form.file("paper"), form.text("number", most=200)
    return ready_paper(HandedIn(case_no, chosen, upload.name, upload.content, number), paper_kind(programme, chosen))


def nomination_page(  # noqa: PLR0913  (whose page, what was refused of it, and the form that was)
    visit: Visit,
    key: str,
    case_no: str,
    refused: Refused | None = None,
    typed: Form | None = None,
    *,
    placing: Form | None = None,
    handing: Form | None = None,
) -> HTMLResponse:
    """The page of a nomination, and what was refused: `typed` for an amendment, `placing` in lists, `handing` in."""
    with reading(visit.place.engine) as session:
        shown = case_page(session, visit.act(), key, case_no)
        story = case_story(session, visit.act(), shown.case.nomination)
    held = visit.person.roles(shown.round.id)
    return visit.page(
        "nomination.html",
        status=refused.status if refused else 200,
        shown=shown,
        story=story,
        round=shown.round,
        refused=refused,
        placing=dict(placing.fields) if placing else {},
        handing=dict(handing.fields) if handing else {},
        typed=dict(typed.fields) if typed else {},
        hands_in=allowed("paper.hand_in", held),
        unmasks=allowed("person.unmask", held),
        restores=allowed("nomination.restore", held),
        reads_history=allowed("audit.read", held),
    )
