"""Drafts of score sheets: kept for their judge, counted by nobody."""

from collections.abc import Sequence

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.judge_work import JudgeView, JudgeWork, judge_view, judge_work, must_be_open, own_case
from craftsman.actions.marking import mark_lines
from craftsman.actions.raw_results import with_points
from craftsman.actions.sheets import Draft, SheetIn
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, Refused
from craftsman.store.bulk import insert_rows, update_rows
from models import ScoreDraft

_DRAFTS = select(ScoreDraft).where(col(ScoreDraft.assignment_id).in_(bindparam("assignments", expanding=True)))


def save_drafts(session: Session, act: Act, sheets: Sequence[SheetIn], *, faults: Sequence[str] = ()) -> int:
    """Keep marks and comments that are not handed in yet, each draft in place of the former; returns how many.

    Marks may be missing; those given lie within 0-100 points and on a step. Refused for a sheet that is handed in.
    `faults` were found in the file before and are told with the others.
    """
    if not sheets:
        return 0
    view = judge_view(session, act, sheets[0].assignment_id)
    must_be_open(act, view)
    work = judge_work(session, act, view, [one.assignment_id for one in sheets])
    sheets = [with_points(one, work.stage) for one in sheets]
    _refuse_bad(act, work, sheets, faults)
    there = _rows(session, [one.assignment_id for one in sheets])
    _keep(session, act, sheets, there)
    numbers = [work.case_no(one.assignment_id) for one in sheets]
    record(session, act, view.round_id, [Entry("score.drafted", one, {"stage": view.run.key}) for one in numbers])
    return len(sheets)


def must_take_drafts(session: Session, act: Act, view: JudgeView, assignment_id: int) -> None:
    """Refused where the stage takes no sheets, Forbidden for a case that is not the actor's.

    Asked before what was typed is kept: a draft is no act, and one of a stage that closes just now is read by nobody.
    """
    must_be_open(act, view)
    own_case(judge_work(session, act, view, [assignment_id]), act, assignment_id)


def drafts_of(session: Session, act: Act, assignment_ids: Sequence[int]) -> dict[int, Draft]:
    """The drafts of these assignments, unsealed. One query."""
    return {key: _opened(act, row) for key, row in _rows(session, assignment_ids).items()}


def _rows(session: Session, assignment_ids: Sequence[int]) -> dict[int, ScoreDraft]:
    found = session.exec(_DRAFTS, params={"assignments": list(assignment_ids)}).all()
    return {draft.assignment_id: draft for draft in found}


def _opened(act: Act, row: ScoreDraft) -> Draft:
    sealed = row.comment_cipher
    comment = act.place.secrets.unseal(sealed, _bound(row.assignment_id)) if sealed else ""
    return Draft(row.marks, comment, row.saved_at, row.raw)


def _sealed(act: Act, one: SheetIn) -> str:
    comment = one.comment.strip()
    return act.place.secrets.seal(comment, _bound(one.assignment_id)) if comment else ""


def _bound(assignment_id: int) -> str:
    return f"score-draft/{assignment_id}"


def _refuse_bad(act: Act, work: JudgeWork, sheets: Sequence[SheetIn], faults: Sequence[str]) -> None:
    lines = list(faults)
    for one in sheets:
        mine = own_case(work, act, one.assignment_id)
        if mine.submitted:
            raise Refused(f"申报 {mine.case_no} 的评分表已提交，不能再存为草稿。")
        problems = mark_lines(one, work.stage, partial=True)
        lines += [f"申报 {mine.case_no}：{'；'.join(problems)}"] if problems else []
    if lines:
        raise Invalid("草稿有误，全部未保存；请改正后再保存。", lines)


def _keep(session: Session, act: Act, sheets: Sequence[SheetIn], there: dict[int, ScoreDraft]) -> None:
    rows = [
        ScoreDraft(
            assignment_id=one.assignment_id,
            marks=dict(one.marks),
            raw={key: list(attempts) for key, attempts in one.raw.items()},
            comment_cipher=_sealed(act, one),
            saved_at=act.now,
        )
        for one in sheets
    ]
    insert_rows(session, [row for row in rows if row.assignment_id not in there])
    changed = [
        {"id": there[row.assignment_id].id, **row.model_dump(include={"marks", "raw", "comment_cipher", "saved_at"})}
        for row in rows
        if row.assignment_id in there
    ]
    update_rows(session, ScoreDraft, changed)
