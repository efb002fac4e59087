"""A small round whose process is killed, or whose system calls fail, at any call that changes a file.

`python -m tests.faults.doomed_round FOLDER` warms up, then plays one order (a line of JSON on its input) after another,
each in a fork of its own, and answers with a line of JSON. It is started with faulty.so preloaded.
"""

import json
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import typst
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.stages import close_what_is_ready, take_back_lost
from craftsman.actions.workplace import Workplace, open_workplace
from craftsman.documents import typesetting
from craftsman.settings import Settings
from craftsman.store.authorizer import guard
from craftsman.store.engine import reading, transaction
from craftsman.store.migrate import migrate
from models import AuditEvent
from tests.driver import drive
from tests.faults.comparing import broken, doubled, outcome, state
from tests.faults.faulty import FOR_GOOD, Faulty, Mode
from tests.small_round import KEY, finished, open_small_round, people_act

NO_SECRET = bytes(32).hex()
KEYS = {"index": NO_SECRET, "log": NO_SECRET, "active": "k0", "wrapping": {"k0": NO_SECRET}}
GAVE_UP = 3
PATIENCE = 5
# the clock stands still, so that the same acts give the same bytes; every step that is held counts as lost
NOW = "2025-12-01T09:00:00+08:00"
AT_ONCE = timedelta(minutes=-1)


