"""How long likes take: `python benchmarks/likes.py [--likes 100000] [--json]`.

A table of likes is taken in through the act, audited, into a SQLite file; sent again; counted; and the stage's closing
decided. All people are fictitious; nothing is asserted.
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlmodel import Session

from benchmarks.meter import Meter
from craftsman.actions.kinds import work_of
from craftsman.actions.like_import import import_likes
from craftsman.actions.like_status import tally_status
from craftsman.actions.views import stage_view
from craftsman.actions.workplace import Workplace
from craftsman.settings import Settings
from craftsman.store.engine import make_engine, reading, transaction
from craftsman.store.migrate import migrate
from craftsman.store.secrets import create_keys, load_keys
from tests.actions.liking import LATER, acting, likes_run, opened_tally, table

CASES = 30
SEED = 2018


def workplace(folder: Path) -> Workplace:
    """A new installation with an open tally of thirty candidates."""
    create_keys(folder / "keys.json")
    url = f"sqlite:///{folder / 'likes.db'}"
    engine = make_engine(url)
    migrate(engine)
    place = Workplace(Settings(data_dir=folder, database_url=url), engine, load_keys(folder / "keys.json"))
    opened_tally(place, CASES)
    return place


def likes_table(count: int) -> bytes:
    """So many likes, one for each voter, over an hour."""
    chance = Random(SEED)
    return table(
        *(
            (f"08:{number * 60 // count:02d}", f"{chance.getrandbits(128):032x}", 1 + number % CASES)
            for number in range(count)
        )
    )


def measure(folder: Path, count: int) -> Meter:
    """Take a table in, send it again, count, and decide."""
    place, meter, content = workplace(folder), Meter(), likes_table(count)
    meter.watch(place)
    run, clerk = likes_run(place), acting(place, "clerk", LATER)

    def writing(act: Callable[[Session], Any]) -> None:
        with transaction(place.engine) as session:
            act(session)

    def looking(act: Callable[[Session], Any]) -> None:
        with reading(place.engine) as session:
            act(session)

    def take(session: Session) -> Any:
        return import_likes(session, clerk, run, content=content, file_name="likes.csv")

    meter.time("import", lambda: writing(take))
    meter.time("import again", lambda: writing(take))
    meter.time("count", lambda: looking(lambda session: tally_status(session, clerk, run)))
    meter.time("obstacles", lambda: looking(lambda one: work_of("tally").obstacles(one, clerk, stage_view(one, run))))
    meter.time("decide", lambda: looking(lambda one: work_of("tally").decide(one, clerk, stage_view(one, run))))
    return meter


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--likes", type=int, default=100_000, help="how many likes the table has")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found = measure(Path(name), chosen.likes)
    rows = [(name, one.wall, one.cpu, one.statements) for (_, name), one in found.spent.items()]
    if chosen.json:
        print(json.dumps([dict(zip(("act", "wall", "cpu", "statements"), row, strict=True)) for row in rows], indent=2))
        return
    shown = Table(title=f"{chosen.likes:,} likes of {CASES} candidates", title_justify="left")
    for heading in ("act", "wall s", "user CPU s", "statements"):
        shown.add_column(heading, justify="left" if heading == "act" else "right")
    for name, wall, cpu, statements in rows:
        shown.add_row(name, f"{wall:.2f}", f"{cpu:.2f}", str(statements))
    Console(width=120).print(shown)


if __name__ == "__main__":
    main()
