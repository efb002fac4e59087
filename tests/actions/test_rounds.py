"""Rounds open under rules that are recorded, and walk from gate to gate."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from craftsman.actions import rounds, stages
from craftsman.actions.acting import SYSTEM
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
