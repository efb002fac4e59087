"""The real command as processes: start-up cost, a round's first steps, and `serve` with all of its parts."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from craftsman.services.prefect_server import free_port
from craftsman.settings import HOME
from tests.cli.desk import ROUND, Desk, advance


def craftsman(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a data folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "craftsman.cli", *words],
        env=environment(data),
        cwd=data.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def environment(data: Path) -> dict[str, str]:
    """This environment, with another data folder."""
    return {**os.environ, "PYTHONPATH": str(HOME), "CRAFTSMAN_DATA_DIR": str(data)}


def test_help_loads_no_heavy_library(tmp_path: Path) -> None:
    heavy = {"prefect", "sqlalchemy", "sqlmodel", "fastapi", "typst", "openpyxl"}
    script = (
        "import sys; from craftsman.cli.app import run; status = run(['--help']);"
        f"print(sorted({heavy!r} & set(sys.modules)), status)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], env=environment(tmp_path), capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines()[-1] == "[] 0"


def test_round_begins_from_nothing(bare: Desk, tmp_path: Path) -> None:
    """What nobody waits for runs in this process."""
    data = tmp_path / "data"
    refused = craftsman(data, "round", "list")
    assert (refused.returncode, refused.stdout, "Traceback" in refused.stderr) == (1, "", False)
    assert craftsman(data, "init").returncode == 0
    bare.done("account", "add", "staff", "某某", "staff@example.org", "--as", "admin")
    bare.done("account", "grant", "staff", "--role", "staff", "--as", "security")
    (waiting,) = bare.done("account", "grants", "--as", "auditor", "--json").json["proposals"]
    bare.done("account", "confirm-grants", "1", "--digest", waiting["digest"], "--as", "auditor")
    bare.done("round", "open", "hebei-great-craftsman", "2026", "--as", "staff")
    bare.done("sample", ROUND, bare.file("s.xlsx"), "--people", "20")
    advance()
    told = craftsman(data, "import", ROUND, "s.xlsx", "--as", "staff")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("s.xlsx：新增 18，更正 0，未变 0，退回 2 行")
    assert (tmp_path / "s-退回.xlsx").exists()


@pytest.mark.slow
def test_serve_sets_up_and_stops_all(tmp_path: Path) -> None:
    portal, prefect = free_port(), free_port()
    words = ["serve", "--port", str(portal), "--prefect-port", str(prefect)]
    serving = subprocess.Popen(
        [sys.executable, "-m", "craftsman.cli", *words],
        env=environment(tmp_path / "data"),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        answered = wait_for(f"http://127.0.0.1:{portal}/healthz", serving)
    finally:
        serving.send_signal(signal.SIGTERM)
        told, _ = serving.communicate(timeout=60)
    assert (answered, serving.returncode) == (True, 0), told
    assert "craftsman account password admin --as admin" in told
    assert told.splitlines()[-1] == "已全部停止。"
    assert [answers(f"http://127.0.0.1:{port}/") for port in (portal, prefect)] == [False, False]


def wait_for(address: str, serving: subprocess.Popen[str]) -> bool:
    """Whether an address answers within two minutes while the process lives."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and serving.poll() is None:
        if answers(address):
            return True
        time.sleep(0.3)
    return False


def answers(address: str) -> bool:
    """Whether somebody answers there."""
    try:
        return httpx.get(address, timeout=5).is_success
    except httpx.TransportError:
        return False
