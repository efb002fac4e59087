"""The annual round: stage after stage as subflows, until people or a gate are awaited."""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed

from craftsman.actions import stages
from craftsman.actions.at_hand import on_behalf_of, system_act, workplace
from craftsman.actions.heartbeat import beating
from craftsman.actions.reports import Whereabouts, whereabouts
from craftsman.actions.stages import Step
from craftsman.store.engine import reading, transaction
from flows.announcement import announce
from flows.intake import intake
from flows.notice import notice
from flows.review import approve, ballot, contest, endorse, score, screen, tally
from flows.steps import SUPERSEDED, without_heartbeat

STAGES = {
    "intake": intake,
    "endorse": endorse,
    "screen": screen,
    "score": score,
    "contest": contest,
    "ballot": ballot,
    "tally": tally,
    "approve": approve,
    "notice": notice,
    "announce": announce,
}


@flow(name="annual-round", flow_run_name="{round_key}")
def annual_round(round_key: str) -> State:
    """Advance a round as far as it goes without people; run again with nothing due, it changes nothing."""
    with on_behalf_of(flow_run.id), without_heartbeat():
        step = claim(round_key)
        while step is not None:
            # from the claim on: Prefect may take its time to begin the subflow
            with beating(workplace(), step):
                ended = STAGES[step.kind](step, return_state=True)
            if not ended.is_completed() or ended.name == SUPERSEDED:
                # a state that belongs to a subflow would be counted, not taken over
                return State(type=ended.type, name=ended.name, message=ended.message)
            following = ended.result()
            step = following if isinstance(following, Step) else None
        return _standing(look(round_key))


@task(task_run_name="领取", cache_policy=NO_CACHE, persist_result=False)
def claim(round_key: str) -> Step | None:
    """Take the requested step of the round, if there is one."""
    with transaction(workplace().engine) as session:
        return stages.claim(session, system_act(), round_key)


@task(task_run_name="现状", cache_policy=NO_CACHE, persist_result=False)
def look(round_key: str) -> Whereabouts:
    """See where the round stands now."""
    with reading(workplace().engine) as session:
        return whereabouts(session, round_key)


def _standing(where: Whereabouts) -> State:
    return Completed(name="RoundFinished" if where.finished else "AwaitingApproval", message=where.message)
