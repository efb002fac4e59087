"""The worker: a Prefect worker as a child process, and the dispatch loop beside it."""

import logging
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Event, Thread
from types import FrameType

from prefect import get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.exceptions import ObjectAlreadyExists
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.workers.process import ProcessWorker

from craftsman.errors import Refused
from craftsman.settings import HOME
from flows.upkeep import dispatch_loop

POOL = "craftsman"
POLL = 2.0  # seconds between two looks of the Prefect worker for runs
STOP_WITHIN = 10.0

log = logging.getLogger("craftsman.worker")


def deploy(environment: Mapping[str, str], names: Sequence[str] = ()) -> None:
    """Register the work pool and the deployments of prefect.yaml (all, or those named) with the server.

    Doing it again renews them. Refused with Prefect's own words when it does not take them.
    """
    with temporary_settings({PREFECT_API_URL: environment["PREFECT_API_URL"]}):
        _make_pool()
    chosen = [part for name in names for part in ("--name", name)] or ["--all"]
    done = subprocess.run(  # noqa: S603
        _prefect("--no-prompt", "deploy", *chosen),
        cwd=HOME,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refused("Prefect 未能登记运行计划，请检查 prefect.yaml：", (done.stdout + done.stderr).splitlines()[-20:])


def start_prefect_worker(
    environment: Mapping[str, str], *, poll: float = POLL, log_file: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start a Prefect worker of our pool. Flow runs are its children: they inherit its environment and directory.

    Its output goes to `log_file`, else to our own.
    """
    settings = {"PREFECT_WORKER_QUERY_SECONDS": str(poll), "PREFECT_WORKER_PREFETCH_SECONDS": str(poll)}
    command = _prefect("worker", "start", "--pool", POOL, "--type", "process")
    with log_file.open("ab") if log_file else nullcontext() as output:
        return subprocess.Popen(  # noqa: S603
            command, cwd=HOME, env={**environment, **settings}, stdout=output, stderr=output
        )


def run_worker(environment: Mapping[str, str], *, every: float = 5.0, poll: float = POLL) -> None:
    """Keep a Prefect worker running and dispatch every so many seconds, until SIGTERM or SIGINT."""
    stop = Event()
    with _stopping_on_signals(stop), temporary_settings({PREFECT_API_URL: environment["PREFECT_API_URL"]}):
        keeper = Thread(target=_keep_worker, args=(stop, environment, poll), name="prefect-worker")
        keeper.start()
        try:
            dispatch_loop(stop, every)
        finally:
            stop.set()
            keeper.join()


def _keep_worker(stop: Event, environment: Mapping[str, str], poll: float) -> None:
    child = start_prefect_worker(environment, poll=poll)
    while not stop.wait(1):
        if child.poll() is not None:
            log.warning("Prefect 执行进程已退出（%s），重新启动。", child.returncode)
            child = start_prefect_worker(environment, poll=poll)
    child.terminate()
    try:
        child.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        child.kill()


def _make_pool() -> None:
    template = ProcessWorker.get_default_base_job_template()
    fields = template["variables"]["properties"]
    # flow files are found, and the three import roots with them, from the checkout's root
    fields["working_dir"]["default"] = str(HOME)
    fields["command"]["default"] = f"{sys.executable} -m prefect.engine"
    with get_client(sync_client=True) as client:
        try:
            client.create_work_pool(WorkPoolCreate(name=POOL, type="process", base_job_template=template))
        except ObjectAlreadyExists:
            client.update_work_pool(POOL, WorkPoolUpdate(base_job_template=template))


def _prefect(*words: str) -> list[str]:
    return [sys.executable, "-m", "prefect", *words]


@contextmanager
def _stopping_on_signals(stop: Event) -> Generator[None]:
    def told(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, told) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
