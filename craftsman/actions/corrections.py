"""Corrections: another result of a stage that has passed, which the same roles must approve (docs/adr/0027).

The earlier result stays readable and is never edited; the entries change once the correction is approved. Each later
stage then gets what its state demands.
"""

import json
from dataclasses import replace

from sqlmodel import Session, col, select

from craftsman.actions.acting import SYSTEM, Act, record
from craftsman.actions.checkpoints import make_checkpoint
from craftsman.actions.conflicts import refuse_concerned
from craftsman.actions.follow_ups import REQUESTED, open_follow_up
from craftsman.actions.gate_rows import open_gate, take_back, waiting_gate
from craftsman.actions.kinds.base import reopen_entries
from craftsman.actions.preconditions import pending_corrections
from craftsman.actions.recomputing import computed, in_force
from craftsman.actions.sealing import Outcomes, digest, freeze, latest_result, write_back
from craftsman.actions.views import StageView, cases, stage_view
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, Refused
from craftsman.rules.difference import Move, moves
from models import SealedResult, StageRun, StageStatus

# their lists are posted, their honours conferred: no machine computes them again
BEFORE_THE_PUBLIC = frozenset({"notice", "announce"})
NOT_BEGUN = frozenset({StageStatus.PLANNED, StageStatus.DUE})
CONCERNED = "本环节的人选中有您须回避的人，须由其他工作人员提请更正。"


def request_correction(session: Session, act: Act, view: StageView, *, reason: str) -> SealedResult:
    """Correct a passed stage at the staff's request, from its inputs as they are now.

    Refused for a stage that has not passed or cannot be computed again, and where the same bytes would come out.
    """
    _must_be_asked_for(session, act, view)
    if not reason.strip():
        raise Invalid("更正须写明理由。")
    fresh, _ = _another(session, act, view)
    record(session, act, view.round_id, [Entry(REQUESTED, view.subject, private={"reason": reason.strip()})])
    return _put_up(session, act, view, fresh, reason=reason.strip())


def correction_ahead(session: Session, act: Act, view: StageView) -> tuple[str, list[Move]]:
    """The digest that a correction would have now, and who would stand elsewhere; nothing is kept.

    Refused as `request_correction`.
    """
    _must_be_asked_for(session, act, view)
    fresh, former = _another(session, act, view)
    return digest(fresh.body), moves(json.loads(former.body)["entries"], json.loads(fresh.body)["entries"])


def _must_be_asked_for(session: Session, act: Act, view: StageView) -> None:
    act.must("correction.request", view.round_id)
    refuse_concerned(session, view.round_id, act.actor.account, cases(session, view.run_id), CONCERNED)
    _refuse_unless_open_to_it(session, view)


def _another(session: Session, act: Act, view: StageView) -> tuple[Outcomes, SealedResult]:
    """What the inputs give now, and the result in force. Refused where both are the same, or that waits already."""
    former = in_force(session, view.run_id)
    fresh = computed(session, act, view)
    gate = waiting_gate(session, view.run_id)
    if gate is not None and gate.digest == digest(fresh.body):
        raise Refused(f"“{view.run.title}”已有内容相同的更正待签批，无需再次提请。")
    if former.digest == digest(fresh.body):
        raise Refused(f"“{view.run.title}”由现在的输入复算，与现行结果逐字节相同，没有可更正的内容。")
    return fresh, former


def _refuse_unless_open_to_it(session: Session, view: StageView) -> None:
    title = view.run.title
    if view.run.status != StageStatus.PASSED:
        raise Refused(f"环节“{title}”尚未通过，不能更正；结果有误的，请签批人退回重办。")
    if view.run.kind == "intake":
        raise Refused(f"环节“{title}”的申报已进入后续环节，不能更正；个别申报有误的，请按资格审查、异议办理。")
    if view.run.kind in BEFORE_THE_PUBLIC:
        raise Refused(f"环节“{title}”的名单已经公布，不能由系统更正；请按异议、递补或撤销命名办理。")
    if pending := pending_corrections(session, view):
        raise Refused("此前的环节还有更正待签批，本环节届时由系统复算：", pending)


