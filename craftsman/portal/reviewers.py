"""What judges and committee members do: their cases beside the score sheets, the ballot, and declaring a conflict."""

import hashlib
import hmac
from collections.abc import Sequence

from fastapi import APIRouter
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from craftsman.actions.ballot import cast_ballot, my_ballot
from craftsman.actions.drafts import must_take_drafts
from craftsman.actions.form_drafts import Kept, keep_fields, kept_fields
from craftsman.actions.judge_work import judge_view, my_way
from craftsman.actions.kinds.scores import Judged, judged
from craftsman.actions.marking import scale_text, step_text
from craftsman.actions.portal_reads import case_before_me
from craftsman.actions.raw_results import asked_by_field
from craftsman.actions.recusals import declare_recusal
from craftsman.actions.review import Readied, ready, sheet, submit_sheet_and_go_on
from craftsman.actions.sheets import SheetIn, SheetView
from craftsman.actions.views import stage_view
from craftsman.clock import chinese_instant
from craftsman.errors import Invalid, Refused
from craftsman.portal.answers import settled
from craftsman.portal.cases import case_lines
from craftsman.portal.downloads import IN_PLACE
from craftsman.portal.forms import NUMBER, Form
from craftsman.portal.headers import beside, scripted
from craftsman.portal.marks import (
    MARKS,
    RAW,
    Attempts,
    SoFar,
    attempts_in_fields,
    attempts_of,
    fields_of,
    marks_of,
    raw_of,
    so_far,
)
from craftsman.portal.parts import Id, Member, Sent, Visit, carry_out, go
from craftsman.portal.words import points
from craftsman.rules.contest import FAILED, PASSED, VOID
from craftsman.store.engine import reading, transaction

router = APIRouter()

TEXTS = frozenset({"comment", "reason"})


@router.get("/sheets/{assignment_id}")
def show_sheet(visit: Member, assignment_id: Id) -> HTMLResponse:
    """A case beside its score sheet."""
    return _sheet_page(visit, assignment_id)


@router.post("/sheets/{assignment_id}/draft")
def keep(visit: Member, form: Sent, assignment_id: Id) -> JSONResponse:
    """Keep what was typed so far, for the page's script; what is told stands beside the buttons."""
    try:
        version, found = _keep(visit, form, assignment_id)
    except Refused as refused:
        return JSONResponse({"told": refused.reason}, status_code=refused.status)
    told = f"草稿已自动保存（{chinese_instant(visit.now)}）"
    return JSONResponse({"version": version, "told": told, "points": found.items})


@router.post("/sheets/{assignment_id}")
def submit(visit: Member, form: Sent, assignment_id: Id) -> Response:
    """Hand in a sheet and go on to the next case, or keep a draft; what is not accepted is shown again as typed."""

    def handed_in() -> Response:
        if form.text("draft"):
            _keep(visit, form, assignment_id)
            return go(_path(assignment_id), "drafted")
        filled_in = _sheet_in(visit, form, assignment_id)
        readied = _readied(visit, assignment_id)
        onward = carry_out(visit, form, lambda session, act: submit_sheet_and_go_on(session, act, filled_in, readied))
        return go(f"/sheets/{onward}", "scored") if onward else _onward(visit, assignment_id)

    return settled(handed_in, lambda refused: _sheet_page(visit, assignment_id, form=form, refused=refused))


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


@router.get("/ballots/{run_id}/recusals")
def show_ballot_recusals(visit: Member, run_id: Id) -> HTMLResponse:
    """The candidates of a ballot that is not cast yet, each with a button to take no part."""
    with reading(visit.place.engine) as session:
        shown = my_ballot(session, visit.act(), run_id)
        round_ = stage_view(session, run_id).round
    rows = [one for one in shown.candidates if not one.recused] if shown.stage_open and not shown.voted else []
    return visit.page("recusals.html", round=round_, rows=rows, onward=f"/ballots/{run_id}", ballot=True)


@router.post("/ballots/{run_id}")
def cast(visit: Member, form: Sent, run_id: Id) -> HTMLResponse:
    """Cast the ballot and show its receipt; the same form sent twice shows the same receipt."""
    choices, receipt = form.all("choice"), _receipt(visit, form)
    try:
        carry_out(visit, form, lambda session, act: cast_ballot(session, act, run_id, choices=choices, receipt=receipt))
    except Invalid as refused:
        return _ballot_page(visit, run_id, chosen=choices, refused=refused)
    return visit.page("ballot-cast.html", receipt=receipt)


def _path(assignment_id: int) -> str:
    return f"/sheets/{assignment_id}"


def _sheet_in(visit: Visit, form: Form, assignment_id: int) -> SheetIn:
    marks = marks_of(form, lambda: _judged_in(visit, assignment_id))
    raw = raw_of(attempts_of(form))
    reason = form.text("reason", most=1000)
    return SheetIn(assignment_id, marks, form.text("comment"), reason, raw, _number(form, "version"))


