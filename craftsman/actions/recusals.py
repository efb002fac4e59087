"""Recusal declared by the person concerned: their sheet is void at once, and another judge takes the case."""

from collections import Counter
from collections.abc import Sequence

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, holders, record
from craftsman.actions.conflicts import conflict_table
from craftsman.actions.doors import check_move
from craftsman.actions.invitations import invite
from craftsman.actions.kinds.judged import draw
from craftsman.actions.kinds.scores import judged
from craftsman.actions.views import Case, StageView, stage_view
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound, Refused
from models import (
    Account,
    Assignment,
    AssignmentStatus,
    BallotTicket,
    Nomination,
    Person,
    Recusal,
    StageEntry,
    StageRun,
    StageStatus,
)
from models.review import ASSIGNMENT_MOVES

# between the request to close and the passing of the gate a result is being made or signed
_BEING_SETTLED = frozenset({StageStatus.CLOSING_DUE, StageStatus.CLOSING, StageStatus.AWAITING})
_SETTLED = frozenset({*_BEING_SETTLED, StageStatus.PASSED})


def declare_recusal(session: Session, act: Act, nomination_id: int, reason: str) -> None:
    """Take no part in a nomination: open sheets and their scores are void, in expert scoring another expert steps in.

    Declared again, it changes nothing. Refused while a result with the actor's sheet is being made or signed, and after
    the actor has cast a ballot with this candidate on it, for a paper cannot be found again.
    """
    nomination = session.get(Nomination, nomination_id)
    if nomination is None:
        raise NotFound("没有这份申报。")
    act.must("recusal.declare", nomination.round_id)
    if not reason.strip():
        raise Invalid("请写明回避的理由。")
    if _declared_before(session, act, nomination_id):
        return
    mine = _my_sheets(session, act, nomination_id)
    _refuse_too_late(session, act, nomination_id, [run for _, run in mine])
    session.add(
        Recusal(
            round_id=nomination.round_id,
            account_id=act.actor.account,
            nomination_id=nomination_id,
            reason=reason.strip(),
            declared_at=act.now,
        )
    )
    session.flush()
    record(session, act, nomination.round_id, [Entry("recusal.declared", nomination.case_no)])
    for assignment, run in mine:
        if run.status not in _SETTLED:
            _make_void(session, act, assignment, run)


def _declared_before(session: Session, act: Act, nomination_id: int) -> bool:
    query = select(Recusal.id).where(Recusal.account_id == act.actor.account, Recusal.nomination_id == nomination_id)
    return session.exec(query).first() is not None


def _my_sheets(session: Session, act: Act, nomination_id: int) -> Sequence[tuple[Assignment, StageRun]]:
    query = (
        select(Assignment, StageRun)
        .join(StageRun, col(StageRun.id) == Assignment.stage_run_id)
        .where(Assignment.account_id == act.actor.account, Assignment.nomination_id == nomination_id)
        .where(Assignment.status != AssignmentStatus.VOID)
    )
    return session.exec(query).all()


def _refuse_too_late(session: Session, act: Act, nomination_id: int, runs: Sequence[StageRun]) -> None:
    if any(run.status in _BEING_SETTLED for run in runs):
        raise Refused("本环节正在汇总或签批，不能再申报回避；请联系活动办公室，由签批人退回后再办理。")
    query = (
        select(BallotTicket.id)
        .join(StageRun, col(StageRun.id) == BallotTicket.stage_run_id)
        .join(StageEntry, col(StageEntry.stage_run_id) == BallotTicket.stage_run_id)
        .where(BallotTicket.account_id == act.actor.account, StageEntry.nomination_id == nomination_id)
        .where(col(BallotTicket.cast_at).is_not(None), StageRun.status != StageStatus.PASSED)
    )
    if session.exec(query).first() is not None:
        raise Refused("您已投票，票面无从查找，不能再申报回避；请联系活动办公室。")


def _make_void(session: Session, act: Act, assignment: Assignment, run: StageRun) -> None:
    check_move(ASSIGNMENT_MOVES, assignment.status, AssignmentStatus.VOID, "评分表")
    assignment.status, assignment.reason = AssignmentStatus.VOID, "评委申报回避"
    session.add(assignment)
    session.flush()
    view = stage_view(session, run.id or 0)
    case = _case(session, assignment)
    entries = [Entry("review.voided", case.nomination.case_no, {"stage": run.key, "judge": act.actor.login})]
    stand_in = _stand_in(session, view, case) if run.kind == "score" else None
    if stand_in is not None:
        session.add(Assignment(stage_run_id=view.run_id, nomination_id=case.id, account_id=stand_in.id or 0))
        facts = {"stage": run.key, "judges": [stand_in.login]}
        entries.append(Entry("review.assigned", case.nomination.case_no, facts))
        event = f"replacement/{case.nomination.case_no}"
        invite(session, act, view, "review-invitation", [(stand_in, {"case_count": 1})], event=event)
    record(session, act, view.round_id, entries)


def _case(session: Session, assignment: Assignment) -> Case:
    query = (
        select(StageEntry, Nomination, Person)
        .join(Nomination, col(Nomination.id) == StageEntry.nomination_id)
        .join(Person, col(Person.id) == Nomination.person_id)
        .where(StageEntry.stage_run_id == assignment.stage_run_id)
        .where(StageEntry.nomination_id == assignment.nomination_id)
    )
    return Case(*session.exec(query).one())


def _stand_in(session: Session, view: StageView, case: Case) -> Account | None:
    """Of the experts who may and did not yet judge the case, one of the least loaded, drawn by the public seed."""
    query = select(Assignment).where(Assignment.stage_run_id == view.run_id)
    assignments = session.exec(query).all()
    loads = Counter(one.account_id for one in assignments if one.status != AssignmentStatus.VOID)
    known = {one.account_id for one in assignments if one.nomination_id == case.id}
    experts = [expert for expert in holders(session, "expert", view.round_id) if expert.id not in known]
    barred = conflict_table(session, view.round_id, experts, [case], judged(view).recusal)
    able = [expert for expert in experts if (expert.login, case.nomination.case_no) not in barred]
    least = min((loads[expert.id or 0] for expert in able), default=0)
    lightest = [expert for expert in able if loads[expert.id or 0] == least]
    if not lightest:
        return None
    drawn = draw(view, lightest, [case], barred, per_nomination=1)[case.nomination.case_no]
    return next(expert for expert in lightest if expert.login in drawn)
