"""The bundle's program, run within the tests: what it says of a file, or of the only round of a workplace."""

import importlib
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from craftsman.actions.checkpoints import make_checkpoint
from craftsman.actions.history import write_bundle
from craftsman.actions.workplace import Workplace
from craftsman.audit.bundle import PROGRAM
from craftsman.store.engine import reading, transaction
from models import Round
from tests.factories import act_of


def part(name: str) -> Any:
    """A module of the program, which finds its others in its own folder."""
    sys.path.insert(0, str(PROGRAM[0].parent))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.pop(0)


def said(file: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    """The lines that it says of a bundle."""
    capsys.readouterr()
    part("verify").main([str(file), *options])
    return capsys.readouterr().out.splitlines()


def wrong_with(place: Workplace, folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What it finds wrong with the only round, as it stands."""
    with transaction(place.engine) as session:
        make_checkpoint(session, act_of(place))
    with reading(place.engine) as session:
        packed = BytesIO()
        write_bundle(session, act_of(place), session.exec(select(Round)).one(), packed)
    (folder / "round.zip").write_bytes(packed.getvalue())
    return [line for line in said(folder / "round.zip", capsys) if line.startswith("✗")]
