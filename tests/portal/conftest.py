"""Pages are tested on SQLite; the acts behind them are tested on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from craftsman.actions.workplace import Workplace
from tests.portal.house import House, make_house
from tests.portal.scene import Scene, make_scene


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """An empty migrated SQLite file."""
    return sqlite_url


@pytest.fixture
def scene(place: Workplace, tmp_path: Path) -> Iterator[Scene]:
    """A round in the middle of expert scoring."""
    made = make_scene(place, tmp_path)
    with made.client:
        yield made


@pytest.fixture
def house(place: Workplace, tmp_path: Path) -> House:
    """The portal with people and no round."""
    return make_house(place, tmp_path)
