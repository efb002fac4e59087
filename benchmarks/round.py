"""How long a round takes: `python benchmarks/round.py [--people 139|1000] [--prefect] [--json]`.

The demo's scripted people play it, without Prefect, on a SQLite file. The figures are user CPU seconds of this process,
so that they mean the same on a busy machine; wall time stands beside them. Nothing is asserted.
"""

import argparse
import json
import logging
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, select
from sqlmodel import SQLModel

from benchmarks.hands import Timed, TimedByFlows
from benchmarks.meter import Meter, user_seconds
from benchmarks.scale import SLUG, YEAR, scaled
from craftsman.actions.workplace import Workplace
from craftsman.demo.setup import demo_settings, make_hand, make_workplace
from craftsman.demo.walk import walk
from craftsman.programme.load import load_programme
from craftsman.sample.people import COUNTS
from craftsman.services.prefect_server import PrefectServer
from craftsman.store.engine import make_engine, transaction
from craftsman.store.migrate import migrate
from flows.inprocess import recorded_at

DEMO, LARGE = 139, 1000
EXPERTS = {LARGE: 50}
REPEATS = {DEMO: 3, LARGE: 1}


def play(folder: Path, people: int, kind: type[Timed]) -> tuple[Meter, Workplace]:
    """Let a whole round happen in a new folder."""
    folder.mkdir(parents=True)
    meter = kind.meter = Meter()
    programme = scaled(load_programme(SLUG, YEAR), people)
    with meter.booking(meter.total):
        place = make_workplace(demo_settings(folder, smtp_port=9))
        meter.watch(place)
        with patch.dict(COUNTS, expert=EXPERTS.get(people, COUNTS["expert"])):
            hand, book = make_hand(place, programme, folder, people, kind)
        walk(hand, book, meter)
    return meter, place


def floor(place: Workplace, folder: Path) -> tuple[int, float]:
    """The rows of a finished round, and the user CPU seconds to insert them in bulk into an empty database."""
    engine = make_engine(f"sqlite:///{folder / 'floor.db'}")
    migrate(engine)
    tables = SQLModel.metadata.sorted_tables
    with place.engine.connect() as source:
        kept = [(table, [dict(row) for row in source.execute(select(table)).mappings()]) for table in tables]
    begun = user_seconds()
    with transaction(engine) as session:
        for table, rows in kept:
            if rows:
                session.connection().execute(insert(table), rows)
    spent = user_seconds() - begun
    engine.dispose()
    return sum(len(rows) for _, rows in kept), spent


def measure(folder: Path, people: int) -> dict[str, Any]:
    """Play the round as often as is worth while; medians of times, by stage and by act."""
    played = [play(folder / f"{people}-{number}", people, Timed) for number in range(REPEATS[people])]
    meters = [meter for meter, _ in played]
    rows, floors = zip(*(floor(place, place.settings.data_dir) for _, place in played), strict=True)
    total = median(meter.total.cpu for meter in meters)
    for _, place in played:
        place.engine.dispose()
    return {
        "people": people,
        "repeats": len(meters),
        "cpu": total,
        "wall": median(meter.total.wall for meter in meters),
        "statements": meters[0].sent,
        "rows": rows[0],
        "floor_cpu": median(floors),
        "times_floor": total / median(floors),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "stages": {key: median(meter.by_stage()[key] for meter in meters) for key in meters[0].by_stage()},
        "acts": [_act(meters, stage, name) for stage, name in meters[0].spent],
    }


def _act(meters: Sequence[Meter], stage: str, name: str) -> dict[str, Any]:
    times = [meter.spent[stage, name] for meter in meters]
    return {
        "stage": stage,
        "act": name,
        "calls": times[0].calls,
        "cpu": median(one.cpu for one in times),
        "wall": median(one.wall for one in times),
        "statements": times[0].statements / times[0].calls,
        "most_statements": times[0].most,
    }


def with_prefect(folder: Path) -> dict[str, Any]:
    """The demo's round through Prefect's flows; `server_cpu` is the embedded server's, its start included."""
    logging.getLogger("prefect").setLevel(logging.WARNING)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    begun = time.perf_counter()
    with PrefectServer(folder / "prefect", books_only=True) as server:
        started = time.perf_counter() - begun
        with recorded_at(server.api):
            meter, place = play(folder / "prefect-round", DEMO, TimedByFlows)
    place.engine.dispose()
    return {
        "start_wall": started,
        "cpu": meter.total.cpu,
        "wall": meter.total.wall,
        "server_cpu": resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before,
        "stages": meter.by_stage(),
    }


def show(console: Console, found: dict[str, Any], flows: dict[str, Any] | None) -> None:
    """Print what was measured of one size of round."""
    console.print(
        f"\n[bold]{found['people']} nominees[/bold], without Prefect, median of {found['repeats']}: "
        f"{found['cpu']:.2f} s user CPU ({found['wall']:.1f} s wall), {found['statements']} statements, "
        f"peak memory {found['peak_mb']:.0f} MB"
    )
    console.print(
        f"floor: the same {found['rows']} rows in one bulk insert and commit, {found['floor_cpu']:.3f} s; "
        f"the round takes {found['times_floor']:.0f} times that"
    )
    console.print(_stages(found, flows))
    if flows:
        whole = flows["cpu"] + flows["server_cpu"]
        console.print(
            f"through Prefect: {flows['cpu']:.2f} s here + {flows['server_cpu']:.2f} s in its server, "
            f"{1 - found['cpu'] / whole:.0%} of it Prefect's; {flows['wall']:.1f} s wall, "
            f"and {flows['start_wall']:.1f} s until the server answers"
        )
    console.print(_acts(found["acts"]))


def _stages(found: dict[str, Any], flows: dict[str, Any] | None) -> Table:
    table = _table("by stage, user CPU seconds", "stage", "without", *(["with Prefect"] if flows else []))
    for key, seconds in found["stages"].items():
        table.add_row(key, f"{seconds:.2f}", *([f"{flows['stages'].get(key, 0):.2f}"] if flows else []))
    return table


def _acts(acts: Sequence[dict[str, Any]]) -> Table:
    table = _table("by act", "stage", "act", "calls", "user CPU s", "wall s", "statements a call", "most")
    for one in acts:
        spent = (f"{one['cpu']:.3f}", f"{one['wall']:.3f}", f"{one['statements']:.0f}", str(one["most_statements"]))
        table.add_row(one["stage"], one["act"], str(one["calls"]), *spent)
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, justify="left" if column in {"stage", "act"} else "right")
    return table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, choices=sorted(REPEATS), help="one size only")
    parser.add_argument("--prefect", action="store_true", help="the demo's round through Prefect's flows too")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    chosen = parser.parse_args()
    sizes = [chosen.people] if chosen.people else sorted(REPEATS)
    with tempfile.TemporaryDirectory() as name:
        found = [measure(Path(name), people) for people in sizes]
        flows = with_prefect(Path(name)) if chosen.prefect and DEMO in sizes else None
    if chosen.json:
        print(json.dumps({"rounds": found, "prefect": flows}, ensure_ascii=False, indent=2))
        return
    console = Console(width=120)
    for one in found:
        show(console, one, flows if one["people"] == DEMO else None)


if __name__ == "__main__":
    main()
