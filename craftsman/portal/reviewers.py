"""What judges and committee members do: their cases beside the score sheets, the ballot, and declaring a conflict."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence

from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse, Response

from craftsman.actions.ballot import cast_ballot, my_ballot
from craftsman.actions.drafts import save_drafts
from craftsman.actions.judge_way import my_way
from craftsman.actions.judge_work import judge_view
from craftsman.actions.kinds.scores import judged
from craftsman.actions.marking import scale_text, step_text
from craftsman.actions.portal_reads import case_before_me
from craftsman.actions.raw_results import asked, attempts_in, attempts_text
from craftsman.actions.recusals import declare_recusal
from craftsman.actions.review import my_assignments, sheet, submit_sheet_and_go_on
from craftsman.actions.sheets import Draft, SheetIn, SheetVersion
from craftsman.actions.views import round_by_key, stage_view
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.portal.cases import case_lines
from craftsman.portal.forms import NUMBER, Form
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out, go
from craftsman.portal.words import points
from craftsman.store.engine import reading

router = APIRouter()

_MARK = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?", re.ASCII)
MARKS, RAW = "mark.", "raw."


@router.get("/rounds/{key}/sheets")
def show_sheets(visit: Member, key: str) -> HTMLResponse:
    """The visitor's cases of a round."""
    with reading(visit.place.engine) as session:
        round_ = round_by_key(session, key)
        rows = my_assignments(session, visit.act(), round_.id or 0)
    return visit.page("sheets.html", round=round_, rows=rows)


@router.get("/sheets/{assignment_id}")
def show_sheet(visit: Member, assignment_id: Id) -> HTMLResponse:
    """A case beside its score sheet."""
    return _sheet_page(visit, assignment_id)


@router.post("/sheets/{assignment_id}")
def submit(visit: Member, form: Sent, assignment_id: Id) -> Response:
    """Hand in a sheet and go on to the next case, or keep a draft; what is not accepted is shown again as typed."""
    onward = None
    try:
        marks = _marks(visit, form, assignment_id)
        raw = {key: found for key, text in form.under(RAW).items() if (found := attempts_in(text))}
        comment, reason = form.text("comment"), form.text("reason", most=1000)
        if form.text("draft"):
            drafts = [SheetIn(assignment_id, marks, comment, raw=raw)]
            carry_out(visit, form, lambda session, act: save_drafts(session, act, drafts))
            return go(f"/sheets/{assignment_id}", "drafted")
        handed = SheetIn(assignment_id, marks, comment, reason, raw)
        onward = carry_out(visit, form, lambda session, act: submit_sheet_and_go_on(session, act, handed))
    except (Forbidden, NotFound):
        raise
    except Refused as refused:
        return _sheet_page(visit, assignment_id, form=form, refused=refused)
    return go(f"/sheets/{onward}", "scored") if onward else _onward(visit, assignment_id)


@router.get("/cases/{case_no}/recusal")
def show_recusal(visit: Member, case_no: str) -> HTMLResponse:
    """Declare a conflict knowing no more than who it is about."""
    with reading(visit.place.engine) as session:
        return visit.page("recusal.html", case=case_before_me(session, visit.act(), case_no, shown=True))


@router.post("/cases/{case_no}/recusal")
def recuse(visit: Member, form: Sent, case_no: str) -> RedirectResponse:
    """Take no part in a case."""
    reason = form.text("reason", most=1000)
    with reading(visit.place.engine) as session:
        case = case_before_me(session, visit.act(), case_no)
    carry_out(visit, form, lambda session, act: declare_recusal(session, act, case.nomination_id, reason))
    return go("/tasks", "recused")


@router.get("/ballots/{run_id}")
def show_ballot(visit: Member, run_id: Id) -> HTMLResponse:
    """The visitor's ballot."""
    return _ballot_page(visit, run_id)