def correct(session: Session, act: Act, view: StageView, *, reason: str) -> SealedResult:
    """Seal another result of a passed stage from its inputs as they are now, and open its gate."""
    return _put_up(session, act, view, computed(session, act, view), reason=reason)


def _put_up(session: Session, act: Act, view: StageView, outcomes: Outcomes, *, reason: str) -> SealedResult:
    """Seal a correction and open its gate; where nobody has to sign, it counts at once."""
    if gate := waiting_gate(session, view.run_id):
        take_back(session, act, gate, view, reason=f"另有更正：{reason}", facts={"by": "correction"})
    former = in_force(session, view.run_id)
    result = freeze(session, act, view, outcomes, reason=reason, instead_of=former.digest)
    facts = {"result": result.digest, "supersedes": result.supersedes, "inputs": result.inputs_digest}
    record(session, act, view.round_id, [Entry("correction.sealed", view.subject, facts)])
    make_checkpoint(session, act)
    if view.stage.signoffs:
        open_gate(session, act, view, result, correction=True)
    else:
        put_in_force(session, act, view, result)
    return result


def put_in_force(session: Session, act: Act, view: StageView, result: SealedResult) -> None:
    """Let an approved correction count. Whom it moves up or down is for people to decide; the rest follows by rule."""
    changed = write_back(session, view, result)
    facts = {"result": result.digest, "supersedes": result.supersedes, "changed": changed}
    record(session, act, view.round_id, [Entry("correction.approved", view.subject, facts)])
    by_rule = replace(act, actor=SYSTEM)
    if changed:
        matter = f"“{view.run.title}”的更正使 {'、'.join(changed)} 的结果不同，请提请有权决定的会议处理"
        open_follow_up(session, by_rule, view, result, matter)
    _carry_on(session, by_rule, view, result)


def _carry_on(session: Session, act: Act, view: StageView, result: SealedResult) -> None:
    """Give each later stage, in order, what its state demands; doing it again changes nothing.

    One that has not closed reads the corrected entries; one that waits for its gate goes back to be sealed on them; one
    that has passed gets a correction of its own; what is before the public is left to people, who must decide on it.
    """
    why, reached = f"“{view.run.title}”的结果已经更正，须据此重新汇总", {view.run.position}
    query = select(StageRun).where(StageRun.round_id == view.round_id, StageRun.position > view.run.position)
    for run in session.exec(query.order_by(col(StageRun.position))).all():
        later = stage_view(session, run.id or 0)
        if run.kind in BEFORE_THE_PUBLIC:
            if run.position - 1 in reached and run.status not in NOT_BEGUN:
                reached.add(run.position)
                open_follow_up(session, act, later, result, _before_the_public(view, later))
        elif run.status == StageStatus.PASSED:
            _correct_too(session, act, later, why)
        elif run.status == StageStatus.AWAITING:
            _return_if_other(session, act, later, why)
        else:
            reopen_entries(session, later)


def _before_the_public(view: StageView, later: StageView) -> str:
    kept = f"“{later.run.title}”系按原结果办理、未作改动"
    return f"“{view.run.title}”的结果已经更正，{kept}，请提请有权决定的会议处理"


def _correct_too(session: Session, act: Act, view: StageView, why: str) -> None:
    """Open the correction of a later stage that comes out otherwise now; one that waits for that must be the same."""
    fresh, gate = computed(session, act, view), waiting_gate(session, view.run_id)
    standing = in_force(session, view.run_id).digest
    if digest(fresh.body) == (gate.digest if gate else standing):
        return
    if gate is not None and digest(fresh.body) == standing:
        take_back(session, act, gate, view, reason=f"{why}；复算与现行结果相同，无需更正", facts={"by": "correction"})
        return
    _put_up(session, act, view, fresh, reason=why)


def _return_if_other(session: Session, act: Act, view: StageView, why: str) -> None:
    """Send the gate of a stage back whose sealed result rests on the one corrected."""
    gate, last = waiting_gate(session, view.run_id), latest_result(session, view.run_id)
    if gate is None or last is None or digest(computed(session, act, view).body) == last.digest:
        return
    take_back(session, act, gate, view, reason=why, facts={"by": "correction"})
