"""A whole installation in real processes, each of which can be killed and is then started again."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from prefect import get_client
from prefect.client.schemas.actions import WorkPoolUpdate
from prefect.settings import PREFECT_API_URL, temporary_settings

from craftsman.actions.workplace import Workplace, open_workplace
from craftsman.services.prefect_server import PrefectServer
from craftsman.services.worker import POOL, deploy, start_prefect_worker
from craftsman.settings import HOME, Settings
from craftsman.store.migrate import migrate
from tests.faults import born
from tests.faults.doomed_round import KEYS

LEASE = 3


class Installation:
    """Prefect's server, a worker and a dispatcher over one SQLite file; flow runs obey the orders."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.orders = home / "orders"
        for folder in (self.orders, home / "pids", home / "data"):
            folder.mkdir(parents=True)
        settings = Settings(data_dir=home / "data", lease_seconds=LEASE)
        # the same keys everywhere: what is sealed hangs on them
        settings.keys.write_text(json.dumps(KEYS))
        settings.keys.chmod(0o400)
        self.place: Workplace = open_workplace(settings)
        migrate(self.place.engine)
        self.server = PrefectServer(home / "prefect")
        self.nursery: subprocess.Popen[bytes] | None = None
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.worker: subprocess.Popen[bytes] | None = None
        self.dispatcher: subprocess.Popen[bytes] | None = None
        self.deaths = {"server": 0, "worker": 0, "dispatcher": 0}

    def environment(self) -> dict[str, str]:
        """What every process of it is given."""
        return {
            **self.server.environment(),
            "CRAFTSMAN_DATA_DIR": str(self.home / "data"),
            "CRAFTSMAN_LEASE_SECONDS": str(LEASE),
            "DOOMED_ORDERS": str(self.orders),
        }

    def start(self) -> None:
        """Start the server and register the flows; `tend` starts the others."""
        self.server.start()
        self.nursery = self._logged("nursery", self._nursing())
        deploy(self.environment(), ["annual-round"])
        with temporary_settings({PREFECT_API_URL: self.server.api}), get_client(sync_client=True) as client:
            template = client.read_work_pool(POOL).base_job_template
            template["variables"]["properties"]["command"]["default"] = " ".join(self._doomed("engine"))
            client.update_work_pool(POOL, WorkPoolUpdate(base_job_template=template))

    def tend(self) -> None:
        """Start again whatever is dead."""
        if self.server.pid is None:
            self.server.start()
        if self.worker is None or self.worker.poll() is not None:
            self.worker = start_prefect_worker(self.environment(), poll=1, log_file=self.home / "worker.log")
        if self.dispatcher is None or self.dispatcher.poll() is not None:
            self.deaths["dispatcher"] += self.dispatcher is not None
            self.dispatcher = self._logged("dispatcher", self._doomed("dispatcher"))

    def kill(self, name: str) -> None:
        """Kill the server or the worker as a power cut would; flow runs of a killed worker live on."""
        if name == "server":
            self.server.kill()
        elif self.worker is not None:
            self.worker.kill()
            self.worker.wait()
        self.deaths[name] += 1

    def stop(self) -> None:
        """End everything that was started here."""
        for process in (self.dispatcher, self.worker, self.nursery):
            if process is not None:
                process.kill()
                process.wait()
        self.server.stop()
        for pid in (self.home / "pids").iterdir():
            _end(int(pid.name))
        self.listening.close()
        self.place.engine.dispose()

    def _logged(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.home / f"{name}.log").open("ab") as log:
            passed = [self.listening.fileno()]
            return subprocess.Popen(command, cwd=HOME, env=self.environment(), stdout=log, stderr=log, pass_fds=passed)

    def _nursing(self) -> list[str]:
        return [sys.executable, "-m", "tests.faults.doomed", str(self.listening.fileno())]

    def _doomed(self, role: str) -> list[str]:
        """The command that gets a process from the nursery; it needs no packages, so it looks for none."""
        return [sys.executable, "-SE", born.__file__, str(self.listening.getsockname()[1]), role]


def _end(pid: int) -> None:
    line = Path(f"/proc/{pid}/cmdline")
    if line.exists() and b"tests.faults.doomed" in line.read_bytes():
        os.kill(pid, signal.SIGKILL)
