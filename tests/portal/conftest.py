"""Pages are tested on SQLite; the acts behind them are tested on both databases."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from craftsman.actions.workplace import Workplace
from tests.portal.scene import Scene, make_scene


@pytest.fixture
def database_url(migrated_file: Path, tmp_path: Path) -> str:
    """An empty migrated SQLite file."""
    path = tmp_path / "craftsman.db"
    shutil.copyfile(migrated_file, path)
    return f"sqlite:///{path}"


@pytest.fixture
def scene(place: Workplace, tmp_path: Path) -> Iterator[Scene]:
    """A round in the middle of expert scoring."""
    made = make_scene(place, tmp_path)
    with made.client:
        yield made
