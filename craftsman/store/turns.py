"""Writers of one process take turns in the order in which they came.

SQLite lets one write at a time, and whoever finds it busy sleeps and tries again: of many threads some wait for seconds
while later ones slip in. PostgreSQL has a queue of its own. Other processes are still met at SQLite's own lock.
"""

from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect


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


_TURNS: WeakKeyDictionary[Dialect, Turns] = WeakKeyDictionary()
_MAKING = Lock()


@contextmanager
def turn_of(dialect: Dialect) -> Generator[None]:
    """The turn to write by engines of this dialect object, which all variants of one engine share."""
    if dialect.name != "sqlite":
        yield
        return
    with _MAKING:
        turns = _TURNS.setdefault(dialect, Turns())
    with turns.turn():
        yield
