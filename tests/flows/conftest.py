"""A real Prefect server for all tests of flows, started once, with the round's deployment registered."""

from collections.abc import Iterator

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from craftsman.actions.at_hand import working_in
from craftsman.actions.workplace import Workplace
from craftsman.services.prefect_server import PrefectServer
from craftsman.services.worker import deploy


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    """The server; no worker looks at it, so what is dispatched stays scheduled."""
    with PrefectServer(tmp_path_factory.mktemp("prefect")) as server:
        deploy(server.environment(), ["annual-round"])
        yield server


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite only: what differs between databases is tested where the acts are."""
    return sqlite_url


@pytest.fixture
def desk(place: Workplace, prefect_server: PrefectServer) -> Iterator[Workplace]:
    """A workplace whose flows run in this process against that server."""
    with temporary_settings({PREFECT_API_URL: prefect_server.api}), working_in(place):
        yield place
