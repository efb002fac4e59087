"""States that many tests begin with: made once in each process, and copied from then on, files and all."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from sqlmodel import func, select

from craftsman.actions.workplace import Workplace
from craftsman.store.engine import reading
from craftsman.store.secrets import Secrets
from models import Account, Round
from tests.postgres import Tables, put, taken

T = TypeVar("T")


@dataclass(frozen=True)
class Made:
    """A state as it was left: the database, the folder of files, and what the tests know of it."""

    database: Path | Tables
    files: Path
    known: Any


_MADE: dict[tuple[str, str, Secrets], Made] = {}
# what differs from test to test and leaves no trace in a state
_ITS_OWN = {"data_dir", "rehearsal_clock"}


def made_once(place: Workplace, state: str, make: Callable[[], T], again: Callable[[Workplace, T], T]) -> T:
    """What `make` makes of an empty workplace; where something is already, it is made anew.

    `again` turns what was made into the same for a workplace of another test, whose database holds it.
    """
    if not _is_empty(place):
        return make()
    key = (state, place.settings.model_dump_json(exclude=_ITS_OWN), place.secrets)
    if key not in _MADE:
        known = make()
        _MADE[key] = _taken(place, known)
        # whoever made it may change it, as everybody else
        return again(place, known)
    _put(_MADE[key], place)
    return again(place, _MADE[key].known)


def round_again(place: Workplace, made: Round) -> Round:
    """The same round as its row tells it, apart from any session."""
    with reading(place.engine) as session:
        round_ = session.get_one(Round, made.id)
        session.expunge(round_)
    return round_


def _is_empty(place: Workplace) -> bool:
    with reading(place.engine) as session:
        return session.exec(select(func.count()).select_from(Account)).one() == 0


def _taken(place: Workplace, known: object) -> Made:
    files = Path(_folder().name) / str(len(_MADE))
    place.settings.data_dir.mkdir(parents=True, exist_ok=True)
    shutil.copytree(place.settings.data_dir, files)
    # the last connection that is closed takes the log into the file
    place.engine.dispose()
    if place.engine.dialect.name != "sqlite":
        return Made(taken(place.engine), files, known)
    return Made(Path(shutil.copyfile(_file(place), f"{files}.db")), files, known)


def _put(made: Made, place: Workplace) -> None:
    place.engine.dispose()
    if isinstance(made.database, Path):
        shutil.copyfile(made.database, _file(place))
    else:
        put(place.engine, made.database)
    shutil.copytree(made.files, place.settings.data_dir, dirs_exist_ok=True)


def _file(place: Workplace) -> Path:
    return Path(place.engine.url.database or "")


@cache
def _folder() -> "TemporaryDirectory[str]":
    return TemporaryDirectory()
