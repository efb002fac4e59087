"""A round advanced in this very process, for `craftsman demo` and `craftsman round advance --here`."""

from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from craftsman.actions.at_hand import working_in
from craftsman.actions.workplace import Workplace
from flows.round import annual_round


def advance_here(place: Workplace, round_key: str) -> State:
    """Run annual_round here and now against the Prefect server of PREFECT_API_URL; returns the state it ended in."""
    # Prefect's sign of life is for runs that a worker might lose, and costs a second
    with working_in(place), temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        return annual_round(round_key, return_state=True)
