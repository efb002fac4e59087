"""Who judges what and why, for the office's eyes: by expert and by case, with loads, fits, conflicts and the draw."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act
from craftsman.actions.conflicts import conflict_table
from craftsman.actions.kinds.drawing import Inputs, read_inputs, read_proof
from craftsman.actions.kinds.scores import judged
from craftsman.actions.views import Case, StageView, cases
from models import Account, Assignment, AssignmentBatch, AssignmentStatus


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: number, whose, of which case, where it stands; `drawn` or a stand-in, `reason` where it is void."""

    number: int
    judge: Account
    case_no: str
    status: str
    fits: bool
    drawn: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Load:
    """An expert: cases to read now, handed in, given up, fitting ones, and from how many cases they are barred."""

    judge: Account
    sheets: Sequence[Sheet]
    live: int
    submitted: int
    void: int
    fitting: int
    barred: int


@dataclass(frozen=True, slots=True)
class Panel:
    """A case with its sheets, and who may not judge it and why."""

    case: Case
    industry: str
    sheets: Sequence[Sheet]
    barred: Mapping[str, Sequence[str]]

    @property
    def live(self) -> int:
        """How many judges it has now."""
        return sum(one.status != AssignmentStatus.VOID for one in self.sheets)


@dataclass(frozen=True, slots=True)
class Assigned:
    """All sheets of a stage; `batches` are the draws with what they rested on, the newest last."""

    loads: Sequence[Load]
    cases: Sequence[Case]
    sheets: Mapping[str, Sequence[Sheet]]
    batches: Sequence[tuple[AssignmentBatch, Inputs]]
    judges: Sequence[Account]


def assigned(session: Session, act: Act, view: StageView, hidden: Collection[str]) -> Assigned:
    """Who judges what in a stage, less the cases that are hidden from the reader. Three queries."""
    act.must("review.inspect", view.round_id)
    _ = judged(view)
    here = [case for case in cases(session, view.run_id) if case.nomination.case_no not in hidden]
    by_id = {case.id: case for case in here}
    query = (
        select(Assignment, Account)
        .join(Account, col(Account.id) == Assignment.account_id)
        .where(Assignment.stage_run_id == view.run_id)
    )
    rows = session.exec(query.order_by(col(Account.login), col(Assignment.id))).all()
    query_batches = select(AssignmentBatch).where(AssignmentBatch.stage_run_id == view.run_id)
    kept = [(one, read_inputs(one.inputs)) for one in session.exec(query_batches.order_by(col(AssignmentBatch.id)))]
    drawn = {batch.id: _pairs(batch) for batch, _ in kept}
    sheets = [
        _sheet(row, judge, by_id[row.nomination_id], drawn.get(row.batch_id, frozenset()))
        for row, judge in rows
        if row.nomination_id in by_id
    ]
    barred = Counter(login for _, inputs in kept[-1:] for login, case in inputs.barred if case not in hidden)
    judges = list({judge.login: judge for _, judge in rows}.values())
    by_case: dict[str, list[Sheet]] = {case.nomination.case_no: [] for case in here}
    for one in sheets:
        by_case[one.case_no].append(one)
    return Assigned([_load(judge, sheets, barred) for judge in judges], here, by_case, kept, judges)


def judges_named(session: Session, logins: Collection[str]) -> Mapping[str, str]:
    """The names of accounts by login; one query."""
    query = select(Account.login, Account.name).where(col(Account.login).in_(set(logins)))
    return dict(session.exec(query).all())


def panels_of(session: Session, view: StageView, found: Assigned, shown: Sequence[Case]) -> list[Panel]:
    """The panels of some cases, with the conflicts that keep judges of the stage from each; a few queries."""
    names = {one.code: one.name for one in view.programme.reference.industries}
    barred = conflict_table(session, view.round_id, list(found.judges), list(shown), judged(view).recusal)
    people = {judge.login: judge.name for judge in found.judges}
    by_case: dict[str, dict[str, Sequence[str]]] = {}
    for (login, case_no), reasons in barred.items():
        by_case.setdefault(case_no, {})[people[login]] = reasons
    return [
        Panel(
            case,
            names.get(case.nomination.industry, case.nomination.industry),
            found.sheets[case.nomination.case_no],
            by_case.get(case.nomination.case_no, {}),
        )
        for case in shown
    ]


def _pairs(batch: AssignmentBatch) -> frozenset[tuple[str, str]]:
    """(login, case number) as the draw decided; none where there was nothing to choose."""
    panels = read_proof(batch.certificate).reviewers if batch.certificate else {}
    return frozenset((login, case_no) for case_no, panel in panels.items() for login in panel)


def _sheet(row: Assignment, judge: Account, case: Case, drawn: Collection[tuple[str, str]]) -> Sheet:
    number, fits = case.nomination.case_no, case.nomination.industry in judge.disciplines
    return Sheet(
        row.id or 0, judge, number, row.status.value, fits, not drawn or (judge.login, number) in drawn, row.reason
    )


def _load(judge: Account, sheets: Sequence[Sheet], barred: Mapping[str, int]) -> Load:
    mine = [one for one in sheets if one.judge.login == judge.login]
    live = [one for one in mine if one.status != AssignmentStatus.VOID]
    return Load(
        judge,
        mine,
        live=len(live),
        submitted=sum(one.status == AssignmentStatus.SUBMITTED for one in mine),
        void=len(mine) - len(live),
        fitting=sum(one.fits for one in live),
        barred=barred.get(judge.login, 0),
    )
