"""A whole round of sixty made-up people, played once for all tests of a run, in whichever process needs it first."""

import fcntl
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from craftsman.actions.workplace import Workplace
from tests.factories import make_programme
from tests.round import play, rehearsal

PEOPLE = 60
WRITES = re.compile(r'^(INSERT|UPDATE|DELETE)(?: INTO| FROM)? "?(\w+)"?')
# of each transaction, which verb met which table
Written = list[list[tuple[str, str]]]


class Transactions:
    """What each committed transaction of an engine wrote to."""

    def __init__(self, engine: Engine) -> None:
        self.committed: Written = []
        self._now: dict[int, list[tuple[str, str]]] = {}
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "before_cursor_execute", self._note)
        event.listen(engine, "commit", self._commit)

    def _begin(self, connection: Any) -> None:
        self._now[id(connection)] = []

    def _commit(self, connection: Any) -> None:
        self.committed.append(self._now.pop(id(connection)))

    def _note(self, connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if found := WRITES.match(statement):
            self._now[id(connection)].append((found[1], found[2]))


def finished_round(factory: pytest.TempPathFactory) -> Path:
    """The folder of the round, for reading only: `copied` gives one of your own."""
    return once(factory, "finished-round", _play)


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that is made once for all tests of a run, in whichever process needs it first."""
    base = factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    folder, unfinished = shared / name, shared / f"{name}-unfinished"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            make(unfinished)
            unfinished.rename(folder)
    return folder


def copied(finished: Path, folder: Path) -> Workplace:
    """A workplace on a copy of the round, in a folder that is not there yet."""
    shutil.copytree(finished, folder)
    return rehearsal(folder)


def written(finished: Path) -> Written:
    """What each transaction of the round wrote to."""
    return json.loads((finished / "written.json").read_text())


def _play(folder: Path) -> None:
    place = rehearsal(folder)
    transactions = Transactions(place.engine)
    play(place, make_programme(), folder, PEOPLE)
    place.engine.dispose()
    (folder / "written.json").write_text(json.dumps(transactions.committed))
