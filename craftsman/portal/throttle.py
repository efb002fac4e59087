"""How often something may be tried from one place within a span of time; kept in memory, gone with the process."""

from collections import deque
from threading import Lock

MOST_KEYS = 10_000


class Throttle:
    """At most `limit` tries of one key within `seconds`."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit = limit
        self.seconds = seconds
        self._tries: dict[str, deque[float]] = {}
        self._lock = Lock()

    def admits(self, key: str, at: float) -> bool:
        """Count a try at `at` (seconds of a clock that only rises); False when there were too many."""
        with self._lock:
            tries = self._tries.pop(key, deque[float]())
            self._tries[key] = tries
            while tries and tries[0] <= at - self.seconds:
                tries.popleft()
            if len(tries) >= self.limit:
                return False
            tries.append(at)
            self._forget_oldest()
            return True

    def forget(self, key: str) -> None:
        """Start anew for this key."""
        with self._lock:
            self._tries.pop(key, None)

    def _forget_oldest(self) -> None:
        # keys stand in the order of their last try, so that a flood of made-up names cannot fill the memory
        while len(self._tries) > MOST_KEYS:
            del self._tries[next(iter(self._tries))]


class Limits:
    """The throttles of one portal: by login name, account, address or receipt number; `all_…` have one key."""

    def __init__(self) -> None:
        # by account and address, by address (a hall of experts may share one), by account wherever from, by all
        self.logins = Throttle(10, 300)
        self.address_logins = Throttle(200, 300)
        self.account_logins = Throttle(30, 900)
        # fewer than MOST_KEYS in 900 seconds: made-up names cannot push a real one out of the memory
        self.all_logins = Throttle(2000, 300)
        # a code has a million values and three are good at once: ten tries a quarter of an hour, wherever from
        self.codes = Throttle(10, 900)
        self.address_codes = Throttle(200, 900)
        self.recovery_codes = Throttle(5, 900)
        self.all_codes = Throttle(2000, 900)
        self.own_passwords = Throttle(10, 900)
        self.passkeys = Throttle(200, 300)
        self.all_passkeys = Throttle(2000, 300)
        # by account, by address: an office of many people may have one address
        self.resets = Throttle(3, 3600)
        self.reset_places = Throttle(20, 3600)
        self.all_resets = Throttle(300, 3600)
        self.link_tries = Throttle(60, 300)
        self.objections = Throttle(10, 3600)
        self.uploads = Throttle(60, 3600)
        # whoever mistypes a form is not to use up what they may file
        self.lead_tries = Throttle(60, 3600)
        self.leads = Throttle(10, 3600)
        self.all_leads = Throttle(600, 3600)
        self.look_ups = Throttle(10, 300)
        self.calls = Throttle(600, 60)
        self.bad_tokens = Throttle(20, 300)
