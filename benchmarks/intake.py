"""How long imports take: `python benchmarks/intake.py [--case 1000|10000|100000|10000-wrong] [--json]`.

Fictitious workbooks are read, checked, sealed and taken into a SQLite file: a transaction a file and an event a row, as
ever. Each line of the table is measured in a process of its own. The floor is what cannot be spared: calamine reading
the same files, and one bulk insert of the very rows that the import wrote into the same tables, committed and synced;
the bare floor has the driver alone write ready values. Nothing is asserted.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.floor import cells, floor
from benchmarks.meter import Meter, Spent
from benchmarks.scale import large_programme
from craftsman.actions.acting import Act, Actor
from craftsman.actions.intake import apply_import, prepare_import, returned_file
from craftsman.actions.workplace import Workplace
from craftsman.programme.programme import Programme
from craftsman.sample.faults import spoil
from craftsman.sample.rows import Cells, RowMaker
from craftsman.settings import HOME, Settings
from craftsman.store.engine import make_engine, transaction
from craftsman.store.migrate import migrate
from craftsman.store.secrets import create_keys, load_keys
from craftsman.workbook.template import filled_workbook
from tests.actions.opened import open_intake, person
from tests.factories import NOW

SEED = 2018
WRONG = Fraction(8, 100)


@dataclass(frozen=True)
class Case:
    """One line of the table: so many files of so many rows, measured so often."""

    name: str
    files: int
    rows: int
    repeats: int
    goal: str
    wrong: bool = False

    @property
    def all_rows(self) -> int:
        """The rows of all files."""
        return self.files * self.rows


CASES = {
    case.name: case
    for case in (
        Case("1000", 1, 1000, 5, "1 s"),
        Case("10000", 1, 10_000, 5, "8 s"),
        Case("100000", 10, 10_000, 1, "linear, 400 MB"),
        Case("10000-wrong", 1, 10_000, 3, "–", wrong=True),
    )
}


def make_files(folder: Path, case: Case) -> None:
    """Write the workbooks of one case; nobody comes twice."""
    programme = large_programme()
    rng = Random(SEED)
    maker = RowMaker(rng, programme)
    units = [unit for unit in programme.reference.reporting_units if programme.plan.quotas.get(unit.code, 0)]
    for number in range(case.files):
        rows: list[Cells] = [
            {"serial": place + 1} | maker.row(units[place % len(units)], rank=place // len(units) + 1)
            for place in range(case.rows)
        ]
        if case.wrong:
            spoil(rng, programme, rows, wrong=int(WRONG * case.rows), spare=set())
        (folder / f"{number:02d}.xlsx").write_bytes(filled_workbook(programme, rows))


def measure(folder: Path, case: Case) -> dict[str, Any]:
    """Import the case's files as often as is worth while; medians of all runs."""
    files = sorted(folder.glob("*.xlsx"))
    runs = [_run(folder / f"run-{number}", files, case) for number in range(case.repeats)]
    # of the imports alone: the floor is measured after them
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    numbers = range(case.repeats)
    floors = {
        name: _median([floor(folder / f"run-{number}", files, bare=name == "bare") for number in numbers])
        for name in ("floor", "bare")
    }
    return {
        "case": case.name,
        "files": case.files,
        "rows": case.all_rows,
        "repeats": case.repeats,
        "goal": case.goal,
        "columns": len(cells(files[0])[0]),
        "steps": {name: _median([run[name] for run in runs]) for name in runs[0]},
        **floors,
        "peak_mb": peak,
    }


def _run(folder: Path, files: Sequence[Path], case: Case) -> dict[str, Spent]:
    """Import all files into a new database; what each step took, of the first and the last file apart."""
    place, actor = _open(folder)
    programme = large_programme()
    meter = Meter(stage_key=case.name)
    meter.watch(place)
    for path in files:
        _import(meter, Act(actor, NOW, place), programme, path)
    place.engine.dispose()
    spent = {name: one for (_, name), one in meter.spent.items()}
    whole = [spent[path.name] for path in files]
    total = Spent(len(whole), sum(one.cpu for one in whole), sum(one.wall for one in whole), meter.sent)
    steps = {name: spent[name] for name in ("prepare", "apply", "return") if name in spent}
    return steps | {"import": total, "first": whole[0], "last": whole[-1]}


