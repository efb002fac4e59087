"""What judges do: see their cases and mark them. Nobody marks for another, and each change is a version of its own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.blind import blind_case, blind_task
from craftsman.actions.case_files import files_beside
from craftsman.actions.drafts import drafts_of
from craftsman.actions.judge_way import Way, way_of
from craftsman.actions.judge_work import JudgeWork, judge_view, judge_work, must_be_open, own_case, whole_case
from craftsman.actions.marking import is_news, lonely_lines, sheet_lines
from craftsman.actions.raw_results import with_points
from craftsman.actions.record_letters import tell_scored
from craftsman.actions.recusals import declare_recusal
from craftsman.actions.score_proof import proof_text
from craftsman.actions.sheets import Draft, PublicCase, SheetIn, SheetVersion, SheetView, TaskRow
from craftsman.actions.unchanged import still_holds
from craftsman.actions.views import Case, read_programme
from craftsman.actions.visibility import hidden_among
from craftsman.audit.log import Entry
from craftsman.clock import chinese_instant
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.programme.programme import Programme
from craftsman.programme.schema import Contest, Score
from craftsman.store.bulk import insert_values, update_rows, without_collector
from models import Assignment, AssignmentStatus, Nomination, Person, Round, ScoreSheet, StageStatus
from models import StageRun as Run

__all__ = [
    "Readied",
    "SheetIn",
    "SheetView",
    "TaskRow",
    "declare_recusal",
    "my_assignments",
    "ready",
    "sheet",
    "submit_sheet_and_go_on",
    "submit_sheets",
]

STALE = "评分表在您打开之后已另外提交过，本次没有保存，您所填的内容仍在下面；请核对两版后再决定。"

# built once: every page of a judge asks it
_MINE = (
    select(Assignment, Nomination, Person, Run)
    .join(Nomination, col(Nomination.id) == Assignment.nomination_id)
    .join(Person, col(Person.id) == Nomination.person_id)
    .join(Run, col(Run.id) == Assignment.stage_run_id)
    .where(col(Run.round_id) == bindparam("round"), col(Assignment.account_id) == bindparam("account"))
    .where(Assignment.status != AssignmentStatus.VOID)
    .order_by(col(Run.position), col(Nomination.case_no))
)


def my_assignments(session: Session, act: Act, round_id: int) -> list[TaskRow]:
    """The actor's cases of a round in the order of stages and case numbers; void ones and conflicts are gone."""
    act.must("score.submit", round_id)
    programme = read_programme(session.get_one(Round, round_id).programme)
    rows = session.exec(_MINE, params={"round": round_id, "account": act.actor.account}).all()
    hidden = hidden_among(session, act, round_id, [(nomination, person) for _, nomination, person, _ in rows])
    return [_task(programme, *row) for row in rows if row[1].case_no not in hidden]


def sheet(session: Session, act: Act, assignment_id: int) -> SheetView:
    """One of the actor's own sheets with its history. NotFound for a case that is not theirs, or from which recused."""
    view = judge_view(session, act, assignment_id)
    work = judge_work(session, act, view, [assignment_id])
    own_case(work, act, assignment_id)
    assignment, case = whole_case(session, assignment_id)
    history = [_version(row) for row in work.versions.get(assignment_id, ())]
    return SheetView(
        assignment_id=assignment.id or 0,
        run_id=view.run_id,
        stage_title=view.run.title,
        stage_open=view.run.status == StageStatus.OPEN,
        case=blind_case(_public(case)) if work.stage.blind else _public(case),
        criteria=work.stage.criteria,
        step=work.stage.step,
        submitted=assignment.status == AssignmentStatus.SUBMITTED,
        reopened=assignment.reason if history and assignment.status == AssignmentStatus.ASSIGNED else "",
        history=tuple(history),
        draft=_draft(drafts_of(session, act, [assignment_id]).get(assignment_id), history),
        files=files_beside(session, work, case),
    )


class Readied(NamedTuple):
    """What sheets are checked against, and the judge's way through the stage before they are in."""

    work: JudgeWork
    way: Way


def ready(session: Session, act: Act, assignment_ids: Sequence[int]) -> Readied:
    """All that handing in these sheets asks, of the stage that the first is of."""
    work = judge_work(session, act, judge_view(session, act, assignment_ids[0]), assignment_ids)
    return Readied(work, way_of(work.circle, work.view.judge, work.mine))


def submit_sheet_and_go_on(session: Session, act: Act, one: SheetIn, readied: Readied | None = None) -> int | None:
    """Hand in one sheet, see `submit_sheets`; returns the actor's next case without one, None when all are in.

    What was `readied` before the turn to write came is taken while nothing was done since that could matter.
    """
    holds = readied is not None and still_holds(session, act)
    return _hand_in(session, act, [one], readied=readied if holds else None)[0].waiting(one.assignment_id)


