"""Kills, failed system calls and power cuts in a small round: a short slice of `make faults`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.faults.faulty import COMPILER, NO_COMPILER
from tests.faults.images import images_of
from tests.faults.points import Doomed, doomed, points_of, tried

pytestmark = pytest.mark.skipif(COMPILER is None, reason=NO_COMPILER)
SEED, POINTS, IMAGES = 6, 7, 28


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doomed]:
    """A process that plays the round to its faults."""
    with doomed(tmp_path_factory.mktemp("doomed") / "worker") as made:
        yield made


def test_killed_round_ends_as_undisturbed(worker: Doomed) -> None:
    found = tried(worker, SEED, points_of(worker.turns, POINTS, Random(SEED)))
    sys.stdout.write(f"{found}\n")
    assert (found.points, found.holds) == (POINTS, True), found


def test_power_cuts_lose_nothing_acknowledged(worker: Doomed, tmp_path: Path) -> None:
    found = images_of(worker, tmp_path, seed=SEED, count=IMAGES, synchronous="FULL")
    sys.stdout.write(f"{found}\n")
    assert (found.points, found.holds) == (IMAGES, True), found


def test_power_cuts_lose_much_under_normal(worker: Doomed, tmp_path: Path) -> None:
    found = images_of(worker, tmp_path, seed=SEED, count=IMAGES, synchronous="NORMAL")
    sys.stdout.write(f"{found}\n")
    assert found.lost > 0, found
