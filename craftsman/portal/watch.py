"""Whether the witness still signs, and which roles are lent: looked up now and then, told on every page."""

from datetime import datetime, timedelta

from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.checkpoints import witnessed
from craftsman.actions.emergencies import running_emergencies
from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading

LOOK_AGAIN = timedelta(seconds=20)
LOOK_SOON = timedelta(seconds=5)


class Watch:
    """Remembers for some seconds since when the history has stood unwitnessed, and what is lent."""

    def __init__(self) -> None:
        self._looked: datetime | None = None
        self._since: datetime | None = None
        self._looked_for_loans: datetime | None = None
        self._loans: list[str] = []

    def lent(self, place: Workplace, now: datetime) -> list[str]:
        """The roles lent in an emergency, looked up every few seconds."""
        if self._looked_for_loans is None or not timedelta() <= now - self._looked_for_loans < LOOK_SOON:
            with reading(place.engine) as session:
                self._loans = running_emergencies(session, Act(SYSTEM, now, place))
            self._looked_for_loans = now
        return self._loans

    def unwitnessed(self, place: Workplace, now: datetime) -> datetime | None:
        """Since when a checkpoint has waited too long; None while none has, or where no witness is set up."""
        if place.witness is None:
            return None
        if self._looked is None or not timedelta() <= now - self._looked < LOOK_AGAIN:
            with reading(place.engine) as session:
                found = witnessed(session, place)
            late = found.is_late(now, timedelta(minutes=place.settings.witness_within))
            self._looked, self._since = now, found.since if late else None
        return self._since
