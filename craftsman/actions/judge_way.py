"""A judge's way through the cases of one stage: one lean statement, for every page of a sheet asks it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from craftsman.actions.conflicts import HANDS, Circle, Conflicts, Nominated, Nominee, conflicts_of, nominee
from craftsman.rules.recusal import Kind
from craftsman.store.bulk import values_of
from craftsman.store.engine import once
from models import Account, Assignment, AssignmentStatus, Nomination, Person

# columns and no rows of tables: what a case tells is not asked here
_MINE = (
    select(
        col(Assignment.id),
        col(Assignment.status),
        col(Assignment.nomination_id),
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
    .order_by(col(Nomination.case_no))
)


class Mine(NamedTuple):
    """One assignment of a judge, void ones too, with what conflicts are computed from."""

    id: int
    status: AssignmentStatus
    nomination_id: int
    case_no: str
    uscc: str
    organisation_id: int
    nominated_by: int | None
    achievement: str | None
    id_index: str

    @property
    def submitted(self) -> bool:
        """Whether its sheet is in."""
        return self.status == AssignmentStatus.SUBMITTED


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


def assigned(session: Session, run_id: int, account_id: int) -> list[Mine]:
    """The assignments of a judge in a stage by case number; one statement, once for a page."""
    asked = {"run": run_id, "account": account_id}
    return once(session, ("mine", run_id, account_id), lambda: [Mine(*row) for row in values_of(session, _MINE, asked)])


def barred_from(circle: Circle, judge: Account, mine: Sequence[Mine], kinds: Collection[Kind]) -> Conflicts:
    """The conflicts of a judge with these cases."""
    return conflicts_of(circle, [judge], [_nominee(circle, one) for one in mine], kinds)


def way_of(circle: Circle, judge: Account, mine: Sequence[Mine]) -> Way:
    """The way of a judge through these cases."""
    live = [one for one in mine if one.status != AssignmentStatus.VOID]
    hidden = {case_no for _, case_no in barred_from(circle, judge, live, HANDS)}
    seen = [Step(one.id, one.submitted) for one in live if one.case_no not in hidden]
    return Way(seen, frozenset(one.id for one in live if not one.submitted))


def _nominee(circle: Circle, one: Mine) -> Nominee:
    asked = Nominated(one.case_no, one.uscc, one.organisation_id, one.nominated_by)
    return nominee(circle, asked, one.achievement, one.id_index)
