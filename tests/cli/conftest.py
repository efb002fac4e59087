"""Desks for the tests of the command line; SQLite only, for the acts are tested on both databases."""

import shutil
from pathlib import Path

import pytest

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


@pytest.fixture
def desk(bare: Desk, tmp_path: Path, migrated_file: Path) -> Desk:
    """A desk with an administrator, staff, a verifier and an auditor."""
    (tmp_path / "data").mkdir()
    shutil.copyfile(migrated_file, tmp_path / "data" / "craftsman.db")
    bare.done("init")
    for role in ("staff", "verifier", "auditor"):
        bare.done("account", "add", role, "某某", f"{role}@example.org", "--role", role, "--as", "admin")
    return bare


@pytest.fixture
def opened(desk: Desk) -> Desk:
    """A desk whose round takes nominations."""
    desk.done("round", "open", "hebei-great-craftsman", "2026", "--as", "staff")
    advance()
    return desk
