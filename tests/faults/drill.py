"""The restore drill: a backup while people work, the database destroyed, the backup put back and checked.

What came after the backup is lost, and told: the checkpoint kept elsewhere before it holds, one from after it does not.
"""

import subprocess
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from craftsman.actions.acting import Act, actor_by_login
from craftsman.actions.backup import back_up, check_restored
from craftsman.actions.checkpoints import make_checkpoint
from craftsman.actions.ties import TieIn, declare_tie
from craftsman.actions.workplace import Workplace
from craftsman.store.backup import put_back
from craftsman.store.engine import reading, transaction
from models import AuditEvent, Checkpoint, Round, TieKind
from tests.driver import drive
from tests.factories import make_account
from tests.faults.part import Found
from tests.small_round import EXPERTS, KEY, open_small_round, people_act, standing

ACTS = 10
BREATH = 0.05
REWRITES = ("UPDATE audit_event SET act = 'x'", "DELETE FROM audit_event", "UPDATE sealed_result SET body = '{}'")


class Writers:
    """Experts who go on telling their ties, each act in its own transaction, until they are stopped."""

    def __init__(self, place: Workplace) -> None:
        self.place, self.stopped, self.numbers = place, Event(), count()
        self.acknowledged: list[tuple[float, str]] = []
        with reading(place.engine) as session:
            self.round_id = session.exec(select(Round.id).where(Round.key == KEY)).one() or 0

    def write(self, login: str) -> None:
        """Work as this expert."""
        while not self.stopped.is_set():
            request = f"tie-{next(self.numbers)}"
            with transaction(self.place.engine) as session:
                act = Act(actor_by_login(session, login), self.place.now(), self.place, request_id=request)
                told = TieIn(kind=TieKind.SHARED_WORK, note="共同专利", number=request, year=2024)
                declare_tie(session, act, self.round_id, told)
            self.acknowledged.append((time.monotonic(), request))
            time.sleep(BREATH)

    def await_acts(self, number: int) -> None:
        """Wait until there are so many more."""
        enough = len(self.acknowledged) + number
        while len(self.acknowledged) < enough and not self.stopped.is_set():
            time.sleep(0.01)


def run_drill(place: Workplace, folder: Path, *, seed: int) -> Found:
    """Back up while three people write, destroy, restore, check."""
    found, file = Found(seed), folder / "backup"
    _to_the_notice(place)
    with _writing(place) as writers:
        writers.await_acts(ACTS)
        kept_elsewhere = _checkpoint(place)
        before = [request for _, request in list(writers.acknowledged)]
        with reading(place.engine) as session:
            act = Act(actor_by_login(session, "admin"), place.now(), place)
        back_up(act, file)
        writers.await_acts(ACTS)
        too_late = _checkpoint(place)
    destroyed = time.monotonic()
    _destroy(place)
    _restore(place, file)
    problems = check_restored(place, kept_elsewhere).problems
    seconds = time.monotonic() - destroyed
    told = check_restored(place, too_late).problems
    requests = _requests(place)
    gone = [at for at, request in writers.acknowledged if request not in requests]
    found.points = len(writers.acknowledged)
    found.lost = len(set(before) - requests)
    found.problems = [*problems, *_rewritable(place)]
    found.problems += [] if any("备份早于检查点" in line for line in told) else ["the later checkpoint told nothing"]
    window = destroyed - min(gone, default=destroyed)
    found.notes.append(
        f"{place.engine.dialect.name}: RPO {window:.2f} s ({len(gone)} acts after the backup), RTO {seconds:.1f} s"
    )
    return found


def _to_the_notice(place: Workplace) -> None:
    """A small round with sealed rankings."""
    open_small_round(place)
    with transaction(place.engine) as session:
        make_account(session, "admin", "admin")
    while (run := standing(place)) is not None and run.kind != "notice":
        drive(place, KEY, place.now())
        people_act(place)


@contextmanager
def _writing(place: Workplace) -> Generator[Writers]:
    writers = Writers(place)
    with ThreadPoolExecutor(len(EXPERTS)) as threads:
        done = [threads.submit(writers.write, login) for login in EXPERTS]
        for one in done:
            # who fails stops all: nobody waits for acts that never come
            one.add_done_callback(lambda _: writers.stopped.set())
        try:
            yield writers
        finally:
            writers.stopped.set()
    for one in done:
        one.result()


def _checkpoint(place: Workplace) -> str:
    with transaction(place.engine) as session:
        make_checkpoint(session, Act(actor_by_login(session, "admin"), place.now(), place))
    with reading(place.engine) as session:
        return session.exec(select(Checkpoint.note).order_by(col(Checkpoint.size).desc())).first() or ""


def _destroy(place: Workplace) -> None:
    place.engine.dispose()
    if place.engine.dialect.name == "sqlite":
        database = Path(place.engine.url.database or "")
        for file in database.parent.glob(f"{database.name}*"):
            file.unlink()
        return
    with place.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    place.engine.dispose()


def _restore(place: Workplace, file: Path) -> None:
    if place.engine.dialect.name == "sqlite":
        put_back(file, Path(place.engine.url.database or ""))
        return
    url = place.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    command = ["pg_restore", "--clean", "--if-exists", f"--dbname={url}", str(file)]
    subprocess.run(command, check=True)


def _requests(place: Workplace) -> set[str]:
    with reading(place.engine) as session:
        return {one for one in session.exec(select(AuditEvent.request_id)).all() if one}


def _rewritable(place: Workplace) -> list[str]:
    """Which rewriting of what only grows is let through; it is taken back."""
    let_through: list[str] = []
    for statement in REWRITES:
        with place.engine.connect() as connection, connection.begin() as trial:
            try:
                connection.execute(text(statement))
            except DBAPIError:
                continue
            finally:
                trial.rollback()
            let_through.append(f"let through: {statement}")
    return let_through
