"""Rounds that earlier versions wrote are still read, checked and reckoned to the same results by today's code."""

import json
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path

import pytest

from craftsman import __version__
from craftsman.audit import notes, tree
from craftsman.audit.bundle import PROGRAM
from craftsman.audit.events import read_event
from craftsman.audit.log import SCHEMA
from craftsman.portal import words
from tests.conftest import TEST_SECRETS
from tests.golden.make import play
from tests.small_round import results

GOLDEN = sorted(Path(__file__).parent.glob("*/round.zip"))
NAMES = [file.parent.name for file in GOLDEN]
MEMBERS = {"seq", "v", "at", "round", "rules", "actor", "true_actor", "role", "flow_run", "request", "act", "subject"}
OF_THE_ACT = {"facts", "files", "committed"}


@cache
def parts(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def bodies(file: Path) -> list[bytes]:
    """The entries; a small round has but one bundle of them."""
    raw = next(content for name, content in parts(file).items() if name.startswith("tile/entries/"))
    found: list[bytes] = []
    while raw:
        size = int.from_bytes(raw[:2])
        found.append(raw[2 : 2 + size])
        raw = raw[2 + size :]
    return found


def checked(program: Path, bundle: Path, key: str) -> str:
    told = subprocess.run(
        [sys.executable, str(program), str(bundle), "--key", key], capture_output=True, text=True, check=False
    )
    return told.stdout.splitlines()[-1] + told.stderr


@cache
def replayed(rules: bytes, folder: Path) -> dict[str, list[str]]:
    """Stage -> digests of what today's code seals of the same round under these rules."""
    place = play(folder, rules.decode())
    found = results(place)
    place.engine.dispose()
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("golden")


def test_this_version_has_its_golden_log() -> None:
    assert __version__ in NAMES


@pytest.mark.parametrize("file", GOLDEN, ids=NAMES)
def test_golden_round_still_holds(file: Path, tmp_path: Path) -> None:
    key = parts(file)["policy"].decode().split()[1]
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path)
    told = [checked(PROGRAM[0], file, key), checked(tmp_path / "verify.py", tmp_path, key)]
    assert told == ["结论：全部成立。"] * 2


@pytest.mark.parametrize("file", GOLDEN, ids=NAMES)
def test_golden_events_are_readable(file: Path) -> None:
    events = [read_event(body.decode()) for body in bodies(file)]
    assert {event["v"] for event in events} == {SCHEMA}
    assert {frozenset(event) for event in events} == {frozenset(MEMBERS | OF_THE_ACT)}
    assert {event["act"] for event in events} - words.ACTS.keys() == set()


@pytest.mark.parametrize("file", GOLDEN, ids=NAMES)
def test_golden_root_is_the_signed_one(file: Path) -> None:
    leaves = [tree.leaf_hash(body) for body in bodies(file)]
    note = notes.read_note(parts(file)[f"checkpoints/{len(leaves)}"].decode())
    log = notes.Signer("craftsman.local/history", notes.LOG, TEST_SECRETS.log_key).verifier
    told = notes.read_checkpoint(note.text)
    assert (note.signed_by(log), told.size, told.root) == (True, len(leaves), tree.root_of(leaves))


@pytest.mark.parametrize("file", GOLDEN, ids=NAMES)
def test_replay_seals_the_same_results(file: Path, folder: Path) -> None:
    sealed = (read_event(body.decode()) for body in bodies(file))
    golden: dict[str, list[str]] = {}
    for event in sealed:
        if event["act"] == "stage.sealed":
            golden.setdefault(event["subject"].rpartition("/")[2], []).append(event["facts"]["result"])
    assert replayed(parts(file)["rules.json"], folder) == golden
    assert all(json.loads(content)["v"] == 1 for name, content in parts(file).items() if name.startswith("results/"))
