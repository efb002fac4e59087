"""Rounds open under rules that are recorded, and walk from gate to gate."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from craftsman.actions import rounds, stages
from craftsman.actions.acting import SYSTEM, actor_by_login
from craftsman.actions.progress import waiting_for
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.errors import Forbidden, Refused
from craftsman.store.engine import reading, transaction
from models import Round, StageRun, StageStatus
from tests.driver import drive
from tests.factories import NOW, act_of, make_account, make_programme, make_round


def statuses(place: Workplace) -> list[str]:
    with reading(place.engine) as session:
        return [run.status.value for run in session.exec(select(StageRun).order_by(col(StageRun.position))).all()]


def test_opening_makes_first_stage_due(place: Workplace) -> None:
    make_round(place)
    assert statuses(place) == ["due", *["planned"] * 10]


def test_opening_again_changes_nothing(place: Workplace) -> None:
    first = make_round(place)
    with transaction(place.engine) as session:
        staff = make_account(session, "second", "staff")
        again = rounds.open_round(session, act_of(place, staff), make_programme())
        assert again.id == first.id
    assert len(statuses(place)) == 11


def test_opening_under_other_rules_is_refused(place: Workplace) -> None:
    make_round(place)
    programme = make_programme()
    other = programme.model_copy(update={"plan": programme.plan.model_copy(update={"seed": 1})})
    with transaction(place.engine) as session, pytest.raises(Refused, match="另一版规则"):
        rounds.open_round(session, act_of(place, make_account(session, "second", "staff")), other)


def test_only_staff_open_rounds(place: Workplace) -> None:
    with transaction(place.engine) as session, pytest.raises(Forbidden):
        rounds.open_round(session, act_of(place, make_account(session, "expert", "expert")), make_programme())


def test_driving_opens_the_intake(place: Workplace) -> None:
    opened = make_round(place)
    drive(place, opened.key, NOW)
    assert statuses(place)[0] == StageStatus.OPEN


def test_a_step_is_claimed_once(place: Workplace) -> None:
    opened = make_round(place)
    with transaction(place.engine) as session:
        first = stages.claim(session, act_of(place, SYSTEM), opened.key)
    with transaction(place.engine) as session:
        second = stages.claim(session, act_of(place, SYSTEM), opened.key)
    assert first is not None
    assert second is None


def test_a_lost_step_is_requested_again(place: Workplace) -> None:
    opened = make_round(place)
    with transaction(place.engine) as session:
        step = stages.claim(session, act_of(place), opened.key)
    late = act_of(place, now=NOW + timedelta(minutes=5))
    with transaction(place.engine) as session:
        lost = stages.take_back_lost(session, late, lease=timedelta(minutes=1))
    assert [one for one, _ in lost] == [step]
    assert statuses(place)[0] == StageStatus.DUE


def test_a_stale_process_may_not_write(place: Workplace) -> None:
    opened = make_round(place)
    with transaction(place.engine) as session:
        old = stages.claim(session, act_of(place), opened.key)
    assert old is not None
    late = act_of(place, now=NOW + timedelta(minutes=5))
    with transaction(place.engine) as session:
        stages.take_back_lost(session, late, lease=timedelta(minutes=1))
    with transaction(place.engine) as session:
        stages.claim(session, late, opened.key)
    with transaction(place.engine) as session, pytest.raises(stages.StaleStep):
        stages.finish_opening(session, late, old)


def test_rules_stay_with_the_round(place: Workplace) -> None:
    make_round(place)
    with reading(place.engine) as session:
        kept = session.exec(select(Round)).one()
        assert kept.rules_digest == make_programme().digest()


def refused_step(place: Workplace) -> tuple[Round, stages.Step]:
    opened = make_round(place)
    with transaction(place.engine) as session:
        step = stages.claim(session, act_of(place), opened.key)
    assert step is not None
    with transaction(place.engine) as session:
        stages.set_aside(session, act_of(place), step, "专家不足，请补充专家后重试。")
    return opened, step


def test_refused_step_is_not_tried_again(place: Workplace) -> None:
    opened, _ = refused_step(place)
    late = act_of(place, now=NOW + timedelta(days=1))
    with transaction(place.engine) as session:
        assert stages.claim(session, late, opened.key) is None
        assert stages.due_steps(session, late, again_after=timedelta(minutes=1)) == []
        assert stages.take_back_lost(session, late, lease=timedelta(minutes=1)) == []


def test_refused_step_tells_its_reason(place: Workplace) -> None:
    opened, _ = refused_step(place)
    with reading(place.engine) as session:
        told = waiting_for(session, place, opened)
    assert told == ["“申报受理”未能办理，处理后请重试：", "  · 专家不足，请补充专家后重试。"]


def test_staff_retry_a_refused_step(place: Workplace) -> None:
    opened, step = refused_step(place)
    with transaction(place.engine) as session:
        stages.retry_step(session, act_of(place, actor_by_login(session, "opener")), step.run_id)
    drive(place, opened.key, NOW)
    assert statuses(place)[0] == StageStatus.OPEN


def test_nothing_refused_needs_no_retry(place: Workplace) -> None:
    opened = make_round(place)
    with transaction(place.engine) as session, pytest.raises(Refused, match="没有被搁置的步骤"):
        staff = actor_by_login(session, "opener")
        stages.retry_step(session, act_of(place, staff), stage_by_key(session, opened.id or 0, "intake").run_id)


def test_ended_opening_may_not_write_again(place: Workplace) -> None:
    opened = make_round(place)
    with transaction(place.engine) as session:
        step = stages.claim(session, act_of(place), opened.key)
    assert step is not None
    with transaction(place.engine) as session:
        stages.finish_opening(session, act_of(place), step)
    with transaction(place.engine) as session, pytest.raises(stages.StaleStep):
        stages.finish_opening(session, act_of(place), step)
