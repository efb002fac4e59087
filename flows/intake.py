"""Intake: nominations come in."""

from prefect import flow
from prefect.client.schemas.objects import State

from craftsman.actions.stages import Step
from flows.steps import run_step, step_name


@flow(name="intake", flow_run_name=step_name)
def intake(step: Step) -> Step | State | None:
    """Open the way in; at the end, fix who is in."""
    return run_step(step)
