"""One step of a stage, run by every stage flow: prepare, batch after batch, finish."""

from contextlib import AbstractContextManager, nullcontext
from uuid import UUID

from prefect import task
from prefect.artifacts import create_markdown_artifact, create_progress_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.states import Completed, Failed

from craftsman.actions import stages
from craftsman.actions.at_hand import system_act, workplace
from craftsman.actions.reports import PHASE_TITLES, stage_report
from craftsman.actions.stages import StaleStep, Step
from craftsman.errors import Refused
from craftsman.store.engine import reading, transaction

# a name, not Cancelled: a process that ends so has done nothing wrong
SUPERSEDED = "Superseded"


def without_heartbeat() -> AbstractContextManager[object]:
    """Prefect's own sign of life makes each flow a second longer; ours is the one that counts."""
    if PREFECT_FLOWS_HEARTBEAT_FREQUENCY.value() is None:
        # each change of Prefect's settings makes it read all of them again
        return nullcontext()
    return temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None})


def step_name() -> str:
    """The name of a stage flow's run, such as “hebei-great-craftsman-2026 · 专家评审 · 开启”."""
    step: Step = flow_run.parameters["step"]
    return f"{step.round_key} · {step.title} · {PHASE_TITLES[step.phase]}"


def run_step(step: Step) -> Step | State | None:
    """Run a step and return the one that follows in the same run, if any.

    Completed “Superseded” when the step was given to another run meanwhile; Failed “Refused” with the reason told.
    """
    try:
        return _open(step) if step.phase == "open" else finish(step)
    except StaleStep:
        return Completed(name=SUPERSEDED, message="此步骤已交由另一次运行办理，本次运行到此为止。")
    except Refused as refused:
        set_aside(step, str(refused))
        return Failed(name="Refused", message=str(refused))


@task(task_run_name="搁置", cache_policy=NO_CACHE, persist_result=False)
def set_aside(step: Step, reason: str) -> None:
    """Leave the step to staff, with the reason."""
    with transaction(workplace().engine) as session:
        stages.set_aside(session, system_act(), step, reason)


def _open(step: Step) -> Step | None:
    batches = prepare(step)
    progress = _begin_progress(step, len(batches))
    for number, batch in enumerate(batches, start=1):
        work(step, batch)
        _show_progress(progress, number, len(batches))
    return finish(step)


@task(task_run_name="准备", cache_policy=NO_CACHE, persist_result=False)
def prepare(step: Step) -> list[str]:
    """Enter the cases into the stage and name the batches."""
    with transaction(workplace().engine) as session:
        return stages.prepare(session, system_act(), step)


@task(task_run_name="批次 {batch}", cache_policy=NO_CACHE, persist_result=False)
def work(step: Step, batch: str) -> int:
    """Do one batch; returns how many cases it dealt with."""
    with transaction(workplace().engine) as session:
        return stages.do_batch(session, system_act(), step, batch)


@task(task_run_name="收尾", cache_policy=NO_CACHE, persist_result=False)
def finish(step: Step) -> Step | None:
    """End the step, leave its report, and return the step that follows in the same run."""
    ending = stages.finish_opening if step.phase == "open" else stages.finish_closing
    with transaction(workplace().engine) as session:
        following = ending(session, system_act(), step)
    with reading(workplace().engine) as session:
        report = stage_report(session, step.run_id)
    create_markdown_artifact(report, key=_artifact_key(step), description=f"{step.title} · {PHASE_TITLES[step.phase]}")
    return following


def _begin_progress(step: Step, batches: int) -> UUID | None:
    if not batches:
        return None
    key = f"{_artifact_key(step)}-progress"
    progress = create_progress_artifact(0.0, key=key, description=f"{step.title}：批次进度")
    assert isinstance(progress, UUID)
    return progress


def _show_progress(progress: UUID | None, done: int, batches: int) -> None:
    if progress is not None:
        update_progress_artifact(progress, 100 * done / batches)


def _artifact_key(step: Step) -> str:
    return f"{step.round_key}-{step.stage_key}-{step.phase}".replace("_", "-")
