"""The portal's processes: one interpreter answers on one core, so that several share the work of a machine."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from fastapi import FastAPI

from craftsman.actions.workplace import Workplace, open_workplace
from craftsman.logs import log_lines
from craftsman.portal.app import create_app
from craftsman.portal.minutes import Minutes
from craftsman.settings import Settings

MOST_PROCESSES = 4
# what the processes have together, told to them by their environment
SHARED, FIGURES = "CRAFTSMAN_PORTAL_MINUTES", "PROMETHEUS_MULTIPROC_DIR"


def serve_portal(place: Workplace, host: str, port: int) -> None:
    """Serve until stopped; visitors' addresses are taken from trusted proxies only."""
    settings = place.settings
    options: dict[str, Any] = {
        "host": host,
        "port": port,
        "server_header": False,
        "access_log": False,
        "log_level": "warning",
        "forwarded_allow_ips": settings.trusted_proxies,
    }
    many = processes_of(settings)
    if many == 1:
        uvicorn.run(_app_of(place), **options)
        return
    place.engine.dispose()
    with _shared_folder():
        uvicorn.run("craftsman.portal.serving:one_of_many", factory=True, workers=many, **options)


def one_of_many() -> FastAPI:
    """The app of one process among others, as they make it from the environment."""
    log_lines()
    return _app_of(open_workplace(), Minutes(Path(os.environ[SHARED])))


def processes_of(settings: Settings) -> int:
    """How many processes answer: as set, else one for each core, four at most."""
    return settings.portal_processes or min(MOST_PROCESSES, os.cpu_count() or 1)


def _app_of(place: Workplace, minutes: Minutes | None = None) -> FastAPI:
    api, auth = (os.environ.get(f"PREFECT_API_{name}", "") for name in ("URL", "AUTH_STRING"))
    return create_app(place, prefect_ui=api.removesuffix("/api") or "/prefect", prefect_auth=auth, minutes=minutes)


@contextmanager
def _shared_folder() -> Generator[None]:
    """A folder for what the processes remember together, which nobody else may read, and which goes with them."""
    with TemporaryDirectory(prefix="craftsman-portal-") as folder:
        figures = Path(folder) / "figures"
        figures.mkdir()
        told = {SHARED: str(Path(folder) / "minutes.sqlite"), FIGURES: str(figures)}
        os.environ |= told
        try:
            yield
        finally:
            for name in told:
                del os.environ[name]
