"""What the portal of one process holds, and its limits."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from craftsman.actions.workplace import Workplace
from craftsman.errors import Refused
from craftsman.portal.checking import Checks
from craftsman.portal.pages import Pages
from craftsman.portal.pending import Pendings
from craftsman.portal.provider import Provider
from craftsman.portal.throttle import Limits, Throttle
from craftsman.portal.watch import Watch


class TooOften(Refused):
    """Something was tried too often; after `seconds` it may be tried again."""

    status = 429

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.seconds = int(seconds)


@dataclass(frozen=True, slots=True)
class Portal:
    """What the portal of one process holds: the workplace, its pages and limits (which other processes may share).

    `ticks` is a clock that only rises; `wall` the real time since 1970, in a rehearsal too, for codes of phones.
    """

    place: Workplace
    pages: Pages
    prefect_ui: str
    limits: Limits
    pending: Pendings
    ticks: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    watch: Watch = field(default_factory=Watch)
    checks: Checks = field(default_factory=Checks)
    provider: Provider | None = None

    def cookie(self, name: str) -> str:
        """A cookie's name; with the prefix, browsers take it from this very host over TLS only."""
        return f"__Host-{name}" if self.place.settings.secure_cookies else name

    def must_not_throng(self, limit: Throttle, key: str, reason: str) -> None:
        """Count a try of this key; TooOften with the reason when there were too many."""
        if not limit.admits(key, self.ticks()):
            raise TooOften(reason, limit.seconds)
