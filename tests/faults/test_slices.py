"""Repeated commands, hostile requests and the restore drill: a short slice of `make faults`."""

import sys
from pathlib import Path

from tests.faults.attack import run_attack
from tests.faults.drill import run_drill
from tests.faults.places import on_sqlite
from tests.faults.repeats import run_repeats

SEED, REPEATS, REQUESTS = 6, 90, 250


def test_repeated_commands_have_one_effect(tmp_path: Path) -> None:
    with on_sqlite(tmp_path) as place:
        found = run_repeats(place, tmp_path, seed=SEED, count=REPEATS)
    sys.stdout.write(f"{found}\n")
    assert (found.points, found.holds) == (REPEATS, True), found


def test_hostile_requests_leave_nothing(tmp_path: Path) -> None:
    with on_sqlite(tmp_path) as place:
        found = run_attack(place, tmp_path, seed=SEED, requests=REQUESTS)
    sys.stdout.write(f"{found}\n")
    assert (found.points, found.holds) == (REQUESTS, True), found


def test_destroyed_database_is_restored(tmp_path: Path) -> None:
    with on_sqlite(tmp_path) as place:
        found = run_drill(place, tmp_path, seed=SEED)
    sys.stdout.write(f"{found}\n")
    assert found.holds, found
