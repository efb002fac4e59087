"""What auditing costs: `python benchmarks/audit.py [--case append|portal] [--rate 200] [--seconds 30] [--json]`.

`append`: an act with its event against the bare write, 2,000 of each, on SQLite and PostgreSQL. `portal`: 500 reviewers
score through the portal, a process of its own on a SQLite file; half of the requests open a sheet, half hand one in,
and each latency counts from the instant at which the request was due. All people are fictitious. Nothing is asserted.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.appending import Appending, appending_on_postgresql, appending_on_sqlite
from benchmarks.portal_load import Load, portal_load

GOALS = {"append": 1, "portal": 100}


def append_case() -> list[dict[str, Any]]:
    """Milliseconds of the acts on both databases."""
    with tempfile.TemporaryDirectory() as name:
        found = [appending_on_sqlite(Path(name)), appending_on_postgresql()]
    return [line for one in found for line in _append_lines(one)]


def _append_lines(one: Appending) -> list[dict[str, Any]]:
    measured = {"bare write": one.bare, "write with its event": one.whole, "appending alone": one.alone}
    return [{"name": f"{one.database}: {name}", **quantiles(taken)} for name, taken in measured.items()]


def portal_case(rate: float, seconds: float) -> list[dict[str, Any]]:
    """Milliseconds of the requests by kind, what went wrong, what was lost, and the portal's CPU for each."""
    with tempfile.TemporaryDirectory() as name:
        load = portal_load(Path(name) / "data", rate, seconds)
    taken = load.tally.taken
    everything = [one for of_kind in taken.values() for one in of_kind]
    lines = [{"name": name, **quantiles(of_kind)} for name, of_kind in taken.items()]
    return [*lines, {"name": "all", **quantiles(everything), **_outcome(load, len(everything))}]


def _outcome(load: Load, requests: int) -> dict[str, Any]:
    return {
        "errors": len(load.tally.errors),
        "lost": load.lost,
        "cpu_ms": round(1000 * load.cpu / max(requests, 1), 2),
    }


def quantiles(taken: Sequence[float]) -> dict[str, Any]:
    """Count, median, 99th percentile and maximum in milliseconds."""
    ordered = sorted(taken) or [0.0]
    at = {"p50": len(ordered) // 2, "p99": int(len(ordered) * 0.99), "max": len(ordered) - 1}
    return {"count": len(taken), **{name: round(1000 * ordered[place], 2) for name, place in at.items()}}


def show(found: dict[str, list[dict[str, Any]]]) -> None:
    """Print a table for each case."""
    for case, lines in found.items():
        table = Table(title=f"{case}: ms (goal p99 ≤ {GOALS[case]})", title_justify="left")
        columns = list(dict.fromkeys(name for line in lines for name in line))
        for column in columns:
            table.add_column(column, justify="left" if column == "name" else "right")
        for line in lines:
            table.add_row(*(str(line.get(column, "")) for column in columns))
        Console(width=120).print(table)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", choices=GOALS, help="one case only")
    parser.add_argument("--rate", type=float, default=200, help="requests offered in a second")
    parser.add_argument("--seconds", type=float, default=30, help="how long they are offered")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    chosen = parser.parse_args()
    found: dict[str, list[dict[str, Any]]] = {}
    for case in [chosen.case] if chosen.case else GOALS:
        found[case] = append_case() if case == "append" else portal_case(chosen.rate, chosen.seconds)
    if chosen.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    show(found)


if __name__ == "__main__":
    main()
