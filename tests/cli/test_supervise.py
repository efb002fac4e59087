"""Child processes of `serve`: a dead one is told by name, and none is left behind."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from craftsman.cli import supervise
from craftsman.cli.supervise import Child
from craftsman.errors import Refused


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that lives until it is stopped."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process
    process.kill()
    process.wait()


@pytest.fixture(autouse=True)
def _short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "LOOK_EVERY", 0.05)


def test_dead_child_is_told(sleeper: subprocess.Popen[bytes]) -> None:
    with pytest.raises(Refused) as told:
        supervise.supervise([Child("门户", ("nothing",))], {}, beside=sleeper.pid)
    assert str(told.value) == "门户已退出（2），其余一并停止。"


def test_dead_server_is_told(sleeper: subprocess.Popen[bytes]) -> None:
    sleeper.kill()
    with pytest.raises(Refused) as told:
        supervise.supervise([], {}, beside=sleeper.pid)
    assert str(told.value) == "Prefect 服务已退出，其余一并停止。"
    assert sleeper.wait() == -9
