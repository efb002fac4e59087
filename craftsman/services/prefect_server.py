"""Prefect's server as a child process on loopback, with a home of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from types import TracebackType
from typing import Self

import httpx

from craftsman.errors import Refused
from craftsman.settings import HOME

START_WITHIN = 90.0  # seconds; a cold start on a slow disk took 18
STOP_WITHIN = 10.0
NO_CERTIFICATES = SSLContext(PROTOCOL_TLS_CLIENT)

# what a server does besides keeping the books of runs: of no use while one process runs a round, and half the work
BESIDES = (
    "CANCELLATION_CLEANUP",
    "CLEANUP_RECONCILER",
    "EVENT_PERSISTER",
    "FOREMAN",
    "LATE_RUNS",
    "PAUSE_EXPIRATIONS",
    "REPOSSESSOR",
    "SCHEDULER",
    "TRIGGERS",
)
BOOKS_ONLY = {
    **{f"PREFECT_SERVER_SERVICES_{service}_ENABLED": "false" for service in BESIDES},
    "PREFECT_SERVER_EVENTS_STREAM_OUT_ENABLED": "false",
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
}


class PrefectServer:
    """A server for the `with` block. `home` holds its database and log; `port` None takes a free one.

    With `books_only` it records runs, and neither schedules nor shows them.
    """

    def __init__(self, home: Path, port: int | None = None, *, books_only: bool = False) -> None:
        self.home = home
        self.books_only = books_only
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def api(self) -> str:
        """The address of its API."""
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def pid(self) -> int | None:
        """The id of its process, None while it is down."""
        return self._process.pid if self._process else None

    def environment(self) -> dict[str, str]:
        """The environment for children that talk to this server, flow runs included."""
        return {**os.environ, **self.settings()}

    def settings(self) -> dict[str, str]:
        """The variables that this server adds to an environment."""
        paths = [str(HOME), *filter(None, [os.environ.get("PYTHONPATH")])]
        return {
            "PREFECT_HOME": str(self.home),
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
            **(BOOKS_ONLY if self.books_only else {}),
        }

    def start(self) -> None:
        """Start it and wait until it answers. Refused with the place of its log when it does not."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it without waiting."""
        self.home.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(self.port)]
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                command, cwd=HOME, env=self.environment(), stdout=log, stderr=log, start_new_session=True
            )

    def stop(self) -> None:
        """Stop it, by force if it takes too long."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    @property
    def log_file(self) -> Path:
        """Where its output goes."""
        return self.home / "server.log"

    def healthy(self) -> bool:
        """Whether it answers."""
        try:
            # certificates are of no use on loopback, and loading them costs more than the question
            return httpx.get(f"{self.api}/health", timeout=2, verify=NO_CERTIFICATES).is_success
        except httpx.TransportError:
            return False

    def wait(self) -> None:
        """Wait until it answers. Refused with the place of its log when it does not."""
        deadline = time.monotonic() + START_WITHIN
        while not self.healthy():
            dead = self._process is None or self._process.poll() is not None
            if dead or time.monotonic() > deadline:
                self.stop()
                raise Refused(
                    f"Prefect 服务未能启动，请查看日志 {self.log_file} 的末尾；常见原因是端口 {self.port} 被占用。"
                )
            time.sleep(0.1)

    @contextmanager
    def starting(self) -> Generator[None]:
        """Have it for the `with` block without waiting for it at the beginning; `wait` does."""
        self.launch()
        try:
            yield
        finally:
            self.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, _: TracebackType | None) -> None:
        self.stop()


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
