"""Batches of assignments: planned without a trace, undone whole, drawn again, and proved from what is kept."""

import json

import pytest
from sqlmodel import col, select

from craftsman.actions.batches import check_draws, draw_again, plan_draw, undo_draw
from craftsman.actions.kinds import work_of
from craftsman.actions.kinds.drawing import read_inputs
from craftsman.actions.reassign import replace_judge
from craftsman.actions.views import cases, stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Refused
from craftsman.store.engine import reading, transaction
from models import Account, Assignment, AssignmentBatch, Message, Round
from tests.actions import judging
from tests.actions.handing_in import events
from tests.actions.judging import actor, opened_scoring, panels, score_all, tasks
from tests.actions.judging import close as close_stage
from tests.factories import act_of, make_account


def undo(place: Workplace, round_: Round, by: str = "opener") -> int:
    with transaction(place.engine) as session:
        view = stage_by_key(session, round_.id or 0, "score")
        return undo_draw(session, act_of(place, actor(place, by)), view, reason="增补专家")


def redraw(place: Workplace, round_: Round) -> int:
    with transaction(place.engine) as session:
        view = stage_by_key(session, round_.id or 0, "score")
        return draw_again(session, act_of(place, actor(place, "opener")), view)


def faults(place: Workplace, round_: Round) -> list[list[str]]:
    with reading(place.engine) as session:
        view = stage_by_key(session, round_.id or 0, "score")
        return [list(one.faults) for one in check_draws(session, act_of(place, actor(place, "opener")), view)]


def add_expert(place: Workplace, login: str) -> None:
    with transaction(place.engine) as session:
        make_account(session, login, "expert")


def test_a_plan_changes_nothing(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=6, experts=10)
    before = panels(place, round_)
    add_expert(place, "expert11")
    with reading(place.engine) as session:
        view = stage_by_key(session, round_.id or 0, "score")
        plan = plan_draw(session, act_of(place, actor(place, "opener")), view)
    assert (plan.seats, sorted(plan.loads.values())) == (30, [2, 2, 2] + [3] * 8)
    assert {case: now for case, (now, _) in plan.changes.items()} == {case: before[case] for case in plan.changes}
    assert any("expert11" in then for _, then in plan.changes.values())
    assert panels(place, round_) == before


def test_a_plan_of_what_stands_is_no_change(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=6, experts=10)
    with reading(place.engine) as session:
        view = stage_by_key(session, round_.id or 0, "score")
        plan = plan_draw(session, act_of(place, actor(place, "opener")), view)
        kept = session.exec(select(AssignmentBatch)).one()
    assert (plan.changes, plan.inputs_digest) == ({}, kept.inputs_digest)


def test_a_batch_is_undone_and_drawn_again(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=6, experts=10)
    before = panels(place, round_)
    assert undo(place, round_) == 30
    assert panels(place, round_) == {}
    assert tasks(place, round_, "expert1") == []
    assert redraw(place, round_) == 6
    assert panels(place, round_) == before
    assert faults(place, round_) == [[], []]
    (event,) = events(place, "review.undone")
    assert json.loads(event.body)["facts"]["sheets"] == 30


def test_new_experts_count_when_drawn_again(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=6, experts=10)
    undo(place, round_)
    add_expert(place, "expert11")
    redraw(place, round_)
    assert len(tasks(place, round_, "expert11")) in {2, 3}


def test_judges_drawn_again_are_invited(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=3)
    undo(place, round_)
    redraw(place, round_)
    with reading(place.engine) as session:
        letters = session.exec(select(Message).where(Message.letter == "review-invitation")).all()
    assert len(letters) == 10


def test_a_stand_in_goes_with_the_batch(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1, experts=6)
    with transaction(place.engine) as session:
        number = session.exec(select(Assignment.id).order_by(col(Assignment.id))).first() or 0
        replace_judge(session, act_of(place, actor(place, "opener")), number, reason="因病不能评审")
    assert undo(place, round_) == 5
    redraw(place, round_)
    assert [len(panel) for panel in panels(place, round_).values()] == [5]
    assert faults(place, round_) == [[], []]


def test_whoever_was_undone_may_stand_in(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1, experts=6)
    undo(place, round_)
    redraw(place, round_)
    (panel,) = panels(place, round_).values()
    with transaction(place.engine) as session:
        held = select(Assignment.id).join(Account).where(Account.login == panel[0], Assignment.status == "assigned")
        number = session.exec(held).one() or 0
        stand_in = replace_judge(session, act_of(place, actor(place, "opener")), number, reason="因病不能评审")
    assert {stand_in} == {f"expert{number}" for number in range(1, 7)} - set(panel)


def test_a_sheet_handed_in_keeps_the_batch(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    score_all(place, round_, dict.fromkeys(judging.numbers(place), 80))
    with pytest.raises(Refused, match="已有 5 份评分表提交"):
        undo(place, round_)


def test_there_is_nothing_to_draw_twice(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    with pytest.raises(Refused, match="所有申报都已分配"):
        redraw(place, round_)
    undo(place, round_)
    with pytest.raises(Refused, match="没有可以撤销的分配"):
        undo(place, round_)


def test_a_closed_stage_keeps_its_batch(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    score_all(place, round_, dict.fromkeys(judging.numbers(place), 80))
    close_stage(place, round_, "score")
    with pytest.raises(Refused, match="不在评分中"):
        undo(place, round_)


def test_experts_undo_nothing(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=1)
    with pytest.raises(Forbidden):
        undo(place, round_, by="expert1")


@pytest.mark.parametrize("column", ["inputs", "certificate"])
def test_a_changed_batch_is_found_out(place: Workplace, column: str) -> None:
    round_ = opened_scoring(place, cases=2, experts=7)
    with transaction(place.engine) as session:
        batch = session.exec(select(AssignmentBatch)).one()
        setattr(batch, column, getattr(batch, column).replace("expert1", "expert9"))
        session.add(batch)
    assert "保存的分配依据与历史记录中的指纹不符" in faults(place, round_)[0]


def test_a_lost_sheet_is_found_out(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=2, experts=7)
    with transaction(place.engine) as session:
        given = session.exec(select(Assignment)).all()[0]
        given.batch_id = None
        session.add(given)
    assert faults(place, round_) == [["有 1 份评分表未按分配结果发出"]]


def test_a_limit_on_sheets_names_what_clashes(place: Workplace) -> None:
    programme = judging.small_programme(score={"most_per_expert": 2})
    round_ = opened_scoring(place, cases=2, experts=5, programme=programme)
    judging.add_cases(place, round_, range(3, 5))
    undo(place, round_)
    with pytest.raises(Refused) as refusal:
        redraw(place, round_)
    assert refusal.value.reason.startswith("席位多于评委所能承担（每名评委至多评 2 件）")
    assert refusal.value.details == (
        "产业“高端装备制造”：4 件需要 20 个席位，无须回避的评委 5 名，至多承担 10 个席位。",
    )


def test_inputs_read_as_they_were_written(place: Workplace) -> None:
    round_ = opened_scoring(place, cases=3, experts=7, accounts={1: {"uscc": "91350100M000100Y43"}})
    with reading(place.engine) as session:
        kept = session.exec(select(AssignmentBatch)).one()
        view = stage_by_key(session, round_.id or 0, "score")
        drawn = work_of("score").drawn(session, view, cases(session, view.run_id))  # pyright: ignore[reportAttributeAccessIssue]
    assert read_inputs(kept.inputs).text == kept.inputs == drawn.inputs.text
    assert len(read_inputs(kept.inputs).barred) == 3