def submit_sheets(session: Session, act: Act, sheets: Sequence[SheetIn], *, faults: Sequence[str] = ()) -> int:
    """Hand in sheets of one open stage; returns how many are new or changed, the same again counts as neither.

    `faults` were found in the file before and are told with the others.

    Only the judge who was assigned hands in, with all marks from 0 to 100 points on the stage's steps, and a comment
    where the total is far from the others' median; marks of contest items follow from the raw results. Marks stand once
    handed in: only after the chair has reopened the sheet they change, with a reason, in a version of their own (a
    comment can be added before). One bad sheet refuses all, with a line each; so does one that was handed in meanwhile
    with other marks than its judge had `seen`. The number of statements does not grow with the number of sheets.
    """
    return _hand_in(session, act, sheets, faults)[1] if sheets else 0


@without_collector()
def _hand_in(
    session: Session, act: Act, sheets: Sequence[SheetIn], faults: Sequence[str] = (), readied: Readied | None = None
) -> tuple[Way, int]:
    work, before = readied or ready(session, act, [one.assignment_id for one in sheets])
    must_be_open(act, work.view)
    sheets = [with_points(one, work.stage) for one in sheets]
    _refuse_stale(work, sheets)
    _refuse_bad(session, act, work, sheets, faults)
    fresh = [one for one in sheets if _is_due(work, one)]
    _keep(session, act, work, fresh)
    way = before.with_handed_in({one.assignment_id for one in fresh})
    if fresh and way.done:
        tell_scored(session, act, work.view)
    return way, len(fresh)


def _is_due(work: JudgeWork, one: SheetIn) -> bool:
    """Whether a sheet is to be kept: it says something new, or is handed in again after it was reopened."""
    return not work.cases[one.assignment_id].submitted or is_news(work.current.get(one.assignment_id), one)


def _refuse_stale(work: JudgeWork, sheets: Sequence[SheetIn]) -> None:
    lines = [f"申报 {work.case_no(one.assignment_id)}：{told}" for one in sheets if (told := stale_line(work, one))]
    if lines:
        raise Refused(STALE, lines)


def stale_line(work: JudgeWork, one: SheetIn) -> str:
    """Which version came between, where a sheet differs from it and its judge has not seen it; else empty."""
    current = work.current.get(one.assignment_id)
    if one.seen is None or current is None or current.version == one.seen or not is_news(current, one):
        return ""
    return f"{chinese_instant(current.scored_at)} 已另外提交第 {current.version} 版"


def _refuse_bad(session: Session, act: Act, work: JudgeWork, sheets: Sequence[SheetIn], faults: Sequence[str]) -> None:
    ids = Counter(one.assignment_id for one in sheets)
    if not ids.keys() <= work.cases.keys():
        raise Forbidden("其中有不是本环节分配给您的评分表，全部未提交；每人只能提交自己的评分表。")
    twice = [key for key, times in ids.items() if times > 1]
    lines = [*faults, *(f"申报 {work.case_no(key)}：同一份评分表提交了两次" for key in twice)]
    for one in sheets:
        mine = own_case(work, act, one.assignment_id)
        problems = sheet_lines(one, work.stage, work.current.get(one.assignment_id), submitted=mine.submitted)
        lines += [f"申报 {mine.case_no}：{'；'.join(problems)}"] if problems else []
    if not lines:
        far = lonely_lines(session, work, act.actor.login, [one for one in sheets if _is_due(work, one)])
        lines = [f"申报 {work.case_no(key)}：{line}" for key, line in far.items()]
    if lines:
        raise Invalid("评分表有误，全部未提交；请改正后再提交。", lines)


def _keep(session: Session, act: Act, work: JudgeWork, fresh: Sequence[SheetIn]) -> None:
    rows = [_row(act, work.current.get(one.assignment_id), one) for one in fresh]
    insert_values(session, ScoreSheet, rows)
    update_rows(session, Assignment, [{"id": one.assignment_id, "status": AssignmentStatus.SUBMITTED} for one in fresh])
    record(session, act, work.view.round_id, [_submitted(work, row) for row in rows])


def _row(act: Act, current: ScoreSheet | None, one: SheetIn) -> dict[str, Any]:
    return {
        "assignment_id": one.assignment_id,
        "version": current.version + 1 if current else 1,
        "marks": dict(one.marks),
        "raw": {key: list(attempts) for key, attempts in one.raw.items()},
        "comment": one.comment.strip(),
        "reason": one.reason.strip(),
        "scored_at": act.now,
    }


def _submitted(work: JudgeWork, row: Mapping[str, Any]) -> Entry:
    # the history proves the sheet without telling it, or letting it be guessed, before the stage is sealed
    facts = {"stage": work.view.run.key, "version": row["version"]}
    return Entry("score.submitted", work.case_no(row["assignment_id"]), facts, private={"sheet": proof_text(row)})


def _task(programme: Programme, assignment: Assignment, nomination: Nomination, person: Person, run: Run) -> TaskRow:
    row = TaskRow(
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
    stage = programme.stage(run.key)
    return blind_task(row) if isinstance(stage, Score | Contest) and stage.blind else row


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
    return SheetVersion(row.version, row.marks, row.comment, row.reason, row.scored_at, row.raw)


def _draft(kept: Draft | None, history: Sequence[SheetVersion]) -> Draft | None:
    """The draft, unless a version was handed in since."""
    if kept is None or (history and history[-1].scored_at >= kept.saved_at):
        return None
    return kept
