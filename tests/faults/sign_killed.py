"""The last signature of a gate, in a process of its own that dies at a named point, as by a power cut.

Points are the n-th statement that writes (`write.7`; dying before a read is dying after the write before it), and the
moments before and after the commit (`commit.before`, `commit.after`).
"""

import os
import signal
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlmodel import select

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.gates import approve_gate
from craftsman.actions.workplace import open_workplace
from craftsman.settings import Settings
from craftsman.store.engine import transaction
from models import Gate, GateStatus
from tests.faults.import_killed import Meet

SIGNER, ROLE = "second", "verifier"


def sign_and_die(folder: Path, point: str) -> None:
    """Sign the gate that waits until the point comes."""
    sign(folder, partial(_die_at, point))


def _die_at(point: str, met: str) -> None:
    if met == point:
        os.kill(os.getpid(), signal.SIGKILL)


def sign(folder: Path, meet: Meet) -> bool:
    """Sign as the command does and tell `meet` of every point that is passed; returns whether the gate passed."""
    place = open_workplace(Settings(data_dir=folder))
    numbers = count()

    def written(*arguments: Any) -> None:
        if str(arguments[2]).startswith(("INSERT", "UPDATE", "DELETE")):
            meet(f"write.{next(numbers)}")

    event.listen(place.engine, "before_cursor_execute", written)
    with transaction(place.engine) as session:
        gate = session.exec(select(Gate).where(Gate.status == GateStatus.WAITING)).one()
        act = Act(actor_by_login(session, SIGNER), place.now(), place)
        passed = approve_gate(session, act, gate.id or 0, digest=gate.digest, role=ROLE)
        session.flush()
        meet("commit.before")
    meet("commit.after")
    place.engine.dispose()
    return passed
