"""推荐: a level of the union tree decides on its cases in a table, sees what would come of it, and confirms."""

from collections.abc import Callable

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from craftsman.actions.acting import Act
from craftsman.actions.endorse import LONGEST_REASON, deciding_stage
from craftsman.actions.endorse_desk import EndorseDesk, EndorseLine, endorse_desk, sheet_of
from craftsman.actions.endorse_handin import Outlook, hand_in_endorsements
from craftsman.actions.endorse_sheet import WORDS, read_decisions, read_sheet, returned_decisions
from craftsman.errors import Invalid, Refused
from craftsman.portal.answers import search
from craftsman.portal.downloads import attachment
from craftsman.portal.endorsement_form import MOST_TYPED, Typed, carried_rows, typed_rows, uploaded_rows
from craftsman.portal.forms import Form
from craftsman.portal.listing import Kind
from craftsman.portal.own_uploads import must_not_flood
from craftsman.portal.parts import Member, Sent, SentWorkbook, Visit, carry_out, go, must_be_confirmed
from craftsman.portal.returned import keep_returned, returned_attachment
from craftsman.store.engine import reading
from craftsman.store.uploads import KEPT

router = APIRouter()
CSV = "text/csv; charset=utf-8"
NOTHING_NEW = "填写的决定与现在的相同，没有要保存的。"
CASES: Kind[EndorseLine] = Kind(
    {"state": "状态", "unit": "推荐单位", "seat": "正选或递补"},
    {
        "unit": ("推荐单位和序位", lambda one: (one.unit, one.seat != "正选", one.rank, one.case_no)),
        "case": ("申报编号", lambda one: one.case_no),
        "state": ("待决定的在前", lambda one: (bool(one.decision), one.unit, one.seat != "正选", one.rank)),
    },
)


@router.get("/rounds/{key}/stages/{stage}/endorsement")
def show_endorsement(visit: Member, key: str, stage: str) -> HTMLResponse:
    """The visitor's cases with what each received below, and the seats that are left."""
    return _page(visit, key, stage)


@router.post("/rounds/{key}/stages/{stage}/endorsement")
def search_or_edit(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """The list narrowed by searched words, or what was filled in once more; nothing is changed."""
    return _page(visit, key, stage, typed=carried_rows(form)) if form.all("row") else search(visit, form)


@router.get("/rounds/{key}/stages/{stage}/endorsement/sheet")
def download_sheet(visit: Member, key: str, stage: str) -> Response:
    """The cases as a .csv, to be filled in and sent back."""
    desk = _desk(visit, key, stage)
    deciding_stage(desk.view)
    return attachment(sheet_of(desk), file_name=f"{desk.view.run.title}-推荐决定.csv", media_type=CSV)


@router.post("/rounds/{key}/stages/{stage}/endorsement/preview")
def preview(visit: Member, form: Sent, key: str, stage: str) -> HTMLResponse:
    """What the decisions typed into the table would come to; nothing is changed."""
    return _preview(visit, key, stage, lambda _: typed_rows(form))


@router.post("/rounds/{key}/stages/{stage}/endorsement/upload")
def upload(visit: Member, form: SentWorkbook, key: str, stage: str) -> HTMLResponse:
    """What the decisions of a table (.csv or .xlsx) would come to; nothing is changed."""
    must_not_flood(visit)

    def rows_of(desk: EndorseDesk) -> Typed:
        sent = form.file("workbook")
        return uploaded_rows(read_sheet(sent.content), desk)

    def returned(refused: Refused) -> str:
        sent = form.files.get("workbook")
        return keep_returned(visit, _here(key, stage), sent, returned_decisions, refused) if sent else ""

    return _preview(visit, key, stage, rows_of, returned)


@router.get("/rounds/{key}/stages/{stage}/endorsement/returned/{sha256}")
def download_returned(visit: Member, key: str, stage: str, sha256: str) -> Response:
    """The visitor's own table with every wrong cell marked."""
    _desk(visit, key, stage)
    return returned_attachment(visit, _here(key, stage), sha256)


@router.post("/rounds/{key}/stages/{stage}/endorsement/decide")
def decide(visit: Member, form: Sent, key: str, stage: str) -> Response:
    """Make the decisions of the preview, all or none."""
    typed: Typed | None = None
    try:
        typed = carried_rows(form)
        must_be_confirmed(form)
        _hand_in(visit, form, _desk(visit, key, stage), typed)
    except Refused as refused:
        return _page(visit, key, stage, typed=typed, refused=refused)
    return go(_here(key, stage), "endorsed")


def _hand_in(visit: Visit, form: Form, desk: EndorseDesk, typed: Typed) -> None:
    carry_out(visit, form, lambda session, act: _deed(session, act, desk, typed))


def _deed(session: Session, act: Act, desk: EndorseDesk, typed: Typed, *, dry_run: bool = False) -> Outlook:
    decisions, faults = read_decisions(typed.rows)
    run_id = desk.view.run_id
    return hand_in_endorsements(session, act, run_id, decisions, seen=typed.seen, faults=faults, dry_run=dry_run)


def _preview(
    visit: Visit,
    key: str,
    stage: str,
    rows_of: Callable[[EndorseDesk], Typed],
    returned: Callable[[Refused], str] = lambda _: "",
) -> HTMLResponse:
    desk, typed = _desk(visit, key, stage), None
    try:
        typed = rows_of(desk)
        with reading(visit.place.engine) as session:
            outlook = _deed(session, visit.act(), desk, typed, dry_run=True)
        if not outlook.changes:
            raise Invalid(NOTHING_NEW)
    except Refused as refused:
        return _page(visit, key, stage, typed=typed, refused=refused, returned=returned(refused))
    return visit.page(
        "endorsement-preview.html",
        desk=desk,
        outlook=outlook,
        fields=typed.fields,
        words_of=WORDS,
        here=_here(key, stage),
    )


def _here(key: str, stage: str) -> str:
    return f"/rounds/{key}/stages/{stage}/endorsement"


def _desk(visit: Visit, key: str, stage: str) -> EndorseDesk:
    with reading(visit.place.engine) as session:
        return endorse_desk(session, visit.act(), key, stage)


def _page(  # noqa: PLR0913  (what is shown again)
    visit: Visit,
    key: str,
    stage: str,
    *,
    typed: Typed | None = None,
    refused: Refused | None = None,
    returned: str = "",
) -> HTMLResponse:
    """The table; with rows that were typed those cases alone, so that nothing typed is out of sight."""
    desk = _desk(visit, key, stage)
    listing = CASES.listing(visit.request, desk.lines, visit.words)
    filled = typed.by_case if typed else {}
    lines = [one for one in desk.lines if one.case_no in filled] or listing.lines
    return visit.page(
        "endorsement.html",
        status=refused.status if refused else 200,
        desk=desk,
        listing=listing,
        lines=lines,
        filled=filled,
        newer={one.case_no for one in lines if typed and typed.seen.get(one.case_no, 0) != one.version},
        decisions=list(WORDS),
        longest=LONGEST_REASON,
        too_many=len(lines) > MOST_TYPED,
        here=_here(key, stage),
        refused=refused,
        returned=returned,
        kept_days=KEPT.days,
    )
