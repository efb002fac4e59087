"""Desks for the tests of the command line; SQLite only, for the acts are tested on both databases."""

import json
import shutil
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from craftsman.cli.app import run
from craftsman.cli.base import console
from tests.cli.desk import Desk, advance


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CRAFTSMAN_AS", "CRAFTSMAN_REQUEST_ID", "CRAFTSMAN_DATABASE_URL", "PREFECT_API_URL"):
        monkeypatch.delenv(name, raising=False)
    # tables are drawn for a terminal of this width
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(console, "_width", 200)
    monkeypatch.setenv("CRAFTSMAN_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def bare(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Desk:
    """A desk where nothing is set up."""
    return Desk(capsys, tmp_path)


@pytest.fixture(scope="session")
def set_up(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Path:
    """A data folder with the three administrators, staff and a verifier, copied for each test."""
    folder = tmp_path_factory.mktemp("set-up") / "data"
    folder.mkdir()
    shutil.copyfile(migrated_file, folder / "craftsman.db")
    _command(folder, "init")
    for role in ("staff", "verifier"):
        _command(folder, "account", "add", role, "某某", f"{role}@example.org", "--as", "admin")
    (folder / "people.csv").write_text("staff,staff\nverifier,verifier\n", encoding="utf-8")
    _command(folder, "account", "grant", "--file", str(folder / "people.csv"), "--as", "security")
    told = _command(folder, "account", "grants", "--as", "auditor", "--json")
    digest = json.loads(told)["proposals"][0]["digest"]
    _command(folder, "account", "confirm-grants", "1", "--digest", digest, "--as", "auditor")
    return folder


@pytest.fixture(scope="session")
def with_round(tmp_path_factory: pytest.TempPathFactory, set_up: Path) -> Path:
    """The same after the opening of a round, copied for each test."""
    folder = tmp_path_factory.mktemp("with-round") / "data"
    shutil.copytree(set_up, folder)
    _command(folder, "round", "open", "hebei-great-craftsman", "2026", "--as", "staff")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRAFTSMAN_DATA_DIR", str(folder))
        advance()
    return folder


def _command(folder: Path, *words: str) -> str:
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as told:
        patch.setenv("CRAFTSMAN_DATA_DIR", str(folder))
        assert run(words) == 0
    return told.getvalue()


@pytest.fixture
def desk(bare: Desk, tmp_path: Path, set_up: Path) -> Desk:
    """A desk with the three administrators, staff and a verifier."""
    shutil.copytree(set_up, tmp_path / "data")
    return bare


@pytest.fixture
def opened(bare: Desk, tmp_path: Path, with_round: Path) -> Desk:
    """A desk whose round takes nominations."""
    shutil.copytree(with_round, tmp_path / "data")
    return bare
