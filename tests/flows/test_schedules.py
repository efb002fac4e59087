"""What prefect.yaml schedules, the server really plans; under some SQLAlchemy versions it plans nothing, in silence."""

import time

import httpx

from craftsman.services.prefect_server import PrefectServer
from craftsman.services.worker import deploy

PATIENCE = 90  # seconds; the server looks for new deployments every five


def planned(server: PrefectServer, deployment: str) -> int:
    asked = {"deployments": {"name": {"any_": [deployment]}}, "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
    return httpx.post(f"{server.api}/flow_runs/count", json=asked, timeout=10).json()


def test_letters_and_upkeep_are_planned(prefect_server: PrefectServer) -> None:
    wanted = ["deliver-letters", "upkeep"]
    deploy(prefect_server.environment(), wanted)
    deadline = time.monotonic() + PATIENCE
    while not all(planned(prefect_server, name) for name in wanted) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert [name for name in wanted if not planned(prefect_server, name)] == []
