"""Processes that die at named points: flow runs (`engine`) and dispatchers, forked here at the wish of `born.py`.

All of them import the same for three seconds, so this one imports it, and listens on a socket that it was given.
Orders are empty files in $DOOMED_ORDERS named `<stage>.<act>.<before|after>`, meant of the act's commit. Whoever meets
one removes it and kills itself at once, so that each is carried out exactly once, whichever process it is.
"""

import json
import os
import runpy
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import prefect.flow_engine
from sqlmodel import Session

from craftsman.actions import stages
from craftsman.actions.stages import Step
from flows import round as annual_round
from flows import upkeep

ORDERS = Path(os.environ["DOOMED_ORDERS"])
# imported here, so that the forked need not
PRELOADED = (prefect.flow_engine, annual_round)
OF_A_STEP = ("prepare", "do_batch", "finish_opening", "finish_closing", "mark_dispatched", "ask_again")


def meet(point: str) -> None:
    """Die here if an order says so."""
    try:
        (ORDERS / point).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def arm() -> None:
    """Let each transaction know at which point it commits."""
    for name in OF_A_STEP:
        setattr(stages, name, _named(name, getattr(stages, name), lambda _, args: args[0]))
    stages.claim = _named("claim", stages.claim, lambda step, _: step)
    stages.take_back_lost = _named(
        "take_back_lost", stages.take_back_lost, lambda lost, _: lost[0][0] if lost else None
    )
    upkeep._ask_for_run = _met_after(upkeep._ask_for_run)  # pyright: ignore[reportPrivateUsage]
    whole = Session.commit

    def commit(self: Session) -> None:
        at = self.info.get("at")
        meet(f"{at}.before")
        whole(self)
        meet(f"{at}.after")

    Session.commit = commit


def _named(name: str, act: Callable[..., Any], step_of: Callable[[Any, Any], Step | None]) -> Callable[..., Any]:
    def named(session: Session, by: Any, *args: Any, **options: Any) -> Any:
        result = act(session, by, *args, **options)
        step = step_of(result, args)
        if step is not None:
            session.info["at"] = f"{step.stage_key}.{name}"
        return result

    return named


def _met_after(ask: Callable[[Step], Any]) -> Callable[[Step], Any]:
    def asked(step: Step) -> Any:
        run = ask(step)
        meet(f"{step.stage_key}.asked.after")
        return run

    return asked


def born(listening: int) -> str:
    """Wait in the nursery; returns, in each process that is forked there, the role that was asked for."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=listening) as nursery:
        asking, _ = nursery.accept()
        while os.fork():
            asking.close()
            asking, _ = nursery.accept()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    role, environment = json.loads(asking.makefile().readline())
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        asking.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
        os._exit(0)
    asking.close()
    os.environ.clear()
    os.environ.update(environment)
    return role


if __name__ == "__main__":
    arm()
    asked = born(int(sys.argv.pop()))
    (ORDERS.parent / "pids" / str(os.getpid())).touch()
    if asked == "dispatcher":
        upkeep.dispatch_loop(Event(), 0.3)
    else:
        runpy.run_module("prefect.engine", run_name="__main__", alter_sys=True)
