"""What score sheets take through the act, audited, into a SQLite file; all people are fictitious."""

import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random

from sqlmodel import Session, col, select

from benchmarks.timing import Line, Taken, line, once
from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.review import submit_sheets
from craftsman.actions.sheets import SheetIn
from craftsman.actions.views import stage_by_key
from craftsman.actions.workplace import Workplace
from craftsman.settings import Settings
from craftsman.store.engine import make_engine, reading, transaction
from craftsman.store.migrate import migrate
from craftsman.store.secrets import create_keys, load_keys
from models import Account, Assignment, StageEntry
from tests.actions.judging import SCORE_KEYS, mark, small_programme
from tests.driver import drive
from tests.factories import NOW, make_account, make_nomination, make_round

JUDGES, CASES, PANEL = 51, 1020, 5
SINGLE = 40
REPEATS = 3


def sheets_lines(folder: Path) -> list[Line]:
    """Sheets of fifty judges, each in one act, and single ones of one more judge."""
    fill(folder / "full", JUDGES, CASES, PANEL)
    runs: list[tuple[Taken, list[Taken]]] = []
    for number in range(REPEATS):
        shutil.copytree(folder / "full", folder / str(number))
        runs.append(_hand_in_all(place_of(folder / str(number))))
    number = CASES * PANEL * (JUDGES - 1) // JUDGES
    return [
        line(f"{number:,} audited sheets of {JUDGES - 1} judges", [bulk for bulk, _ in runs], 1000),
        line("one sheet through the act", [one for _, single in runs for one in single], 5),
    ]


def _hand_in_all(place: Workplace) -> tuple[Taken, list[Taken]]:
    with reading(place.engine) as session:
        logins = sorted(set(session.exec(select(Account.login).join(Assignment)).all()))
        work = {login: _sheets(session, login) for login in logins}
    last, *others = logins

    def all_but_one() -> None:
        for login in others:
            _hand_in(place, login, work[login])

    bulk = once(all_but_one)
    single = [once(partial(_hand_in, place, last, [one])) for one in work[last][:SINGLE]]
    place.engine.dispose()
    return bulk, single


def _hand_in(place: Workplace, login: str, sheets: Sequence[SheetIn]) -> None:
    with transaction(place.engine) as session:
        submit_sheets(session, Act(actor_by_login(session, login), NOW, place), sheets)


def _sheets(session: Session, login: str) -> list[SheetIn]:
    query = select(Assignment.id).join(Account).where(Account.login == login).order_by(col(Assignment.id))
    rng = Random(login)
    return [SheetIn(key or 0, mark(SCORE_KEYS, rng.randint(70, 95)), "符合事实") for key in session.exec(query).all()]


def place_of(folder: Path) -> Workplace:
    """The installation kept in a folder."""
    settings = Settings(data_dir=folder, database_url="", key_file=None)
    return Workplace(settings, make_engine(settings.url), load_keys(settings.keys))


def fill(folder: Path, judges: int, cases: int, panel: int) -> None:
    """A round in the middle of its scoring (expert000 …); the file is closed when this returns."""
    create_keys(Settings(data_dir=folder, database_url="", key_file=None).keys)
    place = place_of(folder)
    migrate(place.engine)
    round_ = make_round(place, small_programme())
    with transaction(place.engine) as session:
        accounts = [
            make_account(session, f"expert{number:03d}", "expert", name=f"张{number}") for number in range(judges)
        ]
        run_id = stage_by_key(session, round_.id or 0, "score").run_id
        for number in range(cases):
            made = make_nomination(session, round_, number)
            session.add(StageEntry(stage_run_id=run_id, nomination_id=made.id or 0))
            for step in range(panel):
                account = accounts[(number * panel + step) % judges].account
                session.add(Assignment(stage_run_id=run_id, nomination_id=made.id or 0, account_id=account))
    drive(place, round_.key, NOW)
    place.engine.dispose()
