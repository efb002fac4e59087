"""Upkeep: requested steps become Prefect runs, lost ones are taken back, what is ready closes, signers are reminded.

Repeating any of it makes nothing twice. While Prefect is down, rows stay as they are and are tried again next time.
"""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event
from uuid import UUID

import httpx
from prefect import flow, get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterParentFlowRunId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed

from craftsman import clock
from craftsman.actions import stages
from craftsman.actions.at_hand import system_act, workplace
from craftsman.actions.heartbeat import held_flow_runs
from craftsman.actions.lead_letters import remind_of_leads
from craftsman.actions.objection_letters import remind_of_objections
from craftsman.actions.refusals import tell_left_out
from craftsman.actions.reminders import remind_signers
from craftsman.actions.stages import Step
from craftsman.actions.supplements import lapse_supplements
from craftsman.store.engine import transaction
from flows.history import keep_history

DEPLOYMENT = "annual-round/annual-round"
REMIND_AFTER = timedelta(days=3)
REMIND_OF_LEADS = timedelta(days=2)
REMIND_OF_OBJECTIONS = timedelta(days=1)
# a Python process on a busy machine needs longer to start than a heartbeat lasts
LEASES_TO_START = 10

log = logging.getLogger("craftsman.upkeep")


@flow(name="upkeep")
def upkeep() -> None:
    """Tend the rounds once, and remind those whose signature, word on a lead or step of an objection is due."""
    tend()
    keep_history()
    with transaction(workplace().engine) as session:
        remind_signers(session, system_act(), after=REMIND_AFTER)
        remind_of_leads(session, system_act(), before=REMIND_OF_LEADS)
        remind_of_objections(session, system_act(), before=REMIND_OF_OBJECTIONS)


def dispatch_loop(stop: Event, every: float) -> None:
    """Tend the rounds every so many seconds until told to stop."""
    while not stop.is_set():
        tend()
        stop.wait(every)


def tend() -> None:
    """Take back what was lost, close what is ready, and ask Prefect for runs of what is requested."""
    reconcile()
    with transaction(workplace().engine) as session:
        lapse_supplements(session, system_act())
        tell_left_out(session, system_act())
        stages.close_what_is_ready(session, system_act())
    dispatch()


def dispatch() -> None:
    """Ask for a run for each requested step; an attempt asked for twice is one run, by its idempotency key."""
    with transaction(workplace().engine) as session:
        due = stages.due_steps(session, system_act(), again_after=_leases(1))
    with _trying_again_later():
        for step in due:
            _settle(step, _ask_for_run(step))


def reconcile() -> None:
    """Request lost steps again, and end in Prefect's books the runs that died."""
    with transaction(workplace().engine) as session:
        lost = stages.take_back_lost(session, system_act(), lease=_leases(1))
    with _trying_again_later(), get_client(sync_client=True) as client:
        for step, flow_run_id in lost:
            log.warning("%s 的运行已失联，重新申请。", step.key)
            if flow_run_id:
                _crash(client, UUID(flow_run_id))
        for run in _dead_runs(client):
            _crash(client, run.id)


def _ask_for_run(step: Step) -> FlowRun:
    run = run_deployment(
        DEPLOYMENT,
        parameters={"round_key": step.round_key},
        timeout=0,
        as_subflow=False,
        idempotency_key=step.key,
        tags=[f"round:{step.round_key}", f"stage:{step.stage_key}"],
    )
    assert isinstance(run, FlowRun)
    return run


def _settle(step: Step, run: FlowRun) -> None:
    """Note the run of a step. One that ended, or never got to claim the step, is replaced by another attempt."""
    with transaction(workplace().engine) as session:
        if _is_over(run):
            stages.ask_again(session, system_act(), step, f"运行 {run.id} 已结束而未办理")
        else:
            stages.mark_dispatched(session, system_act(), step, str(run.id))


def _is_over(run: FlowRun) -> bool:
    state = run.state
    if state is None or state.is_scheduled():
        return False
    return state.is_final() or state.timestamp < _long_ago()


def _dead_runs(client: SyncPrefectClient) -> list[FlowRun]:
    """Runs that Prefect believes alive, started long ago, and that hold no step."""
    with transaction(workplace().engine) as session:
        held = held_flow_runs(session)
    alive = client.read_flow_runs(
        flow_filter=FlowFilter(name=FlowFilterName(any_=["annual-round"])), flow_run_filter=_unfinished()
    )
    return [run for run in alive if str(run.id) not in held and run.state and run.state.timestamp < _long_ago()]


def _crash(client: SyncPrefectClient, flow_run_id: UUID) -> None:
    """Set a run that died to Crashed, with its subflows; one that Prefect forgot needs nothing."""
    crashed = Crashed(message="进程已失联，此步骤另行办理。")
    parent = FlowRunFilterParentFlowRunId(any_=[flow_run_id])
    for part in client.read_flow_runs(flow_run_filter=_unfinished(parent)):
        client.set_flow_run_state(part.id, crashed, force=True)
    try:
        client.set_flow_run_state(flow_run_id, crashed, force=True)
    except ObjectNotFound:
        log.info("Prefect 中已没有运行 %s。", flow_run_id)


def _unfinished(parent: FlowRunFilterParentFlowRunId | None = None) -> FlowRunFilter:
    types = FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING])
    return FlowRunFilter(state=FlowRunFilterState(type=types), parent_flow_run_id=parent)


def _leases(number: int) -> timedelta:
    return timedelta(seconds=workplace().settings.lease_seconds * number)


def _long_ago() -> datetime:
    # Prefect's clock is the real one, also in a rehearsal
    return clock.now() - _leases(LEASES_TO_START)


@contextmanager
def _trying_again_later() -> Generator[None]:
    """Log that Prefect did not answer, or does not know the deployment; the rows keep what is to be done."""
    try:
        yield
    except (httpx.TransportError, httpx.HTTPStatusError, ObjectNotFound) as fault:
        log.warning("Prefect 暂时无法办理，稍后再试：%s", fault)
