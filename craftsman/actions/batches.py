"""Batches of assignments: kept with what they were drawn from, planned before, checked afterwards, undone whole."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.kinds.drawing import Drawn, read_inputs, read_proof, task_of
from craftsman.actions.kinds.judged import JudgedWork
from craftsman.actions.kinds.registry import work_of
from craftsman.actions.reasons import written
from craftsman.actions.sealing import digest
from craftsman.actions.views import StageView
from craftsman.audit.events import read_event
from craftsman.audit.log import Entry
from craftsman.errors import Refused
from craftsman.rules.optimality import certificate_holds
from craftsman.store.bulk import update_rows
from models import Account, Assignment, AssignmentBatch, AssignmentStatus, AuditEvent, Nomination, StageStatus


@dataclass(frozen=True, slots=True)
class Plan:
    """What a draw would give now: sheets by judge, fitting pairs of all, digests, and panels that would be others."""

    loads: Mapping[str, int]
    fit: int
    seats: int
    inputs_digest: str
    proof_digest: str
    changes: Mapping[str, tuple[Sequence[str], Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a kept batch is what it claims: `faults` in words, none where everything holds."""

    batch: AssignmentBatch
    cases: int
    faults: Sequence[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest batch in force with its sheets, open and handed in, and how many cases have no panel."""

    batch: AssignmentBatch | None
    open: int
    handed_in: int
    waiting: int


def standing_batch(session: Session, act: Act, view: StageView) -> Standing:
    """What undoing and drawing again would concern now; a constant number of queries."""
    act.must("review.inspect", view.round_id)
    waiting = len(_work(view).waiting(session, view))
    batch = _newest(session, view)
    rows = _sheets(session, batch) if batch else []
    counts = Counter(row.status for row in rows)
    return Standing(batch, counts[AssignmentStatus.ASSIGNED], counts[AssignmentStatus.SUBMITTED], waiting)


def plan_draw(session: Session, act: Act, view: StageView, *, rest: bool = False) -> Plan:
    """Draw the panels of all cases as things stand, changing nothing; Refused where that cannot be done.

    `rest` draws only for the cases without a panel, as `draw_again` would.
    """
    act.must("review.inspect", view.round_id)
    work = _work(view)
    cases = work.waiting(session, view) if rest else work.contenders(session, view)
    if not cases:
        raise Refused(f"环节“{view.run.title}”还没有申报，无从分配。")
    drawn = work.drawn(session, view, cases)
    now = _panels(session, view)
    after = {case: sorted(panel) for case, panel in drawn.panels.items()}
    return Plan(
        loads=_loads(drawn),
        fit=drawn.best.fit if drawn.best else 0,
        seats=sum(map(len, after.values())),
        inputs_digest=digest(drawn.inputs.text),
        proof_digest=digest(drawn.proof),
        changes={case: (now.get(case, []), panel) for case, panel in after.items() if now.get(case, []) != panel},
    )


def undo_draw(session: Session, act: Act, view: StageView, *, reason: str) -> int:
    """Make all open sheets of the newest batch void, stand-ins' too; returns their number. Then it may be drawn again.

    Refused once a sheet was handed in, and where the stage is not open.
    """
    act.must("review.draw", view.round_id)
    grounds = written(reason, "撤销分配的理由")
    _must_be_open(view)
    batch = _undoable(session, view)
    rows = _sheets(session, batch)
    handed_in = sum(row.status == AssignmentStatus.SUBMITTED for row in rows)
    if handed_in:
        raise Refused(f"已有 {handed_in} 份评分表提交，不能再撤销整批分配；个别评委不能评分的，请更换评委。")
    live = [row for row in rows if row.status == AssignmentStatus.ASSIGNED]
    void = {"status": AssignmentStatus.VOID, "reason": f"撤销分配：{grounds}"}
    update_rows(session, Assignment, [{"id": row.id, **void} for row in live])
    batch.undone_by, batch.undone_reason, batch.undone_at = act.actor.account, grounds, act.now
    session.add(batch)
    session.flush()
    facts = {"batch": batch.id, "sheets": len(live), "inputs": batch.inputs_digest}
    record(session, act, view.round_id, [Entry("review.undone", view.subject, facts, private={"reason": grounds})])
    return len(live)


def draw_again(session: Session, act: Act, view: StageView) -> int:
    """Draw panels for the cases that have none and invite their judges; returns the number of those cases."""
    act.must("review.draw", view.round_id)
    _must_be_open(view)
    work = _work(view)
    count = work.work(session, act, view, "assignments")
    if not count:
        raise Refused("所有申报都已分配；要重新分配，请先撤销整批分配。")
    work.invite_judges(session, act, view, event=f"invitation/{_undoable(session, view).id}")
    return count


def check_draws(session: Session, act: Act, view: StageView) -> list[Checked]:
    """Prove again, from what is kept, that each batch of a stage was the best there was and was carried out."""
    act.must("review.inspect", view.round_id)
    query = select(AssignmentBatch).where(AssignmentBatch.stage_run_id == view.run_id)
    batches = session.exec(query.order_by(col(AssignmentBatch.id))).all()
    return [_checked(session, view, batch) for batch in batches]


def _checked(session: Session, view: StageView, batch: AssignmentBatch) -> Checked:
    inputs = read_inputs(batch.inputs)
    faults: list[str] = []
    if digest(batch.inputs) != batch.inputs_digest or not _in_history(session, view, batch):
        faults.append("保存的分配依据与历史记录中的指纹不符")
    if not batch.certificate:
        return Checked(batch, len(inputs.cases), faults)
    best = read_proof(batch.certificate)
    if not certificate_holds(task_of(inputs), best):
        faults.append("最优性证明不成立")
    pairs = {(case, login) for case, panel in best.reviewers.items() for login in panel}
    if missing := pairs - _pairs(session, batch):
        faults.append(f"有 {len(missing)} 份评分表未按分配结果发出")
    return Checked(batch, len(inputs.cases), faults)


def _in_history(session: Session, view: StageView, batch: AssignmentBatch) -> bool:
    query = select(AuditEvent).where(
        AuditEvent.round_id == view.round_id, AuditEvent.act == "review.drawn", AuditEvent.subject == view.subject
    )
    told = [read_event(event.body)["facts"] for event in session.exec(query).all()]
    claim = (batch.id, batch.inputs_digest, digest(batch.certificate))
    return claim in [(one["batch"], one["inputs"], one["proof"]) for one in told]


def _pairs(session: Session, batch: AssignmentBatch) -> set[tuple[str, str]]:
    query = (
        select(Nomination.case_no, Account.login)
        .join(Assignment, col(Assignment.nomination_id) == Nomination.id)
        .join(Account, col(Account.id) == Assignment.account_id)
        .where(Assignment.batch_id == batch.id)
    )
    return set(session.exec(query).all())


def _panels(session: Session, view: StageView) -> dict[str, list[str]]:
    query = (
        select(Nomination.case_no, Account.login)
        .join(Assignment, col(Assignment.nomination_id) == Nomination.id)
        .join(Account, col(Account.id) == Assignment.account_id)
        .where(Assignment.stage_run_id == view.run_id, Assignment.status != AssignmentStatus.VOID)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for case, login in sorted(session.exec(query).all()):
        found[case].append(login)
    return found


def _loads(drawn: Drawn) -> dict[str, int]:
    loads = dict.fromkeys(sorted(drawn.inputs.judges), 0)
    for panel in drawn.panels.values():
        for login in panel:
            loads[login] += 1
    return loads


def _sheets(session: Session, batch: AssignmentBatch) -> Sequence[Assignment]:
    return session.exec(select(Assignment).where(Assignment.batch_id == batch.id)).all()


def _newest(session: Session, view: StageView) -> AssignmentBatch | None:
    query = select(AssignmentBatch).where(
        AssignmentBatch.stage_run_id == view.run_id, col(AssignmentBatch.undone_at).is_(None)
    )
    return session.exec(query.order_by(col(AssignmentBatch.id).desc())).first()


def _undoable(session: Session, view: StageView) -> AssignmentBatch:
    found = _newest(session, view)
    if found is None:
        raise Refused(f"环节“{view.run.title}”没有可以撤销的分配。")
    return found


def _must_be_open(view: StageView) -> None:
    if view.run.status != StageStatus.OPEN:
        raise Refused(f"环节“{view.run.title}”不在评分中，不能改动分配；请刷新后再看。")


def _work(view: StageView) -> JudgedWork:
    work = work_of(view.run.kind)
    if not isinstance(work, JudgedWork):
        raise Refused(f"环节“{view.run.title}”不由评委评分，没有分配。")
    return work
