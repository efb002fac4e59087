"""The portal's sign of life: while it runs, it says so, so that a time in which nobody could read a notice is seen.

With each beat it leaves nothing of drafts that are too old.
"""

import gc
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from threading import Event, Thread

from anyio import to_thread
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError

from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.form_drafts import drop_old_drafts
from craftsman.actions.outages import portal_seen
from craftsman.actions.workplace import Workplace
from craftsman.errors import Refused
from craftsman.portal.process import Portal
from craftsman.store.engine import transaction

EVERY_SECONDS = 60.0
# pages worked on at once by one process: more would only take the interpreter from each other
THREADS = 4

log = logging.getLogger("craftsman.portal")


@asynccontextmanager
async def beating(app: FastAPI) -> AsyncGenerator[None]:
    """Beat beside the portal while it serves; in a rehearsal, whose clock leaps, nothing is to be seen."""
    portal: Portal = app.state.portal
    to_thread.current_default_thread_limiter().total_tokens = THREADS
    # what start-up left stays: looking through all of it again and again makes requests wait
    gc.freeze()
    over = Event()
    thread = Thread(target=_beat_until, args=(over, portal.place), name="portal-beat", daemon=True)
    if portal.place.settings.rehearsal_clock is None:
        thread.start()
    try:
        yield
    finally:
        over.set()


def _beat_until(over: Event, place: Workplace) -> None:
    beat(place)
    while not over.wait(EVERY_SECONDS):
        beat(place)


def beat(place: Workplace) -> None:
    """Say once that the portal answers. What cannot be counted now (a year without its table) is told in the log."""
    act = Act(SYSTEM, place.now(), place)
    try:
        with transaction(place.engine) as session:
            drop_old_drafts(session, act)
        with transaction(place.engine) as session:
            seen = portal_seen(session, act)
    except Refused as refused:
        log.warning("公示页面曾经中断，但公示期限未能重新计算：%s", refused.reason)
        return
    except OperationalError as fault:
        # the next beat tries again; a thread that died here would look like an outage
        log.warning("数据库暂时不可用，本次未能记录门户在线：%s", fault.orig)
        return
    for outage in seen:
        log.warning("公示页面中断自 %s 至 %s，公示期限已重新计算。", outage.began_at, outage.ended_at)
