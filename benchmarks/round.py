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
from collections import defaultdict
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any, ClassVar
from unittest.mock import patch

from rich.console import Console
from rich.table import Table
from sqlalchemy import event, insert, select
from sqlmodel import SQLModel

from craftsman.actions import stages
from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.views import StageView
from craftsman.actions.workplace import Workplace
from craftsman.demo.hand import Stagehand
from craftsman.demo.setup import demo_settings, make_hand, make_workplace
from craftsman.demo.walk import walk
from craftsman.programme.load import load_programme
from craftsman.programme.programme import Programme
from craftsman.sample.people import COUNTS
from craftsman.services.prefect_server import PrefectServer
from craftsman.store.engine import make_engine, transaction
from craftsman.store.migrate import migrate
from flows.inprocess import advance_here, recorded_at

SLUG, YEAR = "hebei-great-craftsman", 2026
DEMO, LARGE = 139, 1000
EXPERTS = {LARGE: 50}
REPEATS = {DEMO: 3, LARGE: 1}
BEFORE = "set-up"

Call = Callable[[], Any]


@dataclass
class Spent:
    """What the calls of one act came to: user CPU and wall seconds, statements sent to the database."""

    calls: int = 0
    cpu: float = 0.0
    wall: float = 0.0
    statements: int = 0
    most: int = 0


@dataclass
class Meter:
    """Time and statements by stage and act; also the quiet show that the walk asks for."""

    stage_key: str = BEFORE
    sent: int = 0
    total: Spent = field(default_factory=Spent)
    spent: dict[tuple[str, str], Spent] = field(default_factory=lambda: defaultdict(Spent))

    def watch(self, place: Workplace) -> None:
        """Count what this workplace sends to its database (an executemany is one)."""
        event.listen(place.engine, "before_cursor_execute", self._count)

    def _count(self, *_: object) -> None:
        self.sent += 1

    def time(self, name: str, call: Call, stage: str | None = None) -> Any:
        """Make a call and book it under its stage and name."""
        with self.booking(self.spent[stage or self.stage_key, name]):
            return call()

    @contextmanager
    def booking(self, one: Spent) -> Generator[None]:
        """Add what the block takes."""
        before, cpu, wall = self.sent, user_seconds(), time.perf_counter()
        yield
        one.calls += 1
        one.cpu += user_seconds() - cpu
        one.wall += time.perf_counter() - wall
        one.statements += self.sent - before
        one.most = max(one.most, self.sent - before)

    @contextmanager
    def stage(self, view: StageView) -> Generator[Callable[[int], None]]:
        """Whatever is done now belongs to this stage."""
        self.stage_key = view.run.key
        yield lambda _: None

    def by_stage(self) -> dict[str, float]:
        """User CPU seconds of each stage, in the order of the round."""
        sums: dict[str, float] = defaultdict(float)
        for (stage, _), one in self.spent.items():
            sums[stage] += one.cpu
        return dict(sums)


class Timed(Stagehand):
    """A stagehand that books what people do, and drives the steps between their acts as the flows do."""

    meter: ClassVar[Meter]

    def do(self, login: str, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Book the act, with its transaction."""
        return self.meter.time(act.__name__, lambda: super(Timed, self).do(login, act, *args, **kwargs))

    def advance(self) -> None:
        """Run the requested steps: a transaction per act, as in the flows."""
        act = Act(SYSTEM, self.place.now(), self.place)
        step = self._in_transaction(stages.claim, act, self.round_key)
        while step is not None:
            step = self._run(act, step)

    def _run(self, act: Act, step: stages.Step) -> stages.Step | None:
        def timed(work: Callable[..., Any], *args: object) -> Any:
            return self.meter.time(work.__name__, partial(self._in_transaction, work, act, step, *args), step.stage_key)

        if step.phase == "close":
            return timed(stages.finish_closing)
        for batch in timed(stages.prepare):
            timed(stages.do_batch, batch)
        return timed(stages.finish_opening)

    def _in_transaction(self, work: Callable[..., Any], act: Act, *args: object) -> Any:
        with transaction(self.place.engine) as session:
            return work(session, act, *args)


class TimedByFlows(Timed):
    """The same through Prefect's flows."""

    def advance(self) -> None:
        """Run the annual round's flow to the next gate."""
        state = self.meter.time("flow", lambda: advance_here(self.place, self.round_key))
        assert state.is_completed(), state


def user_seconds() -> float:
    """User CPU seconds of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def scaled(programme: Programme, people: int) -> Programme:
    """The same selection with quotas for at least so many people."""
    factor = max(Fraction(1), Fraction(people, sum(programme.plan.quotas.values())))
    quotas = {code: ceil(quota * factor) for code, quota in programme.plan.quotas.items()}
    return programme.model_copy(update={"plan": programme.plan.model_copy(update={"quotas": quotas})})


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
        table.add_row(key, f"{seconds:.2f}", *([f"{flows['stages'][key]:.2f}"] if flows else []))
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