@router.post("/ballots/{run_id}")
def cast(visit: Member, form: Sent, run_id: Id) -> HTMLResponse:
    """Cast the ballot and show its receipt; the same form sent twice shows the same receipt."""
    choices, receipt = form.all("choice"), _receipt(visit, form)
    try:
        carry_out(visit, form, lambda session, act: cast_ballot(session, act, run_id, choices=choices, receipt=receipt))
    except Invalid as refused:
        return _ballot_page(visit, run_id, chosen=choices, refused=refused)
    return visit.page("ballot-cast.html", receipt=receipt)


def _sheet_page(
    visit: Visit, assignment_id: int, *, form: Form | None = None, refused: Refused | None = None
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        view = judge_view(session, visit.act(), assignment_id)
        shown = sheet(session, visit.act(), assignment_id)
        way = my_way(session, visit.act(), view)
    here, steps = way.place(assignment_id), way.steps
    current = shown.draft or shown.current
    kept = {key: points(mark) for key, mark in current.marks.items()} if current else {}
    return visit.page(
        "sheet.html",
        status=refused.status if refused else 200,
        round=view.round,
        shown=shown,
        lines=case_lines(shown.case, view.programme),
        closes=view.programme.planned(view.run.key)[1],
        typed=form.under(MARKS) if form else kept,
        attempts=form.under(RAW) if form else _attempts(current),
        asked={one.key: asked(one.item) for one in shown.criteria if one.item},
        comment=form.text("comment", most=100_000) if form else (current.comment if current else ""),
        reason=form.text("reason", most=100_000) if form else "",
        refused=refused,
        step=step_text(shown.step),
        scales={one.key: scale_text(one, shown.step) for one in shown.criteria},
        number=here + 1,
        total=len(steps),
        before=steps[here - 1] if here else None,
        after=steps[here + 1] if here + 1 < len(steps) else None,
    )


def _attempts(current: Draft | SheetVersion | None) -> dict[str, str]:
    return {key: attempts_text(raw) for key, raw in current.raw.items()} if current else {}


def _onward(visit: Visit, assignment_id: int) -> RedirectResponse:
    """The next case without a sheet, after this one first; the list when all are in."""
    with reading(visit.place.engine) as session:
        view = judge_view(session, visit.act(), assignment_id)
        waiting = my_way(session, visit.act(), view).waiting(assignment_id)
    return go(f"/sheets/{waiting}" if waiting else f"/rounds/{view.round.key}/sheets", "scored")


def _marks(visit: Visit, form: Form, assignment_id: int) -> Mapping[str, int]:
    """Marks in hundredths of a point, as typed; Invalid with a line for each that is no number."""
    read = {key: _MARK.fullmatch(text) for key, text in form.under(MARKS).items() if text}
    unread = [key for key, mark in read.items() if mark is None]
    if unread:
        with reading(visit.place.engine) as session:
            stage = judged(judge_view(session, visit.act(), assignment_id))
        titles = {criterion.key: criterion.title for criterion in stage.criteria}
        lines = [f"“{titles.get(key, key)}”须填 0 至 100 的数字，以 {step_text(stage.step)} 为一档" for key in unread]
        raise Invalid("评分表有误，请改正后再提交。", lines)
    return {key: int(mark[1]) * 100 + int((mark[2] or "0").ljust(2, "0")) for key, mark in read.items() if mark}


def _ballot_page(
    visit: Visit, run_id: int, *, chosen: Sequence[str] = (), refused: Refused | None = None
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        shown = my_ballot(session, visit.act(), run_id)
        view = stage_view(session, run_id)
    return visit.page(
        "ballot.html",
        status=refused.status if refused else 200,
        round=view.round,
        shown=shown,
        closes=view.programme.planned(view.run.key)[1],
        chosen=chosen,
        refused=refused,
    )


def _receipt(visit: Visit, form: Form) -> str:
    """The same for the same form, of secrets that are kept nowhere: nothing leads from a person to a paper."""
    number = form.text(NUMBER, most=100)
    return hmac.new(visit.token.encode(), f"receipt {number}".encode(), hashlib.sha256).hexdigest()[:32]
