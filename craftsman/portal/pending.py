"""What was begun and not finished, kept by the server for minutes: log-ins, challenges, keys of apps.

In memory, as the throttles: nothing of it is to outlive the process, and failed tries write nothing to the database.
"""

from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")

MOST = 10_000
MINUTES = 5 * 60


class Pending(Generic[T]):
    """Values by key, each until its time (seconds of a clock that only rises); the oldest make room for new ones."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[T, float]] = {}
        self._lock = Lock()

    def keep(self, key: str, value: T, until: float) -> None:
        """Keep a value, in the place of what stood under its key."""
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = (value, until)
            while len(self._kept) > MOST:
                del self._kept[next(iter(self._kept))]

    def look(self, key: str, at: float) -> T | None:
        """The value of a key, which stays; None when its time is over."""
        with self._lock:
            value, until = self._kept.get(key, (None, at))
            return value if at < until else None

    def take(self, key: str, at: float) -> T | None:
        """The value of a key, which nobody else gets after this."""
        value = self.look(key, at)
        with self._lock:
            return value if self._kept.pop(key, None) is not None else None


@dataclass(frozen=True, slots=True)
class HalfLogin:
    """Somebody whose password held and whose account has a second factor; `proof` is the hash that held then."""

    account_id: int
    proof: str | None
    onward: str
    by: str
    until: float
    wrong: int = 0


class Pendings:
    """What one portal has pending: half log-ins and challenges by their cookies, keys of apps by their accounts."""

    def __init__(self) -> None:
        self.half: Pending[HalfLogin] = Pending()
        self.challenges: Pending[bytes] = Pending()
        self.apps: Pending[str] = Pending()
