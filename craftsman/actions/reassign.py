"""Another judge for a case: drawn by the round's public seed, or named by the staff; the sheet given up is void."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, holders, record
from craftsman.actions.conflicts import HANDS, conflict_table
from craftsman.actions.doors import check_move
from craftsman.actions.invitations import invite
from craftsman.actions.kinds.drawing import draw, inputs_of
from craftsman.actions.kinds.judged import JudgedWork
from craftsman.actions.kinds.registry import work_of
from craftsman.actions.kinds.scores import judged
from craftsman.actions.reasons import written
from craftsman.actions.views import Case, StageView, stage_view
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, NotFound, Refused
from craftsman.programme.schema import Score
from models import Account, Assignment, AssignmentBatch, AssignmentStatus, Nomination, Person, StageEntry, StageStatus
from models.review import ASSIGNMENT_MOVES


def replace_judge(session: Session, act: Act, assignment_id: int, *, reason: str, login: str = "") -> str | None:
    """Give a case that its judge cannot mark to a stand-in; returns the stand-in's login, None where there is nobody.

    `login` names the stand-in, otherwise one of the least loaded is drawn. A sheet that a recusal made void gets a
    stand-in where the panel is short. Refused once the sheet is handed in or the stage is not open, for a stand-in who
    may not judge the case, and where nobody is there and too few would be left; Forbidden for staff with a stake in it.
    """
    assignment, view, case = _replaceable(session, act, assignment_id)
    grounds = written(reason, "更换评委的理由")
    stand_in = _named(session, view, case, login) if login else drawn_stand_in(session, view, case)
    _must_leave_enough(session, view, assignment, stand_in)
    if assignment.status == AssignmentStatus.ASSIGNED:
        make_void(session, act, assignment, reason=f"更换评委：{grounds}")
    if stand_in is not None:
        appoint(session, act, view, case, stand_in, batch_id=assignment.batch_id)
    return stand_in.login if stand_in else None


@dataclass(frozen=True, slots=True)
class Replacing:
    """A sheet to be given to somebody else: those who may take it with their loads, and whom the seed would draw."""

    view: StageView
    case: Case
    assignment: Assignment
    judge: Account
    able: Sequence[tuple[Account, int]]
    drawn: Account | None


def replacing(session: Session, act: Act, assignment_id: int) -> Replacing:
    """What `replace_judge` would do now, changing nothing; refused as it is. A constant number of queries."""
    assignment, view, case = _replaceable(session, act, assignment_id)
    loads, able = _loads(session, view), _able(session, view, case)
    judge = session.get_one(Account, assignment.account_id)
    drawn = drawn_stand_in(session, view, case)
    return Replacing(view, case, assignment, judge, [(one, loads[one.id or 0]) for one in able], drawn)


def make_void(session: Session, act: Act, assignment: Assignment, *, reason: str) -> None:
    """Take a sheet out of the reckoning; the history names its judge."""
    check_move(ASSIGNMENT_MOVES, assignment.status, AssignmentStatus.VOID, "评分表")
    assignment.status, assignment.reason = AssignmentStatus.VOID, reason
    session.add(assignment)
    session.flush()
    view, case = stage_view(session, assignment.stage_run_id), case_of(session, assignment)
    judge = session.get_one(Account, assignment.account_id)
    facts = {"stage": view.run.key, "judge": judge.login}
    entry = Entry("review.voided", case.nomination.case_no, facts, private={"reason": reason})
    record(session, act, view.round_id, [entry])


def appoint(  # noqa: PLR0913  (an act's three, and who takes which case over, in which batch)
    session: Session, act: Act, view: StageView, case: Case, stand_in: Account, *, batch_id: int | None
) -> None:
    """Give a case to one more judge and invite them; undoing the batch takes the case from them too."""
    given = Assignment(stage_run_id=view.run_id, nomination_id=case.id, account_id=stand_in.id or 0, batch_id=batch_id)
    session.add(given)
    number = case.nomination.case_no
    facts = {"stage": view.run.key, "judges": [stand_in.login]}
    record(session, act, view.round_id, [Entry("review.assigned", number, facts)])
    invited = [(stand_in, {"case_count": 1})]
    invite(session, act, view, _work(view).letter, invited, event=f"replacement/{number}")


def case_of(session: Session, assignment: Assignment) -> Case:
    """The case of an assignment."""
    query = (
        select(StageEntry, Nomination, Person)
        .join(Nomination, col(Nomination.id) == StageEntry.nomination_id)
        .join(Person, col(Person.id) == Nomination.person_id)
        .where(StageEntry.stage_run_id == assignment.stage_run_id)
        .where(StageEntry.nomination_id == assignment.nomination_id)
    )
    return Case(*session.exec(query).one())


def drawn_stand_in(session: Session, view: StageView, case: Case) -> Account | None:
    """Of those who may and did not yet judge the case, one of the least loaded, drawn by the public seed."""
    able, loads = _able(session, view, case), _loads(session, view)
    least = min((loads[judge.id or 0] for judge in able), default=0)
    lightest = [judge for judge in able if loads[judge.id or 0] == least]
    if not lightest:
        return None
    drawn = draw(view, inputs_of(view, lightest, [case], {}, needed=1)).panels[case.nomination.case_no]
    return next(judge for judge in lightest if judge.login in drawn)


def _loads(session: Session, view: StageView) -> Counter[int]:
    return Counter(one.account_id for one in _assignments(session, view) if one.status != AssignmentStatus.VOID)


def _replaceable(session: Session, act: Act, assignment_id: int) -> tuple[Assignment, StageView, Case]:
    assignment = session.get(Assignment, assignment_id)
    if assignment is None:
        raise NotFound("没有这份评分表；请在环节页面核对。")
    view, case = stage_view(session, assignment.stage_run_id), case_of(session, assignment)
    act.must("review.reassign", view.round_id)
    _refuse_concerned(session, act, view, case)
    _must_be_replaceable(session, view, assignment)
    return assignment, view, case


def _able(session: Session, view: StageView, case: Case) -> list[Account]:
    """Judges of the round without a conflict, who never had the case in this stage."""
    undone = set(session.exec(select(AssignmentBatch.id).where(col(AssignmentBatch.undone_at).is_not(None))).all())
    rows = [one for one in _assignments(session, view) if one.nomination_id == case.id]
    known = {one.account_id for one in rows if one.batch_id not in undone}
    judges = [judge for judge in holders(session, _work(view).role, view.round_id) if judge.id not in known]
    barred = conflict_table(session, view.round_id, judges, [case], judged(view).recusal)
    return [judge for judge in judges if (judge.login, case.nomination.case_no) not in barred]


def _named(session: Session, view: StageView, case: Case, login: str) -> Account:
    for judge in _able(session, view, case):
        if judge.login == login:
            return judge
    raise Refused(
        f"账号“{login}”不能接替评审申报 {case.nomination.case_no}：不是本轮次的评委，或须回避，或已经分到过这份申报；"
        "请另选一人，或不指定账号，由系统抽取。"
    )


def _refuse_concerned(session: Session, act: Act, view: StageView, case: Case) -> None:
    me = session.get_one(Account, act.actor.account)
    if conflict_table(session, view.round_id, [me], [case], (*HANDS, *judged(view).recusal)):
        # who must recuse is not told which case it is
        raise Forbidden("这份评分表所评的申报您须回避，请由其他工作人员更换评委。")


def _must_be_replaceable(session: Session, view: StageView, assignment: Assignment) -> None:
    if view.run.status != StageStatus.OPEN:
        raise Refused(f"环节“{view.run.title}”不在评分中，不能更换评委；请核对现在的状态。")
    if assignment.status == AssignmentStatus.SUBMITTED:
        raise Refused("该评委已提交评分表，不能更换；须回避的，由评委本人申报回避。")
    if assignment.status == AssignmentStatus.VOID and _panel_size(session, view, assignment) >= full_panel(view):
        raise Refused("这份评分表已作废，该申报的评委已经足额，无需再更换。")


def _must_leave_enough(session: Session, view: StageView, assignment: Assignment, stand_in: Account | None) -> None:
    least = judged(view).aggregation.least
    given_up = assignment.status == AssignmentStatus.ASSIGNED
    if stand_in is None and _panel_size(session, view, assignment) - given_up < least:
        raise Refused(f"没有可以接替的评委，余下的评委不足 {least} 名；请先由管理员增补评委账号，再更换。")


def full_panel(view: StageView) -> int:
    """How many judges a case should have: in the contest every judge marks, so the least number is the measure."""
    stage = judged(view)
    return stage.per_nomination if isinstance(stage, Score) else stage.aggregation.least


def _panel_size(session: Session, view: StageView, assignment: Assignment) -> int:
    panel = [one for one in _assignments(session, view) if one.nomination_id == assignment.nomination_id]
    return sum(one.status != AssignmentStatus.VOID for one in panel)


def _assignments(session: Session, view: StageView) -> Sequence[Assignment]:
    return session.exec(select(Assignment).where(Assignment.stage_run_id == view.run_id)).all()


def _work(view: StageView) -> JudgedWork:
    work = work_of(view.run.kind)
    assert isinstance(work, JudgedWork)
    return work
