"""Review: recommendation, qualification, scoring, contest, ballot and approval."""

from prefect import flow
from prefect.client.schemas.objects import State

from craftsman.actions.stages import Step
from flows.steps import run_step, step_name


@flow(name="endorse", flow_run_name=step_name)
def endorse(step: Step) -> Step | State | None:
    """A level of the union tree recommends within its quota."""
    return run_step(step)


@flow(name="screen", flow_run_name=step_name)
def screen(step: Step) -> Step | State | None:
    """Every rule of qualification gives its verdict on every case."""
    return run_step(step)


@flow(name="score", flow_run_name=step_name)
def score(step: Step) -> Step | State | None:
    """Experts are drawn and invited; at the end, the ranking."""
    return run_step(step)


@flow(name="contest", flow_run_name=step_name)
def contest(step: Step) -> Step | State | None:
    """Every judge scores every contestant; at the end, the ranking."""
    return run_step(step)


@flow(name="ballot", flow_run_name=step_name)
def ballot(step: Step) -> Step | State | None:
    """The committee votes in secret; at the end, the count."""
    return run_step(step)


@flow(name="tally", flow_run_name=step_name)
def tally(step: Step) -> Step | State | None:
    """The public likes candidates; at the end, the count."""
    return run_step(step)


@flow(name="approve", flow_run_name=step_name)
def approve(step: Step) -> Step | State | None:
    """The list is laid before the body that approves it."""
    return run_step(step)
