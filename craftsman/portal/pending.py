"""What was begun and not finished, kept by the server for a while: log-ins, challenges, keys of apps, searches.

Sealed and beside the throttles: nothing of it is to outlive the portal, and failed tries write nothing to the database.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Generic, TypeVar

from craftsman.portal.minutes import Minutes
from craftsman.store.secrets import Secrets

T = TypeVar("T")

MINUTES = 5 * 60


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where pending values stand, and the keys that seal them."""

    minutes: Minutes
    secrets: Secrets


class Pending(Generic[T]):
    """Values of one kind by key, each until its time (seconds of a clock that only rises)."""

    def __init__(self, shelf: Shelf, kind: str, write: Callable[[T], str], read: Callable[[str], T]) -> None:
        self._shelf = shelf
        self._kind = kind
        self._write = write
        self._read = read

    def keep(self, key: str, value: T, until: float) -> None:
        """Keep a value, in the place of what stood under its key."""
        sealed = self._shelf.secrets.seal(self._write(value), bound_to=self._place(key))
        self._shelf.minutes.keep(self._place(key), sealed, until)

    def look(self, key: str, at: float) -> T | None:
        """The value of a key, which stays; None when its time is over."""
        return self._opened(key, self._shelf.minutes.look(self._place(key), at))

    def take(self, key: str, at: float) -> T | None:
        """The value of a key, which nobody else gets after this."""
        return self._opened(key, self._shelf.minutes.take(self._place(key), at))

    def _opened(self, key: str, sealed: str | None) -> T | None:
        return None if sealed is None else self._read(self._shelf.secrets.unseal(sealed, bound_to=self._place(key)))

    def _place(self, key: str) -> str:
        return f"{self._kind}\0{key}"


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
    """What one portal has pending: half log-ins, challenges, keys of apps, words that were searched for."""

    def __init__(self, minutes: Minutes, secrets: Secrets) -> None:
        shelf = Shelf(minutes, secrets)
        self.half = Pending(shelf, "half-login", _half_text, _half_login)
        self.challenges = Pending(shelf, "challenge", bytes.hex, bytes.fromhex)
        self.apps = Pending(shelf, "app", str, str)
        self.searches = Pending(shelf, "search", str, str)


def _half_text(half: HalfLogin) -> str:
    return json.dumps(asdict(half))


def _half_login(text: str) -> HalfLogin:
    return HalfLogin(**json.loads(text))
