"""Late recusal: a conflict that comes to light after sheets were given (docs/adr/0026).

The sheets are void by rule. While the stage is open another judge steps in; where its gate waits, the system returns
the gate and the stage is sealed anew; where it has passed, a correction is sealed.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.conflicts import HANDS, conflict_table
from craftsman.actions.corrections import correct
from craftsman.actions.gate_rows import gate_view, take_back
from craftsman.actions.kinds.registry import work_of
from craftsman.actions.kinds.scores import judged
from craftsman.actions.reassign import appoint, case_of, drawn_stand_in, make_void
from craftsman.actions.stages import request_close
from craftsman.actions.views import StageView, cases, stage_view
from craftsman.errors import Refused
from models import Account, Assignment, AssignmentStatus, Gate, GateStatus, SignOff, StageRun, StageStatus

WHY = "评委须回避，其评分作废"


def give_up_for(session: Session, act: Act, round_id: int, account_id: int) -> None:
    """Void all sheets of an account on cases that concern it now, and see to the results and signatures they bear."""
    account = session.get_one(Account, account_id)
    by_run: dict[int, list[Assignment]] = defaultdict(list)
    for assignment in _sheets(session, round_id, account_id):
        by_run[assignment.stage_run_id].append(assignment)
    for run_id, sheets in sorted(by_run.items()):
        _give_up(session, act, stage_view(session, run_id), account, sheets)
    _void_signatures(session, act, round_id, account)


def _sheets(session: Session, round_id: int, account_id: int) -> Sequence[Assignment]:
    query = (
        select(Assignment)
        .join(StageRun, col(StageRun.id) == Assignment.stage_run_id)
        .where(StageRun.round_id == round_id, Assignment.account_id == account_id)
        .where(Assignment.status != AssignmentStatus.VOID)
        .order_by(col(Assignment.id))
    )
    return session.exec(query).all()


def _give_up(session: Session, act: Act, view: StageView, account: Account, sheets: Sequence[Assignment]) -> None:
    here = {case.id: case for case in cases(session, view.run_id)}
    mine = [here[one.nomination_id] for one in sheets]
    barred = conflict_table(session, view.round_id, [account], mine, judged(view).recusal)
    gone = [one for one in sheets if (account.login, here[one.nomination_id].nomination.case_no) in barred]
    if not gone:
        return
    if view.run.status in {StageStatus.CLOSING_DUE, StageStatus.CLOSING}:
        raise Refused("本环节正在汇总，几分钟后再办理回避；汇总久未完成的，请联系活动办公室。")
    counted = any(one.status == AssignmentStatus.SUBMITTED for one in gone)
    if view.run.status == StageStatus.AWAITING:
        _return_gate(session, act, view)
    for assignment in gone:
        make_void(session, act, assignment, reason="评委申报回避")
        if view.run.status == StageStatus.OPEN:
            _replace(session, act, view, assignment)
    if view.run.status == StageStatus.PASSED and counted:
        correct(session, _system(act), view, reason=WHY)
    elif counted:
        _close_again(session, act, view)


def _replace(session: Session, act: Act, view: StageView, assignment: Assignment) -> None:
    case = case_of(session, assignment)
    stand_in = drawn_stand_in(session, view, case)
    if stand_in is not None:
        appoint(session, act, view, case, stand_in, batch_id=assignment.batch_id)


def _return_gate(session: Session, act: Act, view: StageView) -> None:
    gate = session.exec(select(Gate).where(Gate.stage_run_id == view.run_id, Gate.status == GateStatus.WAITING)).one()
    take_back(session, _system(act), gate, view, reason=WHY, facts={"by": "recusal"})


def _close_again(session: Session, act: Act, view: StageView) -> None:
    """A stage that waited for its gate is summed up anew at once, unless a stand-in's sheet is awaited."""
    returned = session.exec(select(Gate).where(Gate.stage_run_id == view.run_id).order_by(col(Gate.number).desc()))
    last = returned.first()
    if last is None or last.decided_at != act.now or work_of(view.run.kind).obstacles(session, act, view):
        return
    session.flush()
    request_close(session, _system(act), view.run_id)


def _void_signatures(session: Session, act: Act, round_id: int, account: Account) -> None:
    """A waiting gate that somebody signed whom its list concerns goes back; a correction is put up again."""
    query = (
        select(Gate.id)
        .join(SignOff, col(SignOff.gate_id) == Gate.id)
        .where(Gate.round_id == round_id, Gate.status == GateStatus.WAITING)
        .where((SignOff.account_id == account.id) | (SignOff.on_behalf_of == account.id))
    )
    for gate_id in session.exec(query.distinct()).all():
        gate, view = gate_view(session, gate_id or 0)
        if not conflict_table(session, round_id, [account], cases(session, view.run_id), HANDS):
            continue
        if gate.correction:
            correct(session, _system(act), view, reason="签批人须回避，重新提请签批")
            continue
        take_back(session, _system(act), gate, view, reason="签批人须回避，重新提请签批", facts={"by": "recusal"})


def _system(act: Act) -> Act:
    """What follows from a recusal by rule is the system's act, in the same transaction."""
    return replace(act, actor=SYSTEM)
