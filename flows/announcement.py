"""The announcement of those honoured."""

from prefect import flow
from prefect.client.schemas.objects import State

from craftsman.actions.stages import Step
from flows.steps import run_step, step_name


@flow(name="announce", flow_run_name=step_name)
def announce(step: Step) -> Step | State | None:
    """Decision, certificates and letters."""
    return run_step(step)
