"""Shorthands for judges who hand in sheets or declare a conflict."""

from sqlmodel import col, select

from craftsman.actions import review
from craftsman.actions.acting import actor_by_login
from craftsman.actions.drafts import save_drafts
from craftsman.actions.reopening import reopen_sheet
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading, transaction
from models import Account, AuditEvent, Nomination, Round
from tests.actions.judging import (
    tasks,
)
from tests.factories import act_of, make_account


def submit(place: Workplace, login: str, sheet: review.SheetIn) -> int:
    with transaction(place.engine) as session:
        return review.submit_sheets(session, act_of(place, actor_by_login(session, login)), [sheet])


def reopen(place: Workplace, round_: Round, case_no: str, login: str, *, chair: str = "chair") -> None:
    with transaction(place.engine) as session:
        if session.exec(select(Account).where(Account.login == chair)).first() is None:
            make_account(session, chair, "chair")
        act = act_of(place, actor_by_login(session, chair))
        run_id = stage_by_key(session, round_.id or 0, "score").run_id
        reopen_sheet(session, act, run_id, case_no=case_no, login=login, reason="两项分数填反")


def draft(place: Workplace, login: str, sheet: review.SheetIn) -> int:
    with transaction(place.engine) as session:
        return save_drafts(session, act_of(place, actor_by_login(session, login)), [sheet])


def read_sheet(place: Workplace, login: str, assignment_id: int) -> review.SheetView:
    with reading(place.engine) as session:
        return review.sheet(session, act_of(place, actor_by_login(session, login)), assignment_id)


def recuse(place: Workplace, login: str, case_no: str, reason: str = "师徒关系") -> None:
    with transaction(place.engine) as session:
        nomination_id = session.exec(select(Nomination.id).where(Nomination.case_no == case_no)).one()
        act = act_of(place, actor_by_login(session, login))
        review.declare_recusal(session, act, nomination_id or 0, reason)


def events(place: Workplace, act: str) -> list[AuditEvent]:
    with reading(place.engine) as session:
        return list(session.exec(select(AuditEvent).where(AuditEvent.act == act).order_by(col(AuditEvent.seq))).all())


def first_task(place: Workplace, round_: Round, login: str = "expert1") -> review.TaskRow:
    return tasks(place, round_, login)[0]
