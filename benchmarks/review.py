"""How long the review takes: `python benchmarks/review.py [--case assignment|sheets|ranking] [--json]`.

Panels are assigned from matrices in memory, on one core; `proof` is the check of the certificate of optimality over all
pairs, which does not know the solver. Sheets go through the act into a SQLite file, with an event and a version each.
Ranking goes from the judges' totals to places. Times are medians of a few runs, wall and (user CPU). Nothing is
asserted.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.assignment import SIZES, measure
from benchmarks.ranking import ranking_lines
from benchmarks.sheets import sheets_lines
from benchmarks.timing import Line

CASES = ("assignment", "sheets", "ranking")


def run(case: str) -> list[dict[str, Any]]:
    """Measure one case."""
    if case == "assignment":
        return [measure(size) for size in SIZES]
    return [vars(line) for line in (ranking_lines() if case == "ranking" else _sheets())]


def _sheets() -> list[Line]:
    with tempfile.TemporaryDirectory() as name:
        return sheets_lines(Path(name))


def show(found: dict[str, list[dict[str, Any]]]) -> None:
    """Print a table of assignments, and one of all else."""
    console = Console(width=150)
    if "assignment" in found:
        console.print(_assignments(found["assignment"]))
    if lines := [line for case, lines in found.items() if case != "assignment" for line in lines]:
        console.print(_lines(lines))


def _assignments(found: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="panels assigned to the optimum: wall seconds (user CPU seconds)", title_justify="left")
    for column in ("cases×experts×k", "arrays", "solve", "both", "goal", "proof", "proved", "fitting seats", "spread"):
        table.add_column(column, justify="right")
    for one in found:
        both = {kind: one["build"][kind] + one["assign"][kind] for kind in ("wall", "cpu")}
        steps = [_seconds(spent) for spent in (one["build"], one["assign"], both)]
        fitting = f"{one['fit'] / one['seats']:.1%}"
        proof = [_seconds(one["check"]), "yes" if one["holds"] else "NO"]
        table.add_row(one["size"], *steps, f"≤ {one['goal']:g}", *proof, fitting, str(one["spread"]))
    return table


def _lines(found: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="sheets and ranking: wall ms (user CPU ms)", title_justify="left")
    for column in ("what", "took", "goal", "runs"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for one in found:
        goal = f"≤ {one['goal']:,}" if one["goal"] else "–"
        table.add_row(one["name"], f"{1000 * one['wall']:,.1f} ({1000 * one['cpu']:,.1f})", goal, str(one["runs"]))
    return table


def _seconds(spent: dict[str, float]) -> str:
    return f"{spent['wall']:.3f} ({spent['cpu']:.3f})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", choices=CASES, help="one case only")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    chosen = parser.parse_args()
    found = {case: run(case) for case in ([chosen.case] if chosen.case else CASES)}
    if chosen.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    show(found)


if __name__ == "__main__":
    main()