class DoomedRound:
    """One installation in `folder/data`, put back to the start of some turn before each order."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.data.mkdir(parents=True)
        settings = Settings(data_dir=self.data, rehearsal_clock=folder / "clock.txt")
        (folder / "clock.txt").write_text(NOW)
        settings.keys.write_text(json.dumps(KEYS))
        settings.keys.chmod(0o400)
        self.place: Workplace = open_workplace(settings)
        self.faulty = Faulty(self.data)
        self.turns: list[int] = []
        self.known: dict[str, dict[str, Any]] = {}
        migrate(self.place.engine)
        open_small_round(self.place)
        self.place.engine.dispose()
        self._keep(0)

    def warm_up(self) -> dict[str, Any]:
        """Play the round undisturbed, turn by turn; returns the calls of each. What is compiled serves all forks."""
        while not finished(self.place):
            self.place.engine.dispose()
            self.faulty.arm(Mode.COUNT)
            self.turn()
            self.turns.append(self.faulty.seen())
            self.known[state(self.place)] = outcome(self.place)
            self._keep(len(self.turns))
        self.expected = outcome(self.place)
        self.place.engine.dispose()
        return {"turns": self.turns, "results": self.expected["results"]}

    def turn(self) -> None:
        """Whatever can be done now, in order, each act in its own transaction; then the database is closed."""
        act = Act(SYSTEM, self.place.now(), self.place)
        with transaction(self.place.engine) as session:
            take_back_lost(session, act, lease=AT_ONCE)
        drive(self.place, KEY, self.place.now())
        people_act(self.place)
        with transaction(self.place.engine) as session:
            close_what_is_ready(session, act)
        self.place.engine.dispose()

    def fault(self, turn: int, at: int, mode: int) -> dict[str, Any]:
        """Play a turn with a fault in it, then look at what is left and finish the round."""
        self._put_back(turn)
        acknowledged = self.folder / "acknowledged"
        acknowledged.write_text("")
        status = _forked(lambda: self._doomed(Mode(mode), at, acknowledged))
        lines = acknowledged.read_text().splitlines()
        told = self._told(lambda: self._judged(lines))
        self.known.update(told.pop("known", {}))
        return {"status": status, "acknowledged": len(lines), **told}

    def record(self, turn: int, log: str, synchronous: str) -> dict[str, Any]:
        """Play a turn and write down each of its calls and each acknowledged act."""
        self._put_back(turn)
        return {"status": _forked(lambda: self._recorded(Path(log), synchronous))}

    def _doomed(self, mode: Mode, at: int, acknowledged: Path) -> int:
        descriptor = os.open(acknowledged, os.O_WRONLY | os.O_APPEND)
        self._acknowledge(lambda line: os.write(descriptor, f"{line}\n".encode()))
        self.faulty.arm(mode, at)
        for _ in range(PATIENCE):
            try:
                self.turn()
            except (DBAPIError, OSError):
                self.place.engine.dispose()
                if mode in FOR_GOOD:
                    return GAVE_UP
            else:
                return 0
        return PATIENCE

    def _recorded(self, log: Path, synchronous: str) -> int:
        def connected(raw: Any, _record: object) -> None:
            # connections of ours refuse to loosen this
            raw.set_authorizer(None)
            raw.execute(f"PRAGMA synchronous={synchronous}")
            guard(raw)

        event.listen(self.place.engine, "connect", connected)
        self._acknowledge(self.faulty.note)
        self.faulty.arm(Mode.COUNT, record_to=os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
        self.turn()
        return 0

    def _acknowledge(self, tell: Callable[[str], Any]) -> None:
        """After each commit, tell how far the history is acknowledged: its last number and leaf."""

        def committed(_session: Session) -> None:
            with self.place.engine.connect() as connection:
                tell("{} {}".format(*connection.execute(LAST).one()))

        event.listen(Session, "after_commit", committed)

    def _judged(self, acknowledged: list[str]) -> dict[str, Any]:
        """What was lost and what does not hold; then all commands are given again, and the round is finished."""
        with reading(self.place.engine) as session:
            kept = {f"{seq} {leaf}" for seq, leaf in session.exec(select(AuditEvent.seq, AuditEvent.leaf)).all()}
        lost = [line for line in acknowledged if line not in kept]
        problems = broken(self.place)
        self.place.engine.dispose()
        self.turn()
        problems += broken(self.place)
        here, found = state(self.place), outcome(self.place)
        expected = self.known.get(here)
        known = {here: found}
        if expected is None:
            found, expected = self._finished(), self.expected
            problems += broken(self.place)
        problems += [f"{key} differ" for key in found if found[key] != expected[key]]
        told = {"lost": len(lost), "doubled": doubled(found, expected), "problems": problems}
        return told if problems else {**told, "known": known}

    def _finished(self) -> dict[str, Any]:
        """Play on to the end. From a state of the tables whose end is known it need not be played again."""
        for _ in self.turns:
            if finished(self.place):
                break
            self.place.engine.dispose()
            self.turn()
        return outcome(self.place)

    def _told(self, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        answer = self.folder / "answer.json"
        answer.unlink(missing_ok=True)

        def told() -> int:
            answer.write_text(json.dumps(work(), ensure_ascii=False))
            return 0

        status = _forked(told)
        return json.loads(answer.read_text()) if status == 0 else {"lost": 0, "doubled": 0, "problems": ["judge died"]}

    def _keep(self, turn: int) -> None:
        shutil.copytree(self.data, self.folder / f"turn{turn}")

    def _put_back(self, turn: int) -> None:
        shutil.rmtree(self.data)
        shutil.copytree(self.folder / f"turn{turn}", self.data)


LAST = text("SELECT seq, leaf FROM audit_event ORDER BY seq DESC LIMIT 1")


def _forked(work: Callable[[], int]) -> int:
    """Run in a fork; returns its exit status, negative for the signal that killed it."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = work()
        except BaseException as fault:  # noqa: BLE001  (a fork must never return into the loop of its parent)
            traceback.print_exception(fault)
        finally:
            sys.stderr.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def remember_pdfs() -> None:
    """Compile each PDF once and in a fork: the threads of Typst would not live on in the forks to come."""
    compile_really = typesetting._compile  # pyright: ignore[reportPrivateUsage]
    made: dict[str, bytes] = {}

    def compile_once(compiler: typst.Compiler, source: str, timestamp: datetime) -> bytes:
        if source not in made:
            with tempfile.NamedTemporaryFile() as file:
                pdf = Path(file.name)
                _forked(lambda: pdf.write_bytes(compile_really(compiler, source, timestamp)) and 0)
                made[source] = pdf.read_bytes()
        return made[source]

    typesetting._compile = compile_once  # pyright: ignore[reportPrivateUsage]


def main() -> None:
    """Serve orders until the input ends."""
    remember_pdfs()
    doomed = DoomedRound(Path(sys.argv[1]))
    answer: dict[str, Any] = doomed.warm_up()
    while True:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            return
        order: dict[str, Any] = json.loads(line)
        answer = getattr(doomed, order.pop("do"))(**order)


if __name__ == "__main__":
    main()
