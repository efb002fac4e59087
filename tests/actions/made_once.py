"""States that many tests begin with: made once in each process, and copied from then on, files and all."""

import shutil
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import func, select

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading
from craftsman.store.secrets import Secrets
from models import Account, Round
from tests.actions.make_noticed import Noticed
from tests.postgres import Tables, put, taken


@dataclass(frozen=True)
class Made:
    """A state as it was left: the database, the folder of files, and the people."""

    database: bytes | Tables
    files: Path
    noticed: Noticed


_MADE: dict[tuple[str, str, Secrets], Made] = {}
# what differs from test to test and leaves no trace in a state
_ITS_OWN = {"data_dir", "rehearsal_clock"}


def made_once(place: Workplace, state: str, make: Callable[[], Noticed]) -> Noticed:
    """What `make` makes of an empty workplace; where something is already, it is made anew."""
    if not _is_empty(place):
        return make()
    key = (state, place.settings.model_dump_json(exclude=_ITS_OWN), place.secrets)
    if key in _MADE:
        return _put(_MADE[key], place)
    noticed = make()
    _MADE[key] = _taken(noticed)
    return noticed


def _is_empty(place: Workplace) -> bool:
    with reading(place.engine) as session:
        return session.exec(select(func.count()).select_from(Account)).one() == 0


def _taken(noticed: Noticed) -> Made:
    place = noticed.place
    files = Path(_folder().name) / str(len(_MADE))
    shutil.copytree(place.settings.data_dir, files)
    # the last connection that is closed takes the log into the file
    place.engine.dispose()
    kept = _file(place).read_bytes() if place.engine.dialect.name == "sqlite" else taken(place.engine)
    return Made(kept, files, copy(noticed))


def _put(made: Made, place: Workplace) -> Noticed:
    place.engine.dispose()
    if isinstance(made.database, bytes):
        _file(place).write_bytes(made.database)
    else:
        put(place.engine, made.database)
    shutil.copytree(made.files, place.settings.data_dir, dirs_exist_ok=True)
    noticed = copy(made.noticed)
    noticed.place, noticed.people = place, dict(made.noticed.people)
    with reading(place.engine) as session:
        noticed.round = session.get_one(Round, noticed.round_id)
        session.expunge(noticed.round)
    return noticed


def _file(place: Workplace) -> Path:
    return Path(place.engine.url.database or "")


@cache
def _folder() -> "TemporaryDirectory[str]":
    return TemporaryDirectory()
