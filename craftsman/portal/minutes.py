"""What the portal remembers for minutes: a table of its own that all portal processes of a machine share.

In memory for one process, in a file for several; either way gone when the portal stops, and never in the database:
failed tries write nothing there. Times are seconds of the machine's clock that only rises.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from pysqlite3 import dbapi2 as sqlite

MOST = 100_000
TABLES = """
CREATE TABLE IF NOT EXISTS tries (id INTEGER PRIMARY KEY, key BLOB NOT NULL, at REAL NOT NULL, until REAL NOT NULL);
CREATE INDEX IF NOT EXISTS tries_of_key ON tries (key, at);
CREATE INDEX IF NOT EXISTS tries_over ON tries (until);
CREATE TABLE IF NOT EXISTS pending (
  id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, value TEXT NOT NULL, until REAL NOT NULL
);
"""


class Minutes:
    """The table of tries and of what is pending; keys are kept as digests only, each table holds `most` rows."""

    def __init__(self, file: Path | None = None, *, most: int = MOST) -> None:
        self.most = most
        self._lock = Lock()
        options: dict[str, Any] = {"isolation_level": None, "check_same_thread": False, "timeout": 10}
        self._db: Any = sqlite.connect(str(file or ":memory:"), **options)  # pyright: ignore[reportAttributeAccessIssue]
        # it need not outlive the machine, so that nothing waits for the disk
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(TABLES)

    def count(self, key: str, at: float, *, limit: int, seconds: float) -> bool:
        """Count a try of a key unless it was tried `limit` times within `seconds`; whether it was counted."""
        name = _digest(key)
        with self._changing() as ask:
            ask("DELETE FROM tries WHERE until <= ?", (at,))
            (tries,) = ask("SELECT count(*) FROM tries WHERE key = ? AND at > ?", (name, at - seconds)).fetchone()
            if tries >= limit:
                return False
            ask("INSERT INTO tries (key, at, until) VALUES (?, ?, ?)", (name, at, at + seconds))
            ask("DELETE FROM tries WHERE id <= (SELECT max(id) FROM tries) - ?", (self.most,))
            return True

    def forget(self, key: str) -> None:
        """Forget the tries of a key."""
        with self._changing() as ask:
            ask("DELETE FROM tries WHERE key = ?", (_digest(key),))

    def keep(self, key: str, value: str, until: float) -> None:
        """Keep a value until its time, in the place of what stood under its key; the oldest make room."""
        with self._changing() as ask:
            ask("DELETE FROM pending WHERE key = ?", (_digest(key),))
            ask("INSERT INTO pending (key, value, until) VALUES (?, ?, ?)", (_digest(key), value, until))
            ask("DELETE FROM pending WHERE id <= (SELECT max(id) FROM pending) - ?", (self.most,))

    def look(self, key: str, at: float) -> str | None:
        """The value of a key; None when its time is over."""
        with self._lock:
            found = self._db.execute("SELECT value FROM pending WHERE key = ? AND until > ?", (_digest(key), at))
            row = found.fetchone()
        return row[0] if row else None

    def take(self, key: str, at: float) -> str | None:
        """The value of a key, which nobody else gets after this, in whatever process."""
        with self._changing() as ask:
            row = ask("DELETE FROM pending WHERE key = ? RETURNING value, until", (_digest(key),)).fetchone()
        return row[0] if row and at < row[1] else None

    @contextmanager
    def _changing(self) -> Generator[Callable[[str, tuple[Any, ...]], Any]]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db.execute
            finally:
                # a count that failed half-way counts as far as it came: nothing here belongs together
                self._db.execute("COMMIT")


def _digest(key: str) -> bytes:
    return sha256(key.encode()).digest()
