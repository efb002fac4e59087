"""A real Prefect server for all tests of flows, started once, with the round's deployment registered."""

import shutil
from collections.abc import Iterator
from pathlib import Path

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
def database_url(migrated_file: Path, tmp_path: Path) -> str:
    """SQLite only: what differs between databases is tested where the acts are."""
    path = tmp_path / "craftsman.db"
    shutil.copyfile(migrated_file, path)
    return f"sqlite:///{path}"


@pytest.fixture
def desk(place: Workplace, prefect_server: PrefectServer) -> Iterator[Workplace]:
    """A workplace whose flows run in this process against that server."""
    with temporary_settings({PREFECT_API_URL: prefect_server.api}), working_in(place):
        yield place
