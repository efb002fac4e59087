"""What judges do: see their cases and mark them. Nobody marks for another, and each change is a version of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.conflicts import Conflicts, conflict_table
from craftsman.actions.kinds.scores import Judged, judged
from craftsman.actions.recusals import declare_recusal
from craftsman.actions.sealing import canonical, digest
from craftsman.actions.sheets import PublicCase, SheetIn, SheetVersion, SheetView, TaskRow
from craftsman.actions.views import Case, StageView, stage_view
from craftsman.actions.visibility import hidden_from
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Invalid, NotFound, Refused
from craftsman.programme.schema import Criterion
from craftsman.rules.scoring import sheet_problems
from craftsman.store.bulk import insert_rows, update_rows
from models import Account, Assignment, AssignmentStatus, Nomination, Person, ScoreSheet, StageEntry, StageStatus
from models import StageRun as Run

__all__ = [
    "SheetIn",
    "SheetView",
    "TaskRow",
    "declare_recusal",
    "my_assignments",
    "sheet",
    "submit_sheet",
    "submit_sheets",
]
STEP = 50


@dataclass(frozen=True, slots=True)
class _Work:
    """A judge's cases of one stage: all that handing in sheets asks for."""

    view: StageView
    stage: Judged
    cases: Mapping[int, tuple[Assignment, Case]]
    current: Mapping[int, ScoreSheet]
    barred: Conflicts = field(default_factory=dict[tuple[str, str], tuple[str, ...]])


def my_assignments(session: Session, act: Act, round_id: int) -> list[TaskRow]:
    """The actor's cases of a round in the order of stages and case numbers; void ones and conflicts are gone."""
    act.must("score.submit", round_id)
    hidden = hidden_from(session, act, round_id)
    query = (
        select(Assignment, Nomination, Person, Run)
        .join(Nomination, col(Nomination.id) == Assignment.nomination_id)
        .join(Person, col(Person.id) == Nomination.person_id)
        .join(Run, col(Run.id) == Assignment.stage_run_id)
        .where(Run.round_id == round_id, Assignment.account_id == act.actor.account)
        .where(Assignment.status != AssignmentStatus.VOID)
        .order_by(col(Run.position), col(Nomination.case_no))
    )
    return [_task(*row) for row in session.exec(query).all() if row[1].case_no not in hidden]


def sheet(session: Session, act: Act, assignment_id: int) -> SheetView:
    """One of the actor's own sheets with its history. NotFound for a case that is not theirs, or from which recused."""
    view = _view_of(session, act, assignment_id)
    work = _work(session, act, view)
    assignment, case = _own(work, act, assignment_id)
    query = select(ScoreSheet).where(ScoreSheet.assignment_id == assignment_id).order_by(col(ScoreSheet.version))
    history = [_version(row) for row in session.exec(query).all()]
    return SheetView(
        assignment_id=assignment.id or 0,
        run_id=view.run_id,
        stage_title=view.run.title,
        stage_open=view.run.status == StageStatus.OPEN,
        case=_public(case),
        criteria=work.stage.criteria,
        history=tuple(history),
    )


def submit_sheet(  # noqa: PLR0913  (the fields of one form)
    session: Session, act: Act, assignment_id: int, *, marks: Mapping[str, int], comment: str, reason: str = ""
) -> bool:
    """Hand in one sheet; see `submit_sheets`. Returns whether it is new or changed."""
    return submit_sheets(session, act, [SheetIn(assignment_id, marks, comment, reason)]) == 1


def submit_sheets(session: Session, act: Act, sheets: Sequence[SheetIn]) -> int:
    """Hand in sheets of one open stage; returns how many are new or changed, the same again counts as neither.

    Only the judge who was assigned hands in, with all marks from 0 to 100 points in steps of half a point; a change
    needs a reason and becomes a version of its own. One bad sheet refuses all, with a line each. The number of
    statements does not grow with the number of sheets.
    """
    if not sheets:
        return 0
    view = _view_of(session, act, sheets[0].assignment_id)
    if view.run.status != StageStatus.OPEN:
        raise Refused(f"环节“{view.run.title}”不在评分中，不能提交评分表；如有疑问，请联系活动办公室。")
    work = _work(session, act, view)
    _refuse_bad(act, work, sheets)
    fresh = [one for one in sheets if _is_news(work.current.get(one.assignment_id), one)]
    _keep(session, act, work, fresh)
    return len(fresh)


def _view_of(session: Session, act: Act, assignment_id: int) -> StageView:
    assignment = session.get(Assignment, assignment_id)
    if assignment is None or assignment.account_id != act.actor.account:
        raise NotFound("没有分配给您的这份评分表；评分须由被分配的评委本人办理。")
    view = stage_view(session, assignment.stage_run_id)
    act.must("score.submit", view.round_id)
    return view


def _work(session: Session, act: Act, view: StageView) -> _Work:
    stage = judged(view)
    query = (
        select(Assignment, StageEntry, Nomination, Person)
        .join(Nomination, col(Nomination.id) == Assignment.nomination_id)
        .join(Person, col(Person.id) == Nomination.person_id)
        .join(StageEntry, col(StageEntry.nomination_id) == Assignment.nomination_id)
        .where(StageEntry.stage_run_id == view.run_id, Assignment.stage_run_id == view.run_id)
        .where(Assignment.account_id == act.actor.account)
    )
    mine = {row[0].id or 0: (row[0], Case(*row[1:])) for row in session.exec(query).all()}
    me = session.get_one(Account, act.actor.account)
    barred = conflict_table(session, view.round_id, [me], [case for _, case in mine.values()], stage.recusal)
    return _Work(view, stage, mine, _current(session, act, view), barred)


