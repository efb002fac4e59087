"""Recusal declared by the person concerned: their sheet is void at once, and another judge takes the case."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from craftsman.actions.acting import Act, record
from craftsman.actions.reassign import appoint, case_of, drawn_stand_in, make_void
from craftsman.actions.views import stage_view
from craftsman.audit.log import Entry
from craftsman.errors import Invalid, NotFound, Refused
from models import (
    Assignment,
    AssignmentStatus,
    BallotTicket,
    Nomination,
    Recusal,
    StageEntry,
    StageRun,
    StageStatus,
)

# between the request to close and the passing of the gate a result is being made or signed
_BEING_SETTLED = frozenset({StageStatus.CLOSING_DUE, StageStatus.CLOSING, StageStatus.AWAITING})
_SETTLED = frozenset({*_BEING_SETTLED, StageStatus.PASSED})


def declare_recusal(session: Session, act: Act, nomination_id: int, reason: str) -> None:
    """Take no part in a nomination: open sheets and their scores are void, and another judge steps in if there is one.

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
            _give_up(session, act, assignment, run)


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


def _give_up(session: Session, act: Act, assignment: Assignment, run: StageRun) -> None:
    make_void(session, act, assignment, reason="评委申报回避")
    view, case = stage_view(session, run.id or 0), case_of(session, assignment)
    stand_in = drawn_stand_in(session, view, case)
    if stand_in is not None:
        appoint(session, act, view, case, stand_in, batch_id=assignment.batch_id)
