"""A round advanced in this very process, for `craftsman demo` and `craftsman round advance --here`."""

from collections.abc import Generator
from contextlib import contextmanager

from prefect.client.schemas.objects import State
from prefect.context import SyncClientContext
from prefect.settings import PREFECT_API_URL, temporary_settings

from craftsman.actions.at_hand import working_in
from craftsman.actions.workplace import Workplace
from flows.round import annual_round
from flows.steps import without_heartbeat


@contextmanager
def recorded_at(api: str) -> Generator[None]:
    """Let the Prefect server of this address record the flows of this process, over one connection.

    The environment would come too late: Prefect reads it when it is imported, and without an address starts a server.
    """
    with temporary_settings({PREFECT_API_URL: api}), without_heartbeat(), SyncClientContext.get_or_create():
        yield


def advance_here(place: Workplace, round_key: str) -> State:
    """Run annual_round here and now against the Prefect server at hand; returns the state it ended in."""
    with working_in(place), without_heartbeat():
        return annual_round(round_key, return_state=True)
