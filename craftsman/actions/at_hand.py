"""The workplace a flow works in: opened from the environment once per process, or given by whoever starts the flow."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.workplace import Workplace, open_workplace

_given: ContextVar[Workplace | None] = ContextVar("workplace", default=None)
_flow_run: ContextVar[str | None] = ContextVar("flow_run", default=None)


@cache
def _own() -> Workplace:
    return open_workplace()


def workplace() -> Workplace:
    """The workplace given to this context, else the one that the environment names (CRAFTSMAN_*)."""
    return _given.get() or _own()


@contextmanager
def working_in(place: Workplace) -> Generator[None]:
    """Let flows that are called here work in this workplace."""
    token = _given.set(place)
    try:
        yield
    finally:
        _given.reset(token)


@contextmanager
def on_behalf_of(flow_run_id: str | None) -> Generator[None]:
    """Link what is done here to a Prefect run: the outermost one, whose death the reconciler looks for."""
    token = _flow_run.set(flow_run_id)
    try:
        yield
    finally:
        _flow_run.reset(token)


def system_act() -> Act:
    """An act of the system, now, linked to the Prefect run at hand."""
    place = workplace()
    return Act(SYSTEM, place.now(), place, flow_run_id=_flow_run.get())
