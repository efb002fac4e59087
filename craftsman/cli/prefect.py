"""What commands ask of this installation's Prefect server."""

import logging
from collections.abc import Generator
from contextlib import contextmanager

import httpx
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

from craftsman.actions.workplace import Workplace
from craftsman.cli.address import api_address, home, must_have_address
from craftsman.cli.language import say
from craftsman.errors import Refused
from craftsman.services.prefect_server import PrefectServer
from craftsman.settings import Settings

DELIVERY = "deliver-letters/deliver-letters"


@contextmanager
def at_a_server(settings: Settings) -> Generator[None]:
    """Work with the server that runs, else with one of our own that is stopped afterwards."""
    logging.getLogger("prefect").setLevel(logging.WARNING)
    if address := api_address(settings):
        with temporary_settings({PREFECT_API_URL: address}):
            yield
        return
    # its log goes with it: lines still under way when it stops would be told as faults
    chosen = {PREFECT_LOGGING_TO_API_ENABLED: False}
    with PrefectServer(home(settings)) as server, temporary_settings({PREFECT_API_URL: server.api, **chosen}):
        yield


def ask_for_delivery(place: Workplace) -> str:
    """Ask for a run that sends what is due; returns its id. Refused while Prefect cannot take it."""
    with temporary_settings({PREFECT_API_URL: must_have_address(place.settings)}):
        try:
            run = run_deployment(DELIVERY, timeout=0, as_subflow=False)
        except (httpx.TransportError, ObjectNotFound) as fault:
            told = say("Prefect 暂时无法办理；可用 --here 在本进程发送。", "Prefect cannot take it; use --here.")
            raise Refused(told) from fault
    assert isinstance(run, FlowRun)
    return str(run.id)