def _judged_in(visit: Visit, assignment_id: int) -> Judged:
    with reading(visit.place.engine) as session:
        return judged(judge_view(session, visit.act(), assignment_id))


def _readied(visit: Visit, assignment_id: int) -> Readied:
    """What the sheet is checked against, read before the turn to write comes: nobody waits for this."""
    with reading(visit.place.engine) as session:
        return ready(session, visit.act(), [assignment_id])


def _keep(visit: Visit, form: Form, assignment_id: int) -> tuple[int, SoFar]:
    fields = [(name, value) for name, value in form.fields if name.startswith((MARKS, RAW)) or name in TEXTS]
    based_on, path, act = _number(form, "draft_version"), _path(assignment_id), visit.act()
    with reading(visit.place.engine) as session:
        view = judge_view(session, act, assignment_id)
        must_take_drafts(session, act, view, assignment_id)
    with transaction(visit.place.engine) as session:
        visit.touch(session)
        version = keep_fields(session, act, path, fields, page=path, based_on=based_on)
    return version, so_far(form.under(MARKS), attempts_of(form), judged(view))


def _number(form: Form, name: str) -> int | None:
    text = form.text(name, most=100)
    return int(text[:9]) if text.isascii() and text.isdecimal() else None


def _newest(shown: SheetView, kept: Kept | None) -> Form | None:
    """The typed draft, unless something newer was kept or handed in."""
    others = [one.saved_at for one in (shown.draft,) if one] + [one.scored_at for one in shown.history[-1:]]
    return None if kept is None or max(others, default=kept.saved_at) > kept.saved_at else Form(kept.fields, kept.form)


def _sheet_page(
    visit: Visit, assignment_id: int, *, form: Form | None = None, refused: Refused | None = None
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        view = judge_view(session, visit.act(), assignment_id)
        shown = sheet(session, visit.act(), assignment_id)
        way = my_way(session, visit.act(), view)
        kept = kept_fields(session, visit.act(), _path(assignment_id))
    here, steps = way.place(assignment_id), way.steps
    draft = None if form else _newest(shown, kept)
    current, seen = shown.draft or shown.current, len(shown.history)
    saved = {key: points(mark) for key, mark in current.marks.items()} if current else {}
    # what is shown again as typed: the form that was refused, else the draft
    again = form or draft
    typed = again.under(MARKS) if again else saved
    attempts: Attempts = attempts_of(again) if again else attempts_in_fields(current.raw if current else {})
    page = visit.page(
        "sheet.html",
        status=refused.status if refused else 200,
        round=view.round,
        shown=shown,
        lines=case_lines(shown.case, view.programme),
        in_place=IN_PLACE,
        closes=view.programme.planned(view.run.key)[1],
        typed=typed,
        attempts={one.key: fields_of(one.item, attempts.get(one.key, ())) for one in shown.criteria if one.item},
        results=raw_of(attempts),
        so_far=so_far(typed, attempts, judged(view)),
        stale=shown.current if form and _number(form, "version") not in {None, seen} else None,
        seen=seen,
        drafted_at=kept.saved_at if draft and kept else None,
        draft_version=kept.version if kept else 0,
        verdicts=(PASSED, FAILED),
        void=VOID,
        asked={one.key: asked_by_field(one.item) for one in shown.criteria if one.item},
        comment=again.text("comment", most=100_000) if again else (current.comment if current else ""),
        reason=again.text("reason", most=100_000) if again else "",
        refused=refused,
        step=step_text(shown.step),
        scales={one.key: scale_text(one, shown.step) for one in shown.criteria},
        number=here + 1,
        total=len(steps),
        submitted=sum(step.submitted for step in steps),
        before=steps[here - 1] if here else None,
        after=steps[here + 1] if here + 1 < len(steps) else None,
    )
    return beside(page)


def _onward(visit: Visit, assignment_id: int) -> RedirectResponse:
    """The next case without a sheet, after this one first; the list when all are in."""
    with reading(visit.place.engine) as session:
        view = judge_view(session, visit.act(), assignment_id)
        waiting = my_way(session, visit.act(), view).waiting(assignment_id)
    return go(f"/sheets/{waiting}" if waiting else f"/rounds/{view.round.key}/sheets", "scored")


def _ballot_page(
    visit: Visit, run_id: int, *, chosen: Sequence[str] = (), refused: Refused | None = None
) -> HTMLResponse:
    with reading(visit.place.engine) as session:
        shown = my_ballot(session, visit.act(), run_id)
        view = stage_view(session, run_id)
    page = visit.page(
        "ballot.html",
        status=refused.status if refused else 200,
        round=view.round,
        shown=shown,
        closes=view.programme.planned(view.run.key)[1],
        chosen=chosen,
        refused=refused,
    )
    return scripted(page)


def _receipt(visit: Visit, form: Form) -> str:
    """The same for the same form, of secrets that are kept nowhere: nothing leads from a person to a paper."""
    number = form.text(NUMBER, most=100)
    return hmac.new(visit.token.encode(), f"receipt {number}".encode(), hashlib.sha256).hexdigest()[:32]
