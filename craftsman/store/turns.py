"""Writers of one process take turns in the order in which they came.

SQLite lets one write at a time, and whoever finds it busy sleeps and tries again: of many threads some wait for seconds
while later ones slip in. PostgreSQL has a queue of its own. Processes wait for each other at a lock of the operating
system, which wakes them at once; whoever does not ask it is still met at SQLite's own lock.
"""

import fcntl
import os
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine


class Turns:
    """A lock that is handed to whoever has waited longest."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._taken = False
        self._waiting: deque[Lock] = deque()

    @contextmanager
    def turn(self) -> Generator[None]:
        """Wait for one's turn, and have it until the block ends."""
        self._take()
        try:
            yield
        finally:
            self._hand_on()

    def _take(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        # released by whoever hands the turn on: it is then ours, and nobody slips in between
        mine.acquire()

    def _hand_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


_TURNS: WeakKeyDictionary[object, Turns] = WeakKeyDictionary()
_MAKING = Lock()


@contextmanager
def turn_of(engine: Engine) -> Generator[None]:
    """The turn to write by this engine and all variants of it (which share a dialect), among all processes."""
    if engine.dialect.name != "sqlite":
        yield
        return
    with _MAKING:
        turns = _TURNS.setdefault(engine.dialect, Turns())
    with turns.turn(), _alone(engine.url.database):
        yield


@contextmanager
def _alone(file: str | None) -> Generator[None]:
    """Hold the lock of a database file's writers; it ends with the block, or with the process."""
    if not file or file == ":memory:":
        yield
        return
    # opened anew each time: a forked child would share the lock of its parent
    lock = os.open(f"{file}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
