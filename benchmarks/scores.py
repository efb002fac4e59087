"""How long scores take: `python benchmarks/scores.py [--json]`.

Ranking is measured from the judges' totals to places (trimmed means, exact, tie-breaks by two criteria); sheets go
through the act, audited, into a SQLite file. All people are fictitious; nothing is asserted.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlmodel import Session, col, select

from benchmarks.meter import user_seconds
from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.review import submit_sheets
from craftsman.actions.sheets import SheetIn
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.rules.comparing import rescaled, standardised
from craftsman.rules.ranking import TieBreak, rank
from craftsman.rules.robustness import Contender, Terms, robustness
from craftsman.rules.scoring import aggregate, combine
from craftsman.settings import Settings
from craftsman.store.engine import make_engine, reading, transaction
from craftsman.store.migrate import migrate
from craftsman.store.secrets import create_keys, load_keys
from models import Account, Assignment, StageEntry
from tests.actions.judging import SCORE_KEYS, mark, small_programme
from tests.driver import drive
from tests.factories import NOW, make_account, make_nomination, make_round

SEED = 2018
BULK = 5000


Spent = tuple[float, float]
"""Wall and user CPU seconds."""


@dataclass(frozen=True)
class Line:
    """One line of the table; `goal` in words."""

    name: str
    spent: Spent
    goal: str
    repeats: int


@dataclass(frozen=True)
class Standing:
    """A candidate with composite and two criteria to break ties by."""

    composite: Fraction
    skill: Fraction
    innovation: Fraction


CHAIN = [
    TieBreak[Standing]("总分", lambda one: one.composite),
    TieBreak[Standing]("技能技艺", lambda one: one.skill),
    TieBreak[Standing]("创新创效", lambda one: one.innovation),
]


def timed(call: Callable[[], Any], repeats: int) -> Spent:
    """The medians of so many runs."""
    return medians([once(call) for _ in range(repeats)])


def once(call: Callable[[], Any]) -> Spent:
    """What one call takes."""
    wall, cpu = time.perf_counter(), user_seconds()
    call()
    return time.perf_counter() - wall, user_seconds() - cpu


def medians(runs: Sequence[Spent]) -> Spent:
    """The medians of wall and of CPU."""
    return median(wall for wall, _ in runs), median(cpu for _, cpu in runs)


def totals_of(candidates: int, judges: int) -> list[list[Fraction]]:
    """Weighted totals in hundredths of a point, with fractions of them as weights make them."""
    rng = Random(SEED)
    return [[Fraction(rng.randint(120_000, 200_000), 20) for _ in range(judges)] for _ in range(candidates)]


def ranked(panels: list[list[Fraction]]) -> None:
    """Trimmed means, weighed with an earlier stage, to places."""
    standings = [
        Standing(combine([(aggregate(panel, method="trimmed_mean").value, 60), (panel[0], 40)]), panel[1], panel[2])
        for panel in panels
    ]
    rank(standings, chain=CHAIN)


def ranking(candidates: int, judges: int, goal: str, repeats: int) -> Line:
    """Time one ranking."""
    panels = totals_of(candidates, judges)
    return Line(f"rank {candidates:,} × {judges}", timed(lambda: ranked(panels), repeats), goal, repeats)


def standardising() -> Line:
    """Time z-scores and their ranking."""
    panels = {
        str(case): {str(judge): total for judge, total in enumerate(panel)}
        for case, panel in enumerate(totals_of(1000, 5))
    }

    def run() -> None:
        ranked([[rescaled(z) for z in row.values()] for row in standardised(panels).values()])

    return Line("z-scores and rank 1,000 × 5", timed(run, 5), "–", 5)


def trying() -> Line:
    """Time the robustness of a stage of the usual size."""
    field = [
        Contender(str(case), {str(judge): total for judge, total in enumerate(panel)})
        for case, panel in enumerate(totals_of(300, 5))
    ]
    terms = Terms("trimmed_mean", 5, 100, 60)
    return Line(
        "robustness of 300 × 5, 200 drawings", timed(lambda: robustness(field, terms, seed="x", draws=200), 3), "–", 3
    )


def sheets_lines(folder: Path) -> list[Line]:
    """Time sheets through the act: 5,000 of fifty judges in bulk, and single ones."""
    place = _open(folder)
    with reading(place.engine) as session:
        logins = sorted(set(session.exec(select(Account.login).join(Assignment)).all()))
        work = {login: _sheets(session, login) for login in logins}
    last, *others = logins

    def all_but_one() -> None:
        for login in others:
            _hand_in(place, login, work[login])

    bulk = once(all_but_one)
    single = [once(partial(_hand_in, place, last, [one])) for one in work[last][:40]]
    number = sum(len(work[login]) for login in others)
    return [
        Line(f"{number:,} audited sheets of {len(others)} judges", bulk, "1 s for 5,000", 1),
        Line("one sheet through the act", medians(single), "5 ms", len(single)),
    ]


def _hand_in(place: Workplace, login: str, sheets: Sequence[SheetIn]) -> None:
    with transaction(place.engine) as session:
        submit_sheets(session, Act(actor_by_login(session, login), NOW, place), sheets)


def _sheets(session: Session, login: str) -> list[SheetIn]:
    query = select(Assignment.id).join(Account).where(Account.login == login).order_by(col(Assignment.id))
    rng = Random(login)
    return [SheetIn(key or 0, mark(SCORE_KEYS, rng.randint(70, 95)), "符合事实") for key in session.exec(query).all()]


def _open(folder: Path) -> Workplace:
    settings = Settings(data_dir=folder, database_url="", key_file=None)
    create_keys(settings.keys)
    place = Workplace(settings, make_engine(settings.url), load_keys(settings.keys))
    migrate(place.engine)
    round_ = make_round(place, small_programme())
    judges, cases = 51, BULK * 51 // 50 // 5
    with transaction(place.engine) as session:
        accounts = [
            make_account(session, f"expert{number:02d}", "expert", name=f"张{number}") for number in range(judges)
        ]
        run_id = stage_by_key(session, round_.id or 0, "score").run_id
        for number in range(cases):
            made = make_nomination(session, round_, number)
            session.add(StageEntry(stage_run_id=run_id, nomination_id=made.id or 0))
            for step in range(5):
                account = accounts[(number * 5 + step) % judges].account
                session.add(Assignment(stage_run_id=run_id, nomination_id=made.id or 0, account_id=account))
    drive(place, round_.key, NOW)
    return place


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found = [
            *sheets_lines(Path(name)),
            ranking(1000, 5, "50 ms", 9),
            ranking(100_000, 9, "2 s", 3),
            standardising(),
            trying(),
        ]
    if chosen.json:
        print(json.dumps([vars(line) for line in found], ensure_ascii=False, indent=2))
        return
    table = Table(title="scores: wall time, median of the runs", title_justify="left")
    for heading in ("what", "wall ms", "user CPU ms", "goal", "runs"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for line in found:
        table.add_row(line.name, *(f"{1000 * one:,.1f}" for one in line.spent), line.goal, str(line.repeats))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
