"""The chair gives a sheet back to its judge: what was handed in stays in the history and stops counting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlmodel import Session, col, func, select

from craftsman.actions.acting import Act, record
from craftsman.actions.conflicts import HANDS, conflict_table
from craftsman.actions.doors import check_move
from craftsman.actions.kinds.scores import POINT, Judged, judged
from craftsman.actions.reasons import written
from craftsman.actions.reassign import case_of
from craftsman.actions.views import StageView, stage_view
from craftsman.actions.visibility import hidden_from
from craftsman.audit.log import Entry
from craftsman.errors import NotFound, Refused
from craftsman.programme.schema import Contest, Score, Stage
from craftsman.rules.access import Relation
from craftsman.rules.explain import exact
from craftsman.rules.recusal import Kind
from craftsman.rules.scoring import outliers, weighted_total
from models import Account, Assignment, AssignmentStatus, Nomination, ScoreSheet
from models.review import ASSIGNMENT_MOVES


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A sheet that was handed in, as the chair sees it: whose, of which case, in which version, its total in points.

    `far` says that it lies further from the panel's median than the stage lets pass without a comment. Of a case that
    the chair is to mark too and has not, the total is empty and nothing is far: a judge is not to be led.
    """

    assignment_id: int
    case_no: str
    login: str
    judge: str
    version: int
    scored_at: datetime
    total: str = ""
    far: bool = False
    remarked: bool = False


def handed_in(session: Session, act: Act, run_id: int) -> list[HandedIn]:
    """The sheets of a stage that the chair may reopen, by case and judge, less the cases hidden from the chair."""
    view = stage_view(session, run_id)
    act.must("score.reopen", view.round_id)
    stage = view.stage
    if not isinstance(stage, Score | Contest):
        raise NotFound(f"环节“{view.run.title}”没有评分表。")
    hidden = hidden_from(session, act, view.round_id, kinds=barring(stage))
    query = (
        select(Assignment, Nomination.case_no, Account, ScoreSheet)
        .join(Nomination, col(Nomination.id) == Assignment.nomination_id)
        .join(Account, col(Account.id) == Assignment.account_id)
        .join(ScoreSheet, col(ScoreSheet.assignment_id) == Assignment.id)
        .where(Assignment.stage_run_id == run_id, Assignment.status == AssignmentStatus.SUBMITTED)
        .where(ScoreSheet.version == _last_version(), col(Nomination.case_no).not_in(hidden))
        .order_by(col(Nomination.case_no), col(Account.login))
    )
    mine = set(session.exec(_still_mine(act, run_id)).all())
    by_case = groupby(session.exec(query).all(), key=lambda row: row[1])
    found = [_told(stage, list(rows), blind=case_no in mine) for case_no, rows in by_case]
    return [one for panel in found for one in panel if one.login != act.actor.login]


def barring(stage: Stage) -> frozenset[Kind]:
    """What hides a case of a judged stage from its chair: all that bars at the office, and what bars its judges."""
    assert isinstance(stage, Score | Contest)
    return frozenset({*HANDS, *stage.recusal})


def _still_mine(act: Act, run_id: int):  # noqa: ANN202  (a select of case numbers)
    query = select(Nomination.case_no).join(Assignment, col(Assignment.nomination_id) == Nomination.id)
    waiting = Assignment.status == AssignmentStatus.ASSIGNED
    return query.where(Assignment.stage_run_id == run_id, Assignment.account_id == act.actor.account, waiting)


def _told(
    stage: Judged, panel: Sequence[tuple[Assignment, str, Account, ScoreSheet]], *, blind: bool
) -> list[HandedIn]:
    """The sheets of one case with their totals and which lie far from the others'."""
    totals = [weighted_total(sheet.marks, stage.criteria) for _, _, _, sheet in panel]
    far = outliers(totals, stage.aggregation.outlier_limit * POINT)
    return [
        HandedIn(
            assignment.id or 0,
            case_no,
            account.login,
            account.name,
            sheet.version,
            sheet.scored_at,
            total="" if blind else exact(totals[index]),
            far=index in far and not blind,
            remarked=bool(sheet.comment.strip()),
        )
        for index, (assignment, case_no, account, sheet) in enumerate(panel)
    ]


def _last_version() -> object:
    own = select(func.max(ScoreSheet.version)).where(ScoreSheet.assignment_id == Assignment.id)
    return own.correlate(Assignment).scalar_subquery()


def reopen_sheet(  # noqa: PLR0913  (which sheet, and why)
    session: Session, act: Act, run_id: int, *, case_no: str, login: str, reason: str
) -> None:
    """Give a sheet back to its judge, with a reason. Its versions stay; until it is handed in again it counts for none.

    Refused unless the stage is open and the sheet handed in; Forbidden for the chair's own sheet, and for a case from
    which the chair is recused.
    """
    view = stage_view(session, run_id)
    act.must("score.reopen", view.round_id)
    grounds = written(reason, "退回重评的理由")
    assignment = _sheet_of(session, view, case_no, login)
    told = f"环节“{view.run.title}”不在评分中，不能退回评分表；请刷新后再看。"
    act.must("score.reopen", view.round_id, phase=view.phase, told=told)
    if assignment.status != AssignmentStatus.SUBMITTED:
        raise Refused("这份评分表尚未提交或已作废，无需退回。")
    _refuse_concerned(session, act, view, assignment)
    give_back(session, act, view, assignment, told=(case_no, login, grounds))


def give_back(
    session: Session, act: Act, view: StageView, assignment: Assignment, *, told: tuple[str, str, str]
) -> None:
    """Let a sheet wait for its judge again; `told` is its case number, the judge's login, and why."""
    case_no, login, grounds = told
    check_move(ASSIGNMENT_MOVES, assignment.status, AssignmentStatus.ASSIGNED, "评分表")
    assignment.status, assignment.reason = AssignmentStatus.ASSIGNED, f"退回重评：{grounds}"
    session.add(assignment)
    facts = {"stage": view.run.key, "judge": login}
    record(session, act, view.round_id, [Entry("score.reopened", case_no, facts, private={"reason": grounds})])


def _sheet_of(session: Session, view: StageView, case_no: str, login: str) -> Assignment:
    query = (
        select(Assignment)
        .join(Nomination, col(Nomination.id) == Assignment.nomination_id)
        .join(Account, col(Account.id) == Assignment.account_id)
        .where(Assignment.stage_run_id == view.run_id, Nomination.case_no == case_no, Account.login == login)
    )
    assignment = session.exec(query).first()
    if assignment is None:
        raise NotFound(f"评委“{login}”在本环节没有申报 {case_no} 的评分表，请核对申报编号和账号。")
    return assignment


def _refuse_concerned(session: Session, act: Act, view: StageView, assignment: Assignment) -> None:
    told = "不能退回本人的评分表，请由另一位组长办理。"
    act.must("score.reopen", view.round_id, relation=act.by(assignment.account_id), told=told)
    me, case = session.get_one(Account, act.actor.account), case_of(session, assignment)
    if conflict_table(session, view.round_id, [me], [case], judged(view).recusal):
        told = f"申报 {case.nomination.case_no} 您须回避，请由另一位组长办理。"
        act.must("score.reopen", view.round_id, relation=Relation.CONFLICTED, told=told)
