"""An import in a process of its own that dies at a named point of it, as by a power cut.

Points are the n-th row checked (`row.500`), the n-th statement of the transaction (`sql.7`), and the moments before and
after the commit (`commit.before`, `commit.after`).
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import event

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.intake import ImportReport, apply_import, prepare_import
from craftsman.actions.views import read_programme, round_by_key
from craftsman.actions.workplace import open_workplace
from craftsman.settings import Settings
from craftsman.store.engine import reading, transaction
from craftsman.workbook.read import RawRow

KEY, FILE, STAFF = "hebei-great-craftsman-2026", "nominations.xlsx", "staff"

Meet = Callable[[str], None]


def take_in_and_die(folder: Path, point: str) -> None:
    """Import the folder's workbook until the point comes."""
    take_in(folder, partial(_die_at, point))


def _die_at(point: str, met: str) -> None:
    if met == point:
        os.kill(os.getpid(), signal.SIGKILL)


def take_in(folder: Path, meet: Meet) -> ImportReport:
    """Import the folder's workbook as the command does, and tell `meet` of every point that is passed."""
    place = open_workplace(Settings(data_dir=folder))
    with reading(place.engine) as session:
        act = Act(actor_by_login(session, STAFF), place.now(), place)
        programme = read_programme(round_by_key(session, KEY).programme)
    content = (folder / FILE).read_bytes()
    prepared = prepare_import(place, programme, content, FILE, watch=partial(_watched, meet))
    numbers = count()
    event.listen(place.engine, "before_cursor_execute", lambda *_: meet(f"sql.{next(numbers)}"))
    with transaction(place.engine) as session:
        report = apply_import(session, act, KEY, prepared)
        session.flush()
        meet("commit.before")
    meet("commit.after")
    place.engine.dispose()
    return report


def _watched(meet: Meet, rows: Sequence[RawRow]) -> Iterator[RawRow]:
    for number, row in enumerate(rows):
        meet(f"row.{number}")
        yield row
