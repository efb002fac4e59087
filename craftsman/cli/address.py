"""Where this installation's Prefect server is; nothing of Prefect is loaded to know it."""

import os
from pathlib import Path

import httpx

from craftsman.cli.language import say
from craftsman.errors import Refused
from craftsman.settings import Settings


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


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health", timeout=2).is_success
    except httpx.TransportError:
        return False