def _current(session: Session, act: Act, view: StageView) -> dict[int, ScoreSheet]:
    query = (
        select(ScoreSheet)
        .join(Assignment, col(Assignment.id) == ScoreSheet.assignment_id)
        .where(Assignment.stage_run_id == view.run_id, Assignment.account_id == act.actor.account)
        .order_by(col(ScoreSheet.version))
    )
    return {row.assignment_id: row for row in session.exec(query).all()}


def _own(work: _Work, act: Act, assignment_id: int) -> tuple[Assignment, Case]:
    if assignment_id not in work.cases:
        raise NotFound("没有分配给您的这份评分表；评分须由被分配的评委本人办理。")
    assignment, case = work.cases[assignment_id]
    if why := _barred(work, act, assignment, case):
        raise Forbidden(why)
    return assignment, case


def _barred(work: _Work, act: Act, assignment: Assignment, case: Case) -> str:
    number = case.nomination.case_no
    reasons = work.barred.get((act.actor.login, number), ())
    if reasons:
        return f"这份申报您须回避（{'；'.join(reasons)}），不能查阅和评分。"
    return f"申报 {number} 的评分表已作废。" if assignment.status == AssignmentStatus.VOID else ""


def _refuse_bad(act: Act, work: _Work, sheets: Sequence[SheetIn]) -> None:
    ids = [one.assignment_id for one in sheets]
    lines = ["同一份评分表提交了两次。"] if len(set(ids)) < len(ids) else []
    if not set(ids) <= work.cases.keys():
        raise Forbidden("其中有不是本环节分配给您的评分表，全部未提交；每人只能提交自己的评分表。")
    for one in sheets:
        assignment, case = work.cases[one.assignment_id]
        if why := _barred(work, act, assignment, case):
            raise Forbidden(why)
        problems = sheet_lines(one, work.stage.criteria, work.current.get(one.assignment_id))
        lines += [f"申报 {case.nomination.case_no}：{'；'.join(problems)}"] if problems else []
    if lines:
        raise Invalid("评分表有误，全部未提交；请改正后再提交。", lines)


def sheet_lines(one: SheetIn, criteria: Sequence[Criterion], current: ScoreSheet | None) -> list[str]:
    """What keeps a sheet from being accepted, in Chinese and under the criteria's titles; empty when nothing."""
    titles = {criterion.key: criterion.title for criterion in criteria}
    named = [criterion.model_copy(update={"key": criterion.title}) for criterion in criteria]
    marks = {titles.get(key, key): mark for key, mark in one.marks.items()}
    lines = [line.rstrip("。") for line in sheet_problems(marks, named)]
    lines += [f"“{title}”应以 0.5 分为一档" for title, mark in marks.items() if mark % STEP]
    if current is not None and _is_news(current, one) and not one.reason.strip():
        lines.append("已提交过，修改须写明理由")
    return lines


def _is_news(current: ScoreSheet | None, one: SheetIn) -> bool:
    return current is None or current.marks != dict(one.marks) or current.comment != one.comment.strip()


def _keep(session: Session, act: Act, work: _Work, fresh: Sequence[SheetIn]) -> None:
    rows = [_row(act, work.current.get(one.assignment_id), one) for one in fresh]
    insert_rows(session, rows)
    update_rows(session, Assignment, [{"id": one.assignment_id, "status": AssignmentStatus.SUBMITTED} for one in fresh])
    record(session, act, work.view.round_id, [_submitted(work, row) for row in rows])


def _row(act: Act, current: ScoreSheet | None, one: SheetIn) -> ScoreSheet:
    return ScoreSheet(
        assignment_id=one.assignment_id,
        version=current.version + 1 if current else 1,
        marks=dict(one.marks),
        comment=one.comment.strip(),
        reason=one.reason.strip(),
        scored_at=act.now,
    )


def _submitted(work: _Work, row: ScoreSheet) -> Entry:
    case = work.cases[row.assignment_id][1]
    # the history proves the sheet without telling it before the stage is sealed
    proof = digest(canonical({"marks": row.marks, "comment": row.comment, "reason": row.reason}))
    facts = {"stage": work.view.run.key, "version": row.version, "sheet": proof}
    return Entry("score.submitted", case.nomination.case_no, facts)


def _task(assignment: Assignment, nomination: Nomination, person: Person, run: Run) -> TaskRow:
    return TaskRow(
        assignment_id=assignment.id or 0,
        run_id=assignment.stage_run_id,
        stage_title=run.title,
        stage_open=run.status == StageStatus.OPEN,
        case_no=nomination.case_no,
        name=person.name,
        unit=nomination.unit,
        post=nomination.post,
        industry=nomination.industry,
        submitted=assignment.status == AssignmentStatus.SUBMITTED,
    )


def _public(case: Case) -> PublicCase:
    nomination, person = case.nomination, case.person
    return PublicCase(
        case_no=nomination.case_no,
        name=person.name,
        sex=person.sex,
        born=person.born,
        unit=nomination.unit,
        post=nomination.post,
        region=nomination.region,
        industry=nomination.industry,
        details=nomination.details,
    )


def _version(row: ScoreSheet) -> SheetVersion:
    return SheetVersion(row.version, row.marks, row.comment, row.reason, row.scored_at)
