"""The working-day tables in use: the installation's files, and over them the years that were loaded since."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from craftsman.programme.calendars import YearOfDays, load_workdays, with_year
from craftsman.rules.workdays import WorkdayTable
from craftsman.store.engine import reading
from models import ReferenceVersion

CALENDARS = "calendars"
LOOK_AGAIN = 5.0


class WorkdaysAtHand:
    """One table of a process; what was loaded meanwhile, by whatever process, counts after some seconds."""

    def __init__(self, folder: Path, engine: Engine, ticks: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._engine, self._ticks = folder, engine, ticks
        self._looked: float | None = None
        self._loaded: dict[int, YearOfDays] = {}
        self._table: WorkdayTable | None = None

    @property
    def table(self) -> WorkdayTable:
        """The table as it stands."""
        now = self._ticks()
        if self._table is None or self._looked is None or now - self._looked >= LOOK_AGAIN:
            with reading(self._engine) as session:
                loaded = loaded_years(session)
            if self._table is None or loaded != self._loaded:
                self._table = _laid_over(load_workdays(self._folder), loaded)
            self._looked, self._loaded = now, loaded
        return self._table

    def look_again(self) -> None:
        """Look up at the next question what was loaded: somebody just did."""
        self._looked = None


def loaded_years(session: Session) -> dict[int, YearOfDays]:
    """The newest loaded table of each year; one query."""
    query = select(ReferenceVersion.name, ReferenceVersion.content).where(ReferenceVersion.slug == CALENDARS)
    rows = session.exec(query.order_by(col(ReferenceVersion.version))).all()
    return {int(year): YearOfDays.model_validate(json.loads(content)) for year, content in rows}


def _laid_over(table: WorkdayTable, loaded: dict[int, YearOfDays]) -> WorkdayTable:
    for year in sorted(loaded):
        table = with_year(table, year, loaded[year])
    return table
