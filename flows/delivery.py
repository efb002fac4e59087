"""Letters are sent: what the outbox holds goes to the mail server, a batch at a time."""

import asyncio

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed

from craftsman.actions.at_hand import system_act, workplace
from craftsman.actions.delivery import record_settled
from craftsman.mail.delivery import Delivered, deliver_once
from craftsman.mail.transport import make_transport
from craftsman.store.engine import transaction


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
    place, act = workplace(), system_act()
    sending = deliver_once(place.engine, make_transport(place.settings), sender=place.settings.mail_sender, now=act.now)
    delivered = asyncio.run(sending)
    if delivered.settled:
        with transaction(place.engine) as session:
            record_settled(session, act, delivered.settled)
    return delivered
