"""Where this installation's Prefect server is, and what commands ask of it."""

import logging
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

from craftsman.actions.workplace import Workplace
from craftsman.cli.language import say
from craftsman.errors import Refused
from craftsman.services.prefect_server import PrefectServer
from craftsman.settings import Settings

DELIVERY = "deliver-letters/deliver-letters"


def home(settings: Settings) -> Path:
    """Where `craftsman serve` keeps Prefect's own database and log."""
    return settings.data_dir.resolve() / "prefect"


def address_file(settings: Settings) -> Path:
    """Where `craftsman serve` notes the API's address while it runs."""
    return home(settings) / "api.txt"


def api_address(settings: Settings) -> str | None:
    """The API's address: PREFECT_API_URL, else the one of a `craftsman serve` that answers; None without either."""
    if given := os.environ.get("PREFECT_API_URL"):
        return given
    noted = address_file(settings)
    address = noted.read_text().strip() if noted.exists() else ""
    return address if address and _answers(address) else None


def must_have_address(settings: Settings) -> str:
    """The API's address, or Refused."""
    if (address := api_address(settings)) is None:
        raise Refused(
            say(
                "没有正在运行的 Prefect 服务：请先运行 craftsman serve，或用 PREFECT_API_URL 指明其地址。",
                "No Prefect server: run craftsman serve, or name its address by PREFECT_API_URL.",
            )
        )
    return address


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


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health", timeout=2).is_success
    except httpx.TransportError:
        return False
