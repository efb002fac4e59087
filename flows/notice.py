"""The public notice."""

from prefect import flow
from prefect.client.schemas.objects import State

from craftsman.actions.stages import Step
from flows.steps import run_step, step_name


@flow(name="notice", flow_run_name=step_name)
def notice(step: Step) -> Step | State | None:
    """The list is prepared for posting; once its period is over, what came of it."""
    return run_step(step)
