"""How long the review's arithmetic takes: `python benchmarks/review.py [--json]`.

Panels are assigned from matrices in memory, on one core; seconds are medians of a few runs, wall and (CPU). `proof`
is the check of the certificate of optimality over all pairs, which does not know the solver. Nothing is asserted.
"""

import argparse
import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.assignment import SIZES, measure


def show(console: Console, found: Sequence[dict[str, Any]]) -> None:
    """Print the table of assignments."""
    table = Table(title="Panels assigned to the optimum: wall (CPU) seconds", title_justify="left")
    for column in ("cases×experts×k", "arrays", "solve", "both", "goal", "proof", "proved", "fitting seats", "spread"):
        table.add_column(column, justify="right")
    for one in found:
        both = {kind: one["build"][kind] + one["assign"][kind] for kind in ("wall", "cpu")}
        steps = [_seconds(spent) for spent in (one["build"], one["assign"], both)]
        fitting = f"{one['fit'] / one['seats']:.1%}"
        proof = [_seconds(one["check"]), "yes" if one["holds"] else "NO"]
        table.add_row(one["size"], *steps, f"≤ {one['goal']:g}", *proof, fitting, str(one["spread"]))
    console.print(table)


def _seconds(spent: dict[str, float]) -> str:
    return f"{spent['wall']:.3f} ({spent['cpu']:.3f})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    chosen = parser.parse_args()
    found = [measure(size) for size in SIZES]
    if chosen.json:
        print(json.dumps({"assignment": found}, ensure_ascii=False, indent=2))
        return
    show(Console(width=150), found)


if __name__ == "__main__":
    main()
