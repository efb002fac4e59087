"""What waits in the midst of a stage: panels, appeals, results, ties, overrides, cases to recommend; few queries."""

from collections.abc import Collection, Iterable, Mapping

from sqlmodel import Session, col, func, or_, select

from craftsman.actions.acting import Act
from craftsman.actions.endorse_desk import waiting_cases
from craftsman.actions.reopening import barring
from craftsman.actions.views import StageView, read_programme
from craftsman.actions.visibility import hidden_from, hidden_on_desk
from craftsman.actions.waiting import Task, open_runs
from craftsman.rules.permissions import allowed
from models import (
    Appeal,
    AppealStatus,
    Assignment,
    AssignmentStatus,
    ContestPosting,
    Nomination,
    Override,
    Round,
    StageRun,
    StageStatus,
    Tie,
)

RoundsById = Mapping[int, Round]


def desk_tasks(session: Session, act: Act, by_id: RoundsById, unseen: Collection[str]) -> list[Task]:
    """The tasks of chairs, of the office and of units; no query for whom none of it is."""
    kinds = (
        ("score.reopen", _panels),
        ("appeal.rule", _appeals),
        ("appeal.file", _results),
        ("tie.confirm", _ties),
        ("screening.confirm", _overrides),
        ("endorsement.decide", _endorsements),
    )
    found: list[Task] = []
    for permission, tasks in kinds:
        if mine := [number for number in by_id if allowed(permission, act.actor.roles(number))]:
            found += tasks(session, act, {number: by_id[number] for number in mine}, unseen)
    return found


def _panels(session: Session, act: Act, by_id: RoundsById, unseen: Collection[str]) -> Iterable[Task]:
    """What a chair may reopen; as on the panel's page, a stage may hide more from its judges than other stages do."""
    query = (
        select(StageRun, Nomination.case_no, func.count())
        .join(Assignment, col(Assignment.stage_run_id) == StageRun.id)
        .join(Nomination, col(Nomination.id) == Assignment.nomination_id)
        .where(Assignment.status == AssignmentStatus.SUBMITTED, StageRun.status == StageStatus.OPEN)
        .where(col(Nomination.case_no).not_in(unseen), Assignment.account_id != act.actor.account)
        .where(col(StageRun.round_id).in_(by_id))
        .group_by(col(StageRun.id), col(Nomination.case_no))
    )
    counts: dict[int, tuple[StageRun, dict[str, int]]] = {}
    for run, case_no, number in session.exec(query.order_by(col(StageRun.id))).all():
        counts.setdefault(run.id or 0, (run, {}))[1][case_no] = number
    for run, by_case in counts.values():
        round_ = by_id[run.round_id]
        programme = read_programme(round_.programme)
        hidden = hidden_from(session, act, run.round_id, kinds=barring(programme.stage(run.key)))
        number = sum(count for case_no, count in by_case.items() if case_no not in hidden)
        told, deadline = f"已提交 {number} 份", programme.planned(run.key)[1]
        yield Task("评审组", _stage(round_, run, "panel"), round_.title, run.title, told, deadline)


def _appeals(session: Session, act: Act, by_id: RoundsById, unseen: Collection[str]) -> Iterable[Task]:
    _ = act
    if not open_runs(session, "contest"):
        return
    query = (
        select(StageRun, func.count())
        .join(Appeal, col(Appeal.stage_run_id) == StageRun.id)
        .join(Nomination, col(Nomination.id) == Appeal.nomination_id)
        .where(Appeal.status == AppealStatus.OPEN, col(Nomination.case_no).not_in(unseen))
        .where(StageRun.status == StageStatus.OPEN, col(StageRun.round_id).in_(by_id))
    )
    for run, number in session.exec(query.group_by(col(StageRun.id)).order_by(col(StageRun.id))).all():
        round_ = by_id[run.round_id]
        yield Task("申诉", _stage(round_, run, "results"), round_.title, run.title, f"{number} 件待裁定", None)


