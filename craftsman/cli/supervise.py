"""Child processes of `craftsman serve`: started together, watched, stopped together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from craftsman.cli.language import say
from craftsman.errors import Refused
from craftsman.settings import HOME

LOOK_EVERY = 1.0  # seconds
STOP_WITHIN = 15.0
SIGNALS = (signal.SIGTERM, signal.SIGINT)

Running = Sequence[tuple["Child", subprocess.Popen[bytes]]]


@dataclass(frozen=True)
class Child:
    """A command of ours that runs as a process of its own."""

    title: str
    words: tuple[str, ...]

    def start(self, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start it in a session of its own, so that Ctrl-C reaches us alone and we stop all in order."""
        command = [sys.executable, "-m", "craftsman.cli", *self.words]
        return subprocess.Popen(command, cwd=HOME, env=dict(environment), start_new_session=True)  # noqa: S603


def supervise(children: Sequence[Child], environment: Mapping[str, str], *, beside: int | None) -> None:
    """Run children until one of them, or the process `beside` them, dies, which is Refused by name."""
    running: list[tuple[Child, subprocess.Popen[bytes]]] = []
    try:
        running += ((child, child.start(environment)) for child in children)
        while True:
            _must_be_alive(running, beside)
            time.sleep(LOOK_EVERY)
    finally:
        _stop(running)


@contextmanager
def until_told_to_stop() -> Generator[None]:
    """Leave the block at Ctrl-C or SIGTERM; a second one does not disturb what is being put away."""

    def told(_number: int, _frame: FrameType | None) -> None:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, told) for number in SIGNALS}
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _must_be_alive(running: Running, beside: int | None) -> None:
    for child, process in running:
        if process.poll() is not None:
            status = process.returncode
            raise Refused(say(f"{child.title}已退出（{status}），其余一并停止。", f"{child.title} ended ({status})."))
    # waitid looks without reaping: whoever started the process waits for it later
    if beside is None or os.waitid(os.P_PID, beside, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
        raise Refused(say("Prefect 服务已退出，其余一并停止。", "The Prefect server ended; all else is stopped."))


def _stop(running: Running) -> None:
    for _, process in running:
        process.terminate()
    for _, process in running:
        try:
            process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
