"""Upkeep against a real Prefect server: dispatching, taking back what was lost, doing without Prefect."""

from datetime import timedelta
from uuid import UUID

import pytest
from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from prefect.client.schemas.objects import FlowRun
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Crashed, Running
from sqlmodel import select

from craftsman.actions import stages
from craftsman.actions.at_hand import on_behalf_of, system_act
from craftsman.actions.heartbeat import beat
from craftsman.actions.workplace import Workplace
from craftsman.clock import now
from craftsman.services.prefect_server import free_port
from craftsman.store.engine import reading, transaction
from flows import upkeep
from models import Round, StageRun, StageStatus
from tests.small_round import KEY, open_small_round, standing


@pytest.fixture
def round_key(desk: Workplace, request: pytest.FixtureRequest) -> str:
    """An opened round under a key that no other test on this server uses."""
    open_small_round(desk)
    key = f"{KEY}-{abs(hash(request.node.name)) % 10**9}"
    with transaction(desk.engine) as session:
        session.exec(select(Round)).one().key = key
    return key


def _runs(round_key: str) -> list[FlowRun]:
    tags = FlowRunFilter(tags=FlowRunFilterTags(all_=[f"round:{round_key}"]))
    with get_client(sync_client=True) as client:
        return client.read_flow_runs(flow_run_filter=tags)


def _first_stage(place: Workplace) -> StageRun:
    run = standing(place)
    assert run is not None
    return run


def _age(place: Workplace, column: str, by: timedelta) -> None:
    with transaction(place.engine) as session:
        run = session.get_one(StageRun, _first_stage(place).id)
        setattr(run, column, now() - by)


def test_dispatching_twice_makes_one_run(desk: Workplace, round_key: str) -> None:
    upkeep.dispatch()
    _age(desk, "dispatched_at", timedelta(hours=1))
    upkeep.dispatch()
    assert [run.idempotency_key for run in _runs(round_key)] == [f"{round_key}:intake:open:1"]


def test_dispatching_notes_the_run(desk: Workplace, round_key: str) -> None:
    upkeep.dispatch()
    assert [str(run.id) for run in _runs(round_key)] == [_first_stage(desk).flow_run_id]


def test_a_run_that_ended_is_replaced(desk: Workplace, round_key: str) -> None:
    upkeep.dispatch()
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(_runs(round_key)[0].id, Crashed(), force=True)
    _age(desk, "dispatched_at", timedelta(hours=1))
    upkeep.dispatch()
    assert _first_stage(desk).attempt == 2
    upkeep.dispatch()
    assert len(_runs(round_key)) == 2


def test_a_forgotten_run_is_asked_for_anew(desk: Workplace, round_key: str) -> None:
    upkeep.dispatch()
    first = _runs(round_key)[0].id
    with get_client(sync_client=True) as client:
        client.delete_flow_run(first)
    _age(desk, "dispatched_at", timedelta(hours=1))
    upkeep.dispatch()
    again = _runs(round_key)
    assert [str(run.id) for run in again] == [_first_stage(desk).flow_run_id]
    assert again[0].id != first


def test_a_lost_step_is_requested_again(desk: Workplace, round_key: str) -> None:
    upkeep.dispatch()
    run_id = _first_stage(desk).flow_run_id
    assert run_id is not None
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(UUID(run_id), Running(), force=True)
    with transaction(desk.engine) as session, on_behalf_of(run_id):
        stages.claim(session, system_act(), round_key)
    _age(desk, "heartbeat_at", timedelta(hours=1))
    upkeep.reconcile()
    run = _first_stage(desk)
    assert (run.status, run.attempt) == (StageStatus.DUE, 2)
    assert [run.state_name for run in _runs(round_key)] == ["Crashed"]


def test_without_prefect_nothing_is_lost(desk: Workplace, round_key: str) -> None:
    with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{free_port()}/api"}):
        upkeep.tend()
    run = _first_stage(desk)
    assert (run.status, run.dispatched_at) == (StageStatus.DUE, None)
    upkeep.tend()
    assert len(_runs(round_key)) == 1


def test_the_heartbeat_keeps_a_step(desk: Workplace, round_key: str) -> None:
    with transaction(desk.engine) as session:
        step = stages.claim(session, system_act(), round_key)
        assert step is not None
    _age(desk, "heartbeat_at", timedelta(hours=1))
    with transaction(desk.engine) as session:
        beat(session, system_act(), step)
    upkeep.reconcile()
    with reading(desk.engine) as session:
        assert session.get_one(StageRun, step.run_id).attempt == 1