def _open(folder: Path) -> tuple[Workplace, Actor]:
    settings = Settings(data_dir=folder, database_url="", key_file=None)
    folder.mkdir(parents=True)
    create_keys(settings.keys)
    place = Workplace(settings, make_engine(settings.url), load_keys(settings.keys))
    migrate(place.engine)
    open_intake(place, large_programme())
    return place, person(place, "staff", "staff")


def _import(meter: Meter, act: Act, programme: Programme, path: Path) -> None:
    content = path.read_bytes()

    def apply() -> Any:
        with transaction(act.place.engine) as session:
            return apply_import(session, act, programme.key, prepared)

    with meter.booking(meter.spent[meter.stage_key, path.name]):
        prepared = meter.time("prepare", lambda: prepare_import(act.place, programme, content, path.name))
        report = meter.time("apply", apply)
    if report.problems:
        meter.time("return", lambda: returned_file(prepared, report.problems))


def _median(runs: Sequence[Spent]) -> dict[str, float]:
    return {
        "cpu": median(one.cpu for one in runs),
        "wall": median(one.wall for one in runs),
        "statements": runs[0].statements,
    }


def in_processes(folder: Path, case: Case) -> dict[str, Any]:
    """Make the files in one process and measure in another, so that the peak is the import's own."""
    told = b""
    for step in ("make", "measure"):
        order = [sys.executable, __file__, f"--{step}", str(folder), "--case", case.name]
        told = subprocess.run(order, cwd=HOME, check=True, stdout=subprocess.PIPE).stdout
    shutil.rmtree(folder)
    return json.loads(told)


def show(console: Console, found: Sequence[dict[str, Any]]) -> None:
    """Print the table."""
    table = Table(title="imports: wall seconds (user CPU seconds)", title_justify="left")
    for heading in ("rows", "read, check, seal", "write", "whole", "goal", "floor", "times", "bare floor", "times"):
        table.add_column(heading, justify="right")
    for heading in ("peak MB", "return"):
        table.add_column(heading, justify="right")
    for one in found:
        steps = one["steps"]
        table.add_row(
            f"{one['rows']:,}" + (f" in {one['files']} files" if one["files"] > 1 else ""),
            *(_seconds(step) for step in (steps["prepare"], steps["apply"], steps["import"])),
            one["goal"],
            *(
                told
                for under in ("floor", "bare")
                for told in (_seconds(one[under]), _times(steps["import"], one[under]))
            ),
            f"{one['peak_mb']:.0f}",
            _seconds(steps["return"]) if "return" in steps else "–",
        )
    console.print(table)
    for one in found:
        first, last = one["steps"]["first"], one["steps"]["last"]
        if one["files"] > 1:
            console.print(f"of {one['files']} files the first took {_seconds(first)}, the last {_seconds(last)}")
    console.print(f"{found[0]['columns']} columns; medians of {', '.join(str(one['repeats']) for one in found)} runs")


def _seconds(spent: dict[str, float]) -> str:
    return f"{spent['wall']:.2f} ({spent['cpu']:.2f})"


def _times(spent: dict[str, float], least: dict[str, float]) -> str:
    return f"{spent['wall'] / least['wall']:.1f} ({spent['cpu'] / least['cpu']:.1f})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", choices=[*CASES], help="one line only")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    for step in ("make", "measure"):
        parser.add_argument(f"--{step}", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.make:
        chosen.make.mkdir()
        make_files(chosen.make, CASES[chosen.case])
        return
    if chosen.measure:
        print(json.dumps(measure(chosen.measure, CASES[chosen.case]), default=vars))
        return
    cases = [CASES[chosen.case]] if chosen.case else [*CASES.values()]
    with tempfile.TemporaryDirectory() as name:
        found = [in_processes(Path(name) / case.name, case) for case in cases]
    if chosen.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    show(Console(width=170), found)


if __name__ == "__main__":
    main()
