"""What an installation has at hand: database, keys, calendars and stroke order, opened once per process."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import Engine

from craftsman import clock
from craftsman.actions.workdays_at_hand import WorkdaysAtHand
from craftsman.audit.notes import LOG, WITNESS, Signer, Verifier, read_verifier
from craftsman.programme.calendars import load_workdays
from craftsman.programme.strokes import load_stroke_order
from craftsman.rules.workdays import WorkdayTable
from craftsman.settings import Settings
from craftsman.store.engine import make_engine
from craftsman.store.secrets import Secrets, load_keys
from craftsman.store.uploads import Uploads


@dataclass(frozen=True)
class Workplace:
    """The tools of one installation; the tables load when first asked for. `chance` draws what must not be guessed."""

    settings: Settings
    engine: Engine
    secrets: Secrets
    chance: Callable[[int], bytes] = os.urandom
    calendars: WorkdaysAtHand | None = None

    @property
    def workdays(self) -> WorkdayTable:
        """The State Council's working-day tables: the installation's files, with what was loaded since."""
        return self.calendars.table if self.calendars else load_workdays(self.settings.config_dir / "calendars")

    @property
    def uploads(self) -> Uploads:
        """Where workbooks wait, encrypted, between a look at them and their taking in."""
        return Uploads(self.settings.uploads_dir, self.secrets)

    @cached_property
    def strokes(self) -> Mapping[str, int]:
        """Each character's place in stroke order."""
        return load_stroke_order()

    @cached_property
    def log_signer(self) -> Signer:
        """The key that signs the history's checkpoints."""
        return Signer(self.settings.log_origin, LOG, self.secrets.log_key)

    @cached_property
    def witness(self) -> Verifier | None:
        """The key of the audit office's witness; None where none is set up."""
        return read_verifier(self.settings.witness_key, WITNESS) if self.settings.witness_key else None

    def now(self) -> datetime:
        """The present instant, or the rehearsal's."""
        return clock.now(self.settings.rehearsal_clock)


def open_workplace(settings: Settings | None = None) -> Workplace:
    """Open database and keys as the settings say. Refused without a key file or with an unsafe SQLite library."""
    chosen = settings or Settings()
    engine = make_engine(chosen.url)
    calendars = WorkdaysAtHand(chosen.config_dir / "calendars", engine)
    return Workplace(chosen, engine, load_keys(chosen.keys), calendars=calendars)