def _results(session: Session, act: Act, by_id: RoundsById, unseen: Collection[str]) -> Iterable[Task]:
    """Posted results of the own unit; one's own workers are hidden from a unit for personal ties only."""
    _ = unseen
    if not open_runs(session, "contest"):
        return
    query = (
        select(StageRun, ContestPosting)
        .join(ContestPosting, col(ContestPosting.stage_run_id) == StageRun.id)
        .where(StageRun.status == StageStatus.OPEN, col(StageRun.round_id).in_(by_id))
        .order_by(col(StageRun.id), col(ContestPosting.number))
    )
    latest = {run.id: (run, posting) for run, posting in session.exec(query).all()}
    for run, posting in latest.values():
        round_, number = by_id[run.round_id], len(_own(session, act, run.round_id) & posting.results.keys())
        told, over = f"本单位 {number} 人", act.now >= posting.due_at
        if number:
            link = _stage(round_, run, "results")
            yield Task("成绩", link, round_.title, run.title, told + ("" if over else "，可申诉"), posting.due_at, over)


def _own(session: Session, act: Act, round_id: int) -> set[str]:
    # no unit is unit 0: `None` would be no condition at all
    own = select(Nomination.case_no).where(Nomination.organisation_id == (act.actor.organisation_id or 0))
    found = session.exec(own.where(Nomination.round_id == round_id)).all()
    return set(found) - hidden_on_desk(session, act, round_id)


def _ties(session: Session, act: Act, by_id: RoundsById, unseen: Collection[str]) -> Iterable[Task]:
    me = act.actor.account
    query = (
        select(Tie.round_id, func.count())
        .join(Nomination, col(Nomination.id) == Tie.nomination_id, isouter=True)
        .where(col(Tie.confirmed_at).is_(None), col(Tie.withdrawn_at).is_(None))
        .where(Tie.recorded_by != me, Tie.account_id != me, col(Tie.round_id).in_(by_id))
        .where(or_(col(Tie.nomination_id).is_(None), col(Nomination.case_no).not_in(unseen)))
    )
    for round_id, number in session.exec(query.group_by(col(Tie.round_id)).order_by(col(Tie.round_id))).all():
        round_ = by_id[round_id]
        yield Task("关系", f"/rounds/{round_.key}/ties", round_.title, "确认登记的关系", f"{number} 条待确认", None)


def _overrides(session: Session, act: Act, by_id: RoundsById, unseen: Collection[str]) -> Iterable[Task]:
    query = (
        select(StageRun, func.count())
        .join(Override, col(Override.stage_run_id) == StageRun.id)
        .join(Nomination, col(Nomination.id) == Override.nomination_id)
        .where(col(Override.confirmed_at).is_(None), col(Override.withdrawn_at).is_(None))
        .where(Override.proposed_by != act.actor.account, col(Nomination.case_no).not_in(unseen))
        .where(StageRun.status == StageStatus.OPEN, col(StageRun.round_id).in_(by_id))
    )
    for run, number in session.exec(query.group_by(col(StageRun.id)).order_by(col(StageRun.id))).all():
        round_ = by_id[run.round_id]
        yield Task("例外", _stage(round_, run, "overrides"), round_.title, run.title, f"{number} 项待确认", None)


def _endorsements(session: Session, act: Act, by_id: RoundsById, unseen: Collection[str]) -> Iterable[Task]:
    """Open levels of the endorsement; one's own workers are hidden from a unit for personal ties only."""
    _ = unseen
    for run in (one for one in open_runs(session, "endorse") if one.round_id in by_id):
        round_ = by_id[run.round_id]
        programme = read_programme(round_.programme)
        waiting, cases = waiting_cases(session, act, StageView(round_, run, programme))
        told, deadline = f"待决定 {waiting} 件，共 {cases} 件", programme.planned(run.key)[1]
        if cases:
            link = _stage(round_, run, "endorsement")
            yield Task("推荐", link, round_.title, run.title, told, deadline, done=not waiting)


def _stage(round_: Round, run: StageRun, page: str) -> str:
    return f"/rounds/{round_.key}/stages/{run.key}/{page}"
