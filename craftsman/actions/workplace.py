"""What an installation has at hand: database, keys, calendars and stroke order, opened once per process."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import Engine

from craftsman import clock
from craftsman.programme.calendars import load_workdays
from craftsman.programme.strokes import load_stroke_order
from craftsman.rules.workdays import WorkdayTable
from craftsman.settings import Settings
from craftsman.store.engine import make_engine
from craftsman.store.secrets import Secrets, load_keys


@dataclass(frozen=True)
class Workplace:
    """The tools of one installation; the tables load when first asked for."""

    settings: Settings
    engine: Engine
    secrets: Secrets

    @cached_property
    def workdays(self) -> WorkdayTable:
        """The State Council's working-day tables."""
        return load_workdays(self.settings.config_dir / "calendars")

    @cached_property
    def strokes(self) -> Mapping[str, int]:
        """Each character's place in stroke order."""
        return load_stroke_order()

    def now(self) -> datetime:
        """The present instant, or the rehearsal's."""
        return clock.now(self.settings.rehearsal_clock)


def open_workplace(settings: Settings | None = None) -> Workplace:
    """Open database and keys as the settings say. Refused without a key file or with an unsafe SQLite library."""
    chosen = settings or Settings()
    return Workplace(chosen, make_engine(chosen.url), load_keys(chosen.keys))
