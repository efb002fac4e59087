"""Workbooks being checked beside the requests: a page may be left, reloaded, and found again with its progress.

In memory, as the throttles: the upload itself is kept (store/uploads.py), so that a process which knows nothing of a
check begins it anew.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Lock

from craftsman.actions.intake_file import Prepared
from craftsman.store.uploads import Upload
from craftsman.workbook.check import Watch
from craftsman.workbook.read import RawRow

# a workbook may unpack to ten times its size: more at once would fill the memory, so that others wait for their turn
TURNS = 2
MOST_DONE = 4
Work = Callable[[Watch], Prepared]


@dataclass
class Check:
    """One workbook on its way: rows checked, and rows in all once they are counted."""

    owner: str
    name: str
    sha256: str
    done: int = 0
    rows: int = 0
    future: "Future[Prepared]" = field(default_factory=Future[Prepared], repr=False)

    @property
    def over(self) -> bool:
        """Whether it came to its end, good or bad."""
        return self.future.done()

    def prepared(self, seconds: float | None = None) -> Prepared | None:
        """What came of it, None while it is under way after so many seconds. Raises Invalid for a wrong file."""
        wait([self.future], timeout=seconds)
        return self.future.result() if self.over else None

    def watched(self, rows: Sequence[RawRow]) -> Iterator[RawRow]:
        """The rows, counted as they go by."""
        self.rows = len(rows)
        for number, row in enumerate(rows, start=1):
            yield row
            self.done = number


class Checks:
    """The checks of one portal: a few at a time, the last results kept."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(TURNS, "workbook-check")
        self._kept: dict[tuple[str, str], Check] = {}
        self._lock = Lock()

    def begin(self, owner: str, upload: Upload, work: Work) -> Check:
        """The check of a file of this owner: the one under way or done, else a new one."""
        with self._lock:
            found = self._kept.get((owner, upload.sha256))
            if found is not None and found.name == upload.name:
                return found
            one = Check(owner, upload.name, upload.sha256)
            one.future = self._pool.submit(work, one.watched)
            self._kept[owner, upload.sha256] = one
            self._drop_old()
            return one

    def look(self, owner: str, sha256: str) -> Check | None:
        """The check of a file, if this process knows of one."""
        return self._kept.get((owner, sha256))

    def of(self, owner: str) -> list[Check]:
        """The checks of an owner that are known here, the newest first."""
        with self._lock:
            return [one for one in reversed(self._kept.values()) if one.owner == owner]

    def forget(self, owner: str, sha256: str) -> None:
        """Drop a check: its file was wrong, or was taken in."""
        with self._lock:
            self._kept.pop((owner, sha256), None)

    def _drop_old(self) -> None:
        over = [key for key, one in self._kept.items() if one.over]
        for key in over[:-MOST_DONE]:
            del self._kept[key]
