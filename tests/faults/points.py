"""Kill -9 and failed system calls at the calls of a small round: see doomed_round, which runs under faulty.so."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any

from tests.faults.faulty import FAULTS, KILLS, Mode, compiled
from tests.faults.part import Found

Point = tuple[int, int, Mode]


class Doomed:
    """A process that plays rounds to their faults; started with the library preloaded."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        environment = {**os.environ, "LD_PRELOAD": str(compiled(folder))}
        command = [sys.executable, "-m", "tests.faults.doomed_round", str(folder / "round")]
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        warm = self._answer()
        self.turns: list[int] = warm["turns"]
        self.results: dict[str, list[str]] = warm["results"]
        self.round = folder / "round"

    def order(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Have something done, and wait for it."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def stop(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())


@contextmanager
def doomed(folder: Path) -> Generator[Doomed]:
    """Such a process, ended afterwards."""
    made = Doomed(folder)
    try:
        yield made
    finally:
        made.stop()


def points_of(turns: list[int], count: int, random: Random) -> list[Point]:
    """So many points: every call of the round before any twice, each time with another kind of fault."""
    calls = [(turn, at) for turn, most in enumerate(turns) for at in range(1, most + 1)]
    random.shuffle(calls)
    kinds = {call: random.sample(FAULTS, len(FAULTS)) for call in calls}
    every = [(*call, kinds[call][nth]) for nth in range(len(FAULTS)) for call in calls]
    return every[:count]


def run_points(folder: Path, *, seed: int, count: int, processes: int) -> Found:
    """Try so many points, shared by some processes."""
    with ExitStack() as stack, ThreadPoolExecutor(processes) as threads:
        workers = [stack.enter_context(doomed(folder / f"doomed{number}")) for number in range(processes)]
        points = points_of(workers[0].turns, count, Random(seed))
        shares = [points[number::processes] for number in range(processes)]
        answers = [one for share in threads.map(_answers, workers, shares) for one in share]
    return _summed(seed, answers)


def tried(worker: Doomed, seed: int, points: list[Point]) -> Found:
    """Try these points by one process."""
    return _summed(seed, _answers(worker, points))


def _answers(worker: Doomed, points: list[Point]) -> list[tuple[Point, dict[str, Any]]]:
    return [((turn, at, mode), worker.order("fault", turn=turn, at=at, mode=int(mode))) for turn, at, mode in points]


def _summed(seed: int, answers: list[tuple[Point, dict[str, Any]]]) -> Found:
    """What was found at all points; a kill must have killed."""
    found = Found(seed, len(answers))
    for (turn, at, mode), one in answers:
        found.lost += one["lost"]
        found.doubled += one["doubled"]
        missed = (one["status"] == -9) != (mode in KILLS)
        told = [*one["problems"], *(["the fault did not come"] if missed else [])]
        found.problems += [f"turn {turn}, call {at}, {mode.name}: {line}" for line in told]
    modes = Counter(point[2].name for point, _ in answers)
    found.notes.append(", ".join(f"{name} {count}" for name, count in sorted(modes.items())))
    found.notes.append(f"{sum(one['acknowledged'] for _, one in answers)} acknowledged acts")
    return found
