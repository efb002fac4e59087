"""A judge's way through the cases of one stage: one lean statement, for every page of a sheet asks it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from craftsman.actions.conflicts import HANDS, Circle, Nominated, circle_of, conflicts_of, nominee
from craftsman.actions.judge_work import JudgeView
from craftsman.store.bulk import values_of
from models import Assignment, AssignmentStatus, Nomination, Person

# columns and no rows of tables: what a case tells is not asked here
_MINE = (
    select(
        col(Assignment.id),
        col(Assignment.status),
        col(Nomination.case_no),
        col(Nomination.uscc),
        col(Nomination.organisation_id),
        col(Nomination.nominated_by),
        col(Nomination.details)["achievement"].as_string().label("achievement"),
        col(Person.id_index),
    )
    .join(Nomination, col(Nomination.id) == Assignment.nomination_id)
    .join(Person, col(Person.id) == Nomination.person_id)
    .where(col(Assignment.stage_run_id) == bindparam("run"), col(Assignment.account_id) == bindparam("account"))
    .where(col(Assignment.status) != AssignmentStatus.VOID)
    .order_by(col(Nomination.case_no))
)


@dataclass(frozen=True, slots=True)
class Step:
    """One case on the way."""

    assignment_id: int
    submitted: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A judge's cases of one stage by case number, as far as they may see them; those that wait, seen or not."""

    steps: Sequence[Step]
    waits: frozenset[int]

    @property
    def done(self) -> bool:
        """Whether no case waits for a sheet."""
        return not self.waits

    def place(self, assignment_id: int) -> int:
        """The place of a case, from 0."""
        return [step.assignment_id for step in self.steps].index(assignment_id)

    def with_handed_in(self, handed_in: Iterable[int]) -> "Way":
        """The way once these sheets are in."""
        waits = self.waits.difference(handed_in)
        return Way([Step(one.assignment_id, one.assignment_id not in waits) for one in self.steps], waits)

    def waiting(self, after: int) -> int | None:
        """The next case without a sheet, after this one first; None when all are in."""
        here = self.place(after)
        turn = [*self.steps[here + 1 :], *self.steps[:here]]
        return next((step.assignment_id for step in turn if not step.submitted), None)


def my_way(session: Session, view: JudgeView) -> Way:
    """A judge's way through a stage."""
    return way_of(session, view, circle_of(session, view.round_id))


def way_of(session: Session, view: JudgeView, circle: Circle) -> Way:
    """The way of a judge, by what conflicts are computed from; one statement."""
    rows = values_of(session, _MINE, {"run": view.run_id, "account": view.judge.id}).all()
    nominees = [nominee(circle, Nominated(*row[2:6]), row.achievement, row.id_index) for row in rows]
    barred = conflicts_of(circle, [view.judge], nominees, HANDS)
    hidden = {case_no for _, case_no in barred}
    seen = [row for row in rows if row.case_no not in hidden]
    waiting = frozenset(row.id for row in rows if row.status != AssignmentStatus.SUBMITTED)
    return Way([Step(row.id, row.id not in waiting) for row in seen], waiting)
