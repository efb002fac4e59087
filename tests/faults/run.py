"""The long fault tests, as `make faults`: each prints its count and seed; exit 1 when any does not hold.

`python -m tests.faults.run [PART …] [--seed N] [--share 0.1]` runs the parts named, or all, or a share of their points.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.faults.attack import run_attack
from tests.faults.drill import run_drill
from tests.faults.faulty import COMPILER, NO_COMPILER
from tests.faults.images import run_images
from tests.faults.part import Found
from tests.faults.places import on_postgresql, on_sqlite
from tests.faults.points import run_points
from tests.faults.repeats import run_repeats

POINTS, IMAGES, CONTROL, REPEATS, REQUESTS = 1050, 2100, 210, 5000, 20_000
PROCESSES = 2

Part = Callable[[Path, int, float], Found]


def killed(folder: Path, seed: int, share: float) -> Found:
    """Kill -9 and failed system calls."""
    return run_points(folder, seed=seed, count=int(POINTS * share), processes=PROCESSES)


def cut(folder: Path, seed: int, share: float) -> Found:
    """Power cuts with a sync at each commit."""
    return run_images(folder, seed=seed, count=int(IMAGES * share))


def control(folder: Path, seed: int, share: float) -> Found:
    """Power cuts without it: these must lose, or the part before shows nothing."""
    found = run_images(folder, seed=seed, count=int(CONTROL * share), synchronous="NORMAL")
    lost, found.lost = found.lost, 0
    found.notes.append(f"{lost} acknowledged acts lost, as must be")
    found.problems = [] if lost else ["nothing was lost under NORMAL"]
    return found


def repeated(folder: Path, seed: int, share: float) -> Found:
    """Repeated commands, half of them on each database."""
    with on_sqlite(folder / "sqlite") as place:
        found = run_repeats(place, folder, seed=seed, count=int(REPEATS * share))
    with on_postgresql(folder / "postgresql") as place:
        return found + run_repeats(place, folder, seed=seed, count=int(REPEATS * share))


def attacked(folder: Path, seed: int, share: float) -> Found:
    """Hostile requests."""
    with on_sqlite(folder) as place:
        return run_attack(place, folder, seed=seed, requests=int(REQUESTS * share))


def drilled(folder: Path, seed: int, _share: float) -> Found:
    """The restore drill on both databases."""
    with on_sqlite(folder / "sqlite") as place:
        found = run_drill(place, folder / "sqlite", seed=seed)
    with on_postgresql(folder / "postgresql") as place:
        return found + run_drill(place, folder / "postgresql", seed=seed)


PARTS: Mapping[str, Part] = {
    "kills": killed,
    "power-cuts": cut,
    "power-cuts-normal": control,
    "repeats": repeated,
    "requests": attacked,
    "restore": drilled,
}
IN_C = ("kills", "power-cuts", "power-cuts-normal")


def main() -> int:
    """Run the parts one after another and print a table of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.run")
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--share", type=float, default=1.0, help="of the points of the long form")
    asked = parser.parse_args()
    table = Table("part", "points", "seed", "lost", "doubled", "verdict", "seconds")
    console, failed = Console(width=120), False
    for name in asked.parts or PARTS:
        if name in IN_C and COMPILER is None:
            console.print(f"{name}: {NO_COMPILER}", highlight=False)
            continue
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="craftsman-faults-") as folder:
            found = PARTS[name](Path(folder), asked.seed, asked.share)
        failed |= not found.holds
        verdict = "holds" if found.holds else "FAILS"
        row = (name, found.points, found.seed, found.lost, found.doubled, verdict, f"{time.monotonic() - began:.0f}")
        table.add_row(*map(str, row))
        console.print(f"{name}: {found}", highlight=False, markup=False, soft_wrap=True)
    console.print(table)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
