"""Letters are sent: what the outbox holds goes to the mail server, a batch at a time."""

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed

from craftsman.actions.at_hand import system_act
from craftsman.actions.delivery import deliver_batch
from craftsman.mail.delivery import Delivered


@flow(name="deliver-letters")
def deliver_letters() -> State:
    """Send what is due until nothing is."""
    sent = refused = 0
    while batch := send().settled:
        delivered = Delivered(batch)
        sent, refused = sent + delivered.sent, refused + delivered.refused
        if not delivered.sent:
            break
    return Completed(message=f"已送出 {sent} 封，被拒 {refused} 封。")


@task(task_run_name="发送", cache_policy=NO_CACHE, persist_result=False)
def send() -> Delivered:
    """Send one batch and record what became of each letter."""
    return deliver_batch(system_act())
