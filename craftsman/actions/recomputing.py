"""A stage's outcome computed again from its inputs as they are now; nothing is changed by it."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlmodel import Session, col, delete, select

from craftsman.actions.acting import Act, record
from craftsman.actions.kinds.base import reopen_entries
from craftsman.actions.kinds.registry import work_of
from craftsman.actions.kinds.scores import carried_values, judged
from craftsman.actions.sealing import NO_RESULT, Decision, EntryDecision, Outcomes, digest, latest_result, outcomes_of
from craftsman.actions.sheets import latest_sheets
from craftsman.actions.views import Case, StageView, cases
from craftsman.audit.log import Entry
from craftsman.errors import NotFound, Refused
from craftsman.programme.schema import Contest, Score
from models import Gate, GateStatus, Outcome, SealedResult, StageEntry, StageStatus

USED_UP = frozenset({"intake", "notice"})


def computed(session: Session, act: Act, view: StageView) -> Outcomes:
    """What closing the stage would seal from its inputs as they are now; nothing is changed."""
    # an act that is taken back must not use up the request's number
    tried = replace(act, request_id=None)
    with _taken_back(session):
        reopen_entries(session, view)
        void = _left_without_scores(session, view)
        gone = [case.entry.id for case in void]
        session.exec(delete(StageEntry).where(col(StageEntry.id).in_(gone)))
        decision = work_of(view.run.kind).decide(session, tried, view)
        entries = [*decision.entries, *(_void(case) for case in void)]
        return outcomes_of(view, Decision(entries, decision.inputs, decision.summary))


@contextmanager
def _taken_back(session: Session) -> Generator[None]:
    """Let something be tried: rows and loaded objects are afterwards what they were."""
    session.flush()
    tried = session.begin_nested()
    try:
        yield
    finally:
        tried.rollback()
        # bulk statements tell loaded objects what they wrote, which a rollback does not take back
        session.expire_all()


def _left_without_scores(session: Session, view: StageView) -> list[Case]:
    """Cases that had enough sheets, or a result to be weighed in, and have none now that some sheets are void."""
    if not isinstance(view.stage, Score | Contest):
        return []
    stage, sheets = judged(view), latest_sheets(session, view.run_id)
    carried = [values for _, values in carried_values(session, view, stage).values()]
    return [
        case
        for case in cases(session, view.run_id, Outcome.PENDING)
        if len(sheets.get(case.id, ())) < stage.aggregation.least or any(case.id not in values for values in carried)
    ]


def _void(case: Case) -> EntryDecision:
    return EntryDecision(case, Outcome.STOP, reason="因回避作废后有效评分不足，成绩作废；如何处理由会议决定。")


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A sealed result beside what its inputs give now."""

    number: int
    sealed: str
    again: str
    inputs_sealed: str
    inputs_again: str
    code: str

    @property
    def holds(self) -> bool:
        """Whether the same bytes came out."""
        return self.sealed == self.again


def recompute(session: Session, act: Act, view: StageView) -> Recomputed:
    """Compute a stage's last result again from its inputs and compare the digests; the look is recorded.

    Refused before the stage was sealed, and once it has passed where what followed used its inputs up: there the
    nominations' own status counts, which later stages move.
    """
    act.must("result.recompute", view.round_id)
    result = latest_result(session, view.run_id)
    if result is None or view.run.status not in {StageStatus.AWAITING, StageStatus.PASSED}:
        raise Refused(f"环节“{view.run.title}”没有封存的结果，无从复算。")
    if view.run.status == StageStatus.PASSED and view.run.kind in USED_UP:
        raise Refused(f"环节“{view.run.title}”通过之后，申报的状态已经变化，不能复算；封存的结果请用核验页核对。")
    again = computed(session, act, view)
    made = Recomputed(
        number=result.number,
        sealed=result.digest,
        again=digest(again.body),
        inputs_sealed=result.inputs_digest,
        inputs_again=digest(again.inputs),
        code=result.code_version,
    )
    facts = {"sealed": made.sealed, "again": made.again}
    record(session, act, view.round_id, [Entry("result.recomputed", view.subject, facts)])
    return made


def in_force(session: Session, run_id: int) -> SealedResult:
    """The result of a passed stage that counts: the last one that was approved, or that nobody has to approve.

    NotFound for a stage that has none.
    """
    its_gate = (col(Gate.stage_run_id) == SealedResult.stage_run_id) & (col(Gate.number) == SealedResult.number)
    query = (
        select(SealedResult)
        .outerjoin(Gate, its_gate)
        .where(SealedResult.stage_run_id == run_id, col(Gate.id).is_(None) | (col(Gate.status) == GateStatus.APPROVED))
    )
    counts = session.exec(query.order_by(col(SealedResult.number).desc())).first()
    if counts is None:
        raise NotFound(NO_RESULT)
    return counts
