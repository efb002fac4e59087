"""What was read before one's turn to write holds until something that matters is done: the history tells."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlmodel import func, select

from craftsman.actions import review
from craftsman.actions.acting import SYSTEM, Act, actor_by_login, record
from craftsman.actions.grants import end_role
from craftsman.actions.sessions import end_session, open_session
from craftsman.actions.unchanged import renewed, still_holds
from craftsman.actions.workplace import Workplace
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.store.engine import reading, transaction
from models import Account, AuditEvent, Role
from tests.actions.handing_in import first_task, recuse, submit
from tests.actions.judging import SCORE_KEYS, close, counted_statements, mark, numbers, opened_scoring, score_all, tasks
from tests.factories import NOW, act_of, make_account


def visiting(place: Workplace, login: str) -> Act:
    """An act that rests on roles read just now."""
    with reading(place.engine) as session:
        since = session.exec(select(func.max(AuditEvent.seq))).one()
        return replace(act_of(place, actor_by_login(session, login)), since=since)


def holds(place: Workplace, act: Act) -> bool:
    with reading(place.engine) as session:
        return still_holds(session, act)


def done(place: Workplace, act: Act, what: str) -> None:
    with transaction(place.engine) as session:
        record(session, act, None, [Entry(what, "x")])


@pytest.mark.parametrize(
    ("what", "by", "held"),
    [
        ("score.submitted", "expert2", True),
        ("score.submitted", "expert1", False),
        ("session.opened", "expert2", True),
        ("grant.ended", "expert2", False),
        ("stage.closing", "system", False),
    ],
)
def test_only_harmless_acts_of_others_keep_it(place: Workplace, what: str, by: str, *, held: bool) -> None:
    opened_scoring(place, cases=1)
    act = visiting(place, "expert1")
    done(place, Act(SYSTEM, NOW, place) if by == "system" else visiting(place, by), what)
    assert holds(place, act) == held


def test_without_a_reading_nothing_holds(place: Workplace) -> None:
    opened_scoring(place, cases=1)
    assert not holds(place, replace(visiting(place, "expert1"), since=None))


def test_a_role_that_ended_meanwhile_is_gone(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    act = visiting(place, "expert1")
    with transaction(place.engine) as session:
        expert = session.exec(select(Account).where(Account.login == "expert1")).one()
        open_session(session, act, expert, "cookie")
        office = act_of(place, make_account(session, "office", "staff"))
        record(session, office, None, end_role(session, office, expert, Role.EXPERT, round_id=None))
    with transaction(place.engine) as session:
        now = renewed(session, act, "cookie")
    assert (now and now.actor.roles(round_.id), act.actor.roles(round_.id)) == (frozenset(), {"expert"})


def test_a_session_that_ended_meanwhile_ends_the_act(place: Workplace) -> None:
    opened_scoring(place, cases=1)
    with transaction(place.engine) as session:
        expert = session.exec(select(Account).where(Account.login == "expert1")).one()
        open_session(session, act_of(place, SYSTEM), expert, "cookie")
    act = visiting(place, "expert1")
    with transaction(place.engine) as session:
        end_session(session, act, "cookie")
    with transaction(place.engine) as session:
        assert renewed(session, act, "cookie") is None


def hand_in(place: Workplace, act: Act, task: int, meanwhile: Callable[[], object]) -> int | None:
    """One sheet readied before the turn to write came, while others did something."""
    with reading(place.engine) as session:
        readied = review.ready(session, act, [task])
    meanwhile()
    sheet = review.SheetIn(task, mark(SCORE_KEYS, 80), "好")
    with transaction(place.engine) as session:
        return review.submit_sheet_and_go_on(session, act, sheet, readied)


def test_a_readied_sheet_goes_on_to_the_next(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=2)
    first, second = (one.assignment_id for one in tasks(place, round_, "expert1"))
    other = first_task(place, round_, "expert2").assignment_id
    sheet = review.SheetIn(other, mark(SCORE_KEYS, 80), "好")
    act = visiting(place, "expert1")
    with counted_statements(place) as sent:
        assert hand_in(place, act, first, lambda: submit(place, "expert2", sheet)) == second
    assert hand_in(place, visiting(place, "expert1"), second, lambda: None) is None
    assert sum("FROM stage_run" in one for one in sent) == 2


def test_a_readied_sheet_of_a_stage_that_closed_is_refused(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    task = first_task(place, round_).assignment_id
    score_all(place, round_, dict.fromkeys(numbers(place), 80))
    with pytest.raises(Refused, match="不在评分中"):
        hand_in(place, visiting(place, "expert1"), task, lambda: close(place, round_, "score"))


def test_a_readied_sheet_of_a_judge_who_recused_is_refused(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    task = first_task(place, round_)
    with pytest.raises(Forbidden, match="回避"):
        hand_in(place, visiting(place, "expert1"), task.assignment_id, lambda: recuse(place, "expert1", task.case_no))


def test_a_readied_sheet_handed_in_elsewhere_is_a_new_version(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    task = first_task(place, round_).assignment_id
    with pytest.raises(Invalid, match="已提交"):
        sheet = review.SheetIn(task, mark(SCORE_KEYS, 70), "一般")
        hand_in(place, visiting(place, "expert1"), task, lambda: submit(place, "expert1", sheet))
