"""A desk with its own installation: runs commands in this process, as the console script does."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from craftsman.actions.workplace import open_workplace
from craftsman.cli.app import run
from tests.driver import drive

ROUND = "hebei-great-craftsman-2026"


@dataclass(frozen=True)
class Told:
    """What a command left: exit status, stdout and stderr."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout as the one JSON object that it is."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Desk:
    """Commands and the folder of their files."""

    capsys: pytest.CaptureFixture[str]
    folder: Path

    def run(self, *words: str) -> Told:
        """Run one command."""
        self.capsys.readouterr()
        status = run(words)
        told = self.capsys.readouterr()
        return Told(status, told.out, told.err)

    def done(self, *words: str) -> Told:
        """Run a command that must succeed."""
        told = self.run(*words)
        assert told.status == 0, told.err
        return told

    def file(self, name: str) -> str:
        """The path of a file of this desk."""
        return str(self.folder / name)


def advance() -> None:
    """Do what the worker does."""
    place = open_workplace()
    drive(place, ROUND, place.now())
    place.engine.dispose()
