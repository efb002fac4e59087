"""How often something may be tried from one place within a span of time; counted together by all portal processes."""

from craftsman.portal.minutes import Minutes


class Throttle:
    """At most `limit` tries of one key within `seconds`; throttles of one table tell each other apart by `name`."""

    def __init__(self, limit: int, seconds: float, minutes: Minutes, name: str) -> None:
        self.limit = limit
        self.seconds = seconds
        self._minutes = minutes
        self._name = name

    def admits(self, key: str, at: float) -> bool:
        """Count a try at `at` (seconds of a clock that only rises); False when there were too many."""
        return self._minutes.count(f"{self._name}\0{key}", at, limit=self.limit, seconds=self.seconds)

    def forget(self, key: str) -> None:
        """Start anew for this key."""
        self._minutes.forget(f"{self._name}\0{key}")


class Limits:
    """The throttles of one portal: by login name, account, address or receipt number; `all_…` have one key."""

    def __init__(self, minutes: Minutes) -> None:
        def throttle(name: str, limit: int, seconds: float) -> Throttle:
            return Throttle(limit, seconds, minutes, name)

        # by account and address, by address (a hall of experts may share one), by account wherever from, by all
        self.logins = throttle("logins", 10, 300)
        self.address_logins = throttle("address_logins", 200, 300)
        self.account_logins = throttle("account_logins", 30, 900)
        # far fewer than the table holds: made-up names cannot push a real one out of it
        self.all_logins = throttle("all_logins", 2000, 300)
        # a code has a million values and three are good at once: ten tries a quarter of an hour, wherever from
        self.codes = throttle("codes", 10, 900)
        self.address_codes = throttle("address_codes", 200, 900)
        self.recovery_codes = throttle("recovery_codes", 5, 900)
        self.all_codes = throttle("all_codes", 2000, 900)
        self.own_passwords = throttle("own_passwords", 10, 900)
        self.passkeys = throttle("passkeys", 200, 300)
        self.all_passkeys = throttle("all_passkeys", 2000, 300)
        # by account, by address: an office of many people may have one address
        self.resets = throttle("resets", 3, 3600)
        self.reset_places = throttle("reset_places", 20, 3600)
        self.all_resets = throttle("all_resets", 300, 3600)
        self.link_tries = throttle("link_tries", 60, 300)
        self.objections = throttle("objections", 10, 3600)
        self.uploads = throttle("uploads", 60, 3600)
        # whoever mistypes a form is not to use up what they may file
        self.lead_tries = throttle("lead_tries", 60, 3600)
        self.leads = throttle("leads", 10, 3600)
        self.all_leads = throttle("all_leads", 600, 3600)
        self.look_ups = throttle("look_ups", 10, 300)
        self.calls = throttle("calls", 600, 60)
        self.bad_tokens = throttle("bad_tokens", 20, 300)
