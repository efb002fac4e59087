"""A judge's work in one stage: the cases, the sheets so far, and from which of them the judge is barred."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.conflicts import Circle, Conflicts, circle_of
from craftsman.actions.judge_way import Mine, Way, assigned, barred_from, way_of
from craftsman.actions.kinds.scores import Judged, judged
from craftsman.actions.views import Case, StageView, read_programme
from craftsman.errors import NotFound
from craftsman.rules.access import Relation
from craftsman.store.engine import once
from models import (
    Account,
    Assignment,
    AssignmentStatus,
    Nomination,
    Person,
    Round,
    ScoreSheet,
    StageEntry,
    StageRun,
)

NOT_YOURS = "没有分配给您的这份评分表；评分须由被分配的评委本人办理。"

# built once: building them costs more than sending them, and every sheet asks all three
_VIEW = (
    select(StageRun, Round, Account)
    .join(Round, col(Round.id) == StageRun.round_id)
    .join(Assignment, col(Assignment.stage_run_id) == StageRun.id)
    .join(Account, col(Account.id) == Assignment.account_id)
    .where(col(Assignment.id) == bindparam("assignment"), col(Assignment.account_id) == bindparam("account"))
)
_CASE = (
    select(Assignment, StageEntry, Nomination, Person)
    .join(Nomination, col(Nomination.id) == Assignment.nomination_id)
    .join(Person, col(Person.id) == Nomination.person_id)
    .join(StageEntry, col(StageEntry.nomination_id) == Assignment.nomination_id)
    .where(col(StageEntry.stage_run_id) == Assignment.stage_run_id, col(Assignment.id) == bindparam("assignment"))
)
_VERSIONS = (
    select(ScoreSheet)
    .where(col(ScoreSheet.assignment_id).in_(bindparam("mine", expanding=True)))
    .order_by(col(ScoreSheet.version))
)


@dataclass(frozen=True, slots=True)
class JudgeView(StageView):
    """A stage as one of its judges sees it."""

    judge: Account


@dataclass(frozen=True)
class JudgeWork:
    """Some of a judge's cases of one stage by assignment, with all versions handed in; `mine` are all their cases."""

    view: JudgeView
    stage: Judged
    cases: Mapping[int, Mine]
    versions: Mapping[int, Sequence[ScoreSheet]]
    circle: Circle
    mine: Sequence[Mine]
    barred: Conflicts = field(default_factory=dict[tuple[str, str], tuple[str, ...]])

    @cached_property
    def current(self) -> Mapping[int, ScoreSheet]:
        """The latest version of each sheet that was handed in."""
        return {number: versions[-1] for number, versions in self.versions.items()}

    def case_no(self, assignment_id: int) -> str:
        """The case number of an assignment."""
        return self.cases[assignment_id].case_no


def judge_view(session: Session, act: Act, assignment_id: int) -> JudgeView:
    """The stage of an assignment of the actor's own. NotFound for anybody else's."""
    return once(session, ("judged", assignment_id, act.actor.account), lambda: _view(session, act, assignment_id))


def _view(session: Session, act: Act, assignment_id: int) -> JudgeView:
    found = session.exec(_VIEW, params={"assignment": assignment_id, "account": act.actor.account}).first()
    if found is None:
        raise NotFound(NOT_YOURS)
    run, round_, judge = found
    view = JudgeView(round_, run, read_programme(round_.programme), judge)
    act.must("score.submit", view.round_id)
    return view


def must_be_open(act: Act, view: StageView) -> None:
    """Refused unless the stage takes sheets of those it was assigned to."""
    told = f"环节“{view.run.title}”不在评分中，不能提交评分表；如有疑问，请联系活动办公室。"
    act.must("score.submit", view.round_id, relation=Relation.ASSIGNED, phase=view.phase, told=told)


def judge_work(session: Session, act: Act, view: JudgeView, only: Collection[int]) -> JudgeWork:
    """The actor's work of a stage, as far as these assignments go; the same few queries whatever the numbers."""
    stage = judged(view)
    mine, circle = assigned(session, view.run_id, act.actor.account), circle_of(session, view.round_id)
    wanted = frozenset(only)
    cases = {one.id: one for one in mine if one.id in wanted}
    barred = barred_from(circle, view.judge, list(cases.values()), stage.recusal)
    return JudgeWork(view, stage, cases, _versions(session, cases), circle, mine, barred)


def my_way(session: Session, act: Act, view: JudgeView) -> Way:
    """The actor's way through a stage."""
    mine = assigned(session, view.run_id, act.actor.account)
    return way_of(circle_of(session, view.round_id), view.judge, mine)


def whole_case(session: Session, assignment_id: int) -> tuple[Assignment, Case]:
    """An assignment with all of its case, once `own_case` has let it be seen."""
    row = session.exec(_CASE, params={"assignment": assignment_id}).one()
    return row[0], Case(*row[1:])


def own_case(work: JudgeWork, act: Act, assignment_id: int) -> Mine:
    """An assignment of the actor's own. Forbidden from where they are recused."""
    if assignment_id not in work.cases:
        raise NotFound(NOT_YOURS)
    if why := why_barred(work, act, assignment_id):
        relation = Relation.CONFLICTED if is_barred(work, act, assignment_id) else Relation.NONE
        act.must("score.submit", work.view.round_id, relation=relation, told=why)
    return work.cases[assignment_id]


def is_barred(work: JudgeWork, act: Act, assignment_id: int) -> bool:
    """Whether the case concerns the judge."""
    return bool(work.barred.get((act.actor.login, work.case_no(assignment_id))))


def why_barred(work: JudgeWork, act: Act, assignment_id: int) -> str:
    """Why the judge may neither see nor mark the case, in Chinese; empty when they may."""
    mine = work.cases[assignment_id]
    reasons = work.barred.get((act.actor.login, mine.case_no), ())
    if reasons:
        return f"这份申报您须回避（{'；'.join(reasons)}），不能查阅和评分。"
    return f"申报 {mine.case_no} 的评分表已作废。" if mine.status == AssignmentStatus.VOID else ""


def _versions(session: Session, mine: Collection[int]) -> dict[int, list[ScoreSheet]]:
    found: dict[int, list[ScoreSheet]] = {}
    for row in session.exec(_VERSIONS, params={"mine": list(mine)}).all():
        found.setdefault(row.assignment_id, []).append(row)
    return found
