"""A conflict found or declared late: the sheet is void and somebody else steps in."""

import pytest
from sqlmodel import select

from craftsman.actions import review
from craftsman.actions.sheets import latest_sheets
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Invalid, Refused
from craftsman.store.engine import reading, transaction
from models import Account, AuditEvent
from tests.actions.handing_in import events, first_task, read_sheet, recuse, submit
from tests.actions.judging import (
    SCORE_KEYS,
    mark,
    numbers,
    opened_scoring,
    panels,
    score_all,
    tasks,
)
from tests.factories import close_stage, make_account


def test_a_conflict_found_later_blocks(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    task = first_task(place, round_)
    with transaction(place.engine) as session:
        expert = session.exec(select(Account).where(Account.login == "expert1")).one()
        expert.uscc = "91350100M000100Y43"
    with pytest.raises(Forbidden, match="同一单位"):
        submit(place, "expert1", review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 80)))
    with pytest.raises(Forbidden, match="同一单位"):
        read_sheet(place, "expert1", task.assignment_id)


def test_a_late_recusal_voids_the_scores(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    task = first_task(place, round_)
    submit(place, "expert1", review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 99), "好"))
    recuse(place, "expert1", task.case_no)
    assert tasks(place, round_, "expert1") == []
    with reading(place.engine) as session:
        assert latest_sheets(session, task.run_id) == {}
    with pytest.raises(Forbidden):
        submit(place, "expert1", review.SheetIn(task.assignment_id, mark(SCORE_KEYS, 98), reason="改"))


def test_another_expert_steps_in(place: Workplace) -> None:
    accounts = {6: {"uscc": "91350100M000100Y43"}, 7: {"organisation_id": 1}}
    round_ = opened_scoring(place, cases=1, experts=8, accounts=accounts, nominations={1: {"organisation_id": 1}})
    case_no = numbers(place)[0]
    panel = panels(place, round_)[case_no]
    free = {f"expert{number}" for number in (1, 2, 3, 4, 5, 8)} - set(panel)
    recuse(place, panel[0], case_no)
    assert set(panels(place, round_)[case_no]) == {*panel[1:], *free}
    assert len(events(place, "review.assigned")) == 2


def test_recusal_without_replacement_leaves_four(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1, experts=5)
    recuse(place, "expert2", numbers(place)[0])
    assert panels(place, round_) == {numbers(place)[0]: ["expert1", "expert3", "expert4", "expert5"]}


def test_recusal_declared_twice_changes_nothing(place: Workplace) -> None:
    opened_scoring(place, cases=1, experts=7)
    recuse(place, "expert2", numbers(place)[0])
    recuse(place, "expert2", numbers(place)[0])
    assert len(events(place, "recusal.declared")) == 1


def test_the_reason_stays_out_of_history(place: Workplace) -> None:
    opened_scoring(place, cases=1)
    recuse(place, "expert2", numbers(place)[0], "候选人是我的表弟")
    with reading(place.engine) as session:
        assert [body for body in session.exec(select(AuditEvent.body)).all() if "表弟" in body] == []


def test_recusal_waits_while_it_is_summed_up(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    score_all(place, round_, {numbers(place)[0]: 80})
    with transaction(place.engine) as session:
        staff = make_account(session, "closer", "staff")
    close_stage(place, round_, "score", staff)
    with pytest.raises(Refused, match="正在汇总"):
        recuse(place, "expert1", numbers(place)[0])


def test_recusal_needs_a_reason(place: Workplace) -> None:
    opened_scoring(place, cases=1)
    with pytest.raises(Invalid, match="理由"):
        recuse(place, "expert1", numbers(place)[0], "  ")
