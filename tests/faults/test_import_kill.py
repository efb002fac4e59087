"""Kill -9 in the midst of an import: all of the workbook is there or nothing of it, and it can be taken in again."""

import multiprocessing
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel, func, select

from craftsman.actions.workplace import Workplace, open_workplace
from craftsman.audit import log
from craftsman.settings import Settings
from craftsman.store.engine import reading
from craftsman.store.migrate import migrate
from craftsman.store.secrets import create_keys
from models import AuditEvent, ImportBatch, Message, Nomination, NominationChannel, Person
from tests.actions.opened import larger, open_intake, person, right_book
from tests.faults.import_killed import FILE, STAFF, take_in, take_in_and_die

ROWS = 1000
NOTHING, ALL = (0, 0, 0, 0, 0, False), (ROWS, ROWS, ROWS, ROWS, 1, True)
IN_CHECKING = ("row.0", "row.500", f"row.{ROWS - 1}")
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([take_in.__module__])


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an installation whose round takes nominations, and a workbook to take in."""
    folder = tmp_path_factory.mktemp("opened") / "data"
    programme, settings = larger(ROWS), Settings(data_dir=folder)
    create_keys(settings.keys)
    place = open_workplace(settings)
    migrate(place.engine)
    open_intake(place, programme)
    person(place, STAFF, "staff")
    place.engine.dispose()
    (folder / FILE).write_bytes(right_book(programme, ROWS))
    return folder


@pytest.fixture
def folder(opened: Path, tmp_path: Path) -> Path:
    """A copy of that folder for this test alone."""
    return shutil.copytree(opened, tmp_path / "data")


@pytest.mark.slow
def test_killed_anywhere_is_all_or_nothing(opened: Path, tmp_path: Path) -> None:
    """At each statement of the transaction, in the checking before it, and on both sides of the commit."""
    points = points_of(shutil.copytree(opened, tmp_path / "undisturbed"))
    found = {point: left_by_kill(shutil.copytree(opened, tmp_path / point), point) for point in points}
    assert len(found) > 20
    assert found == {point: ALL if point == "commit.after" else NOTHING for point in points}


def test_killed_while_it_writes_is_all_or_nothing(folder: Path) -> None:
    """From outside, at the first sign of the log file growing, inside of the commit or wherever that is."""
    process = PROCESSES.Process(target=take_in_and_die, args=(folder, "never"))
    process.start()
    written = folder / "craftsman.db-wal"
    while process.is_alive() and not (written.exists() and written.stat().st_size > 0):
        pass
    process.kill()
    process.join()
    assert kept(folder) in {NOTHING, ALL}
    take_in(folder, lambda _: None)
    assert kept(folder) == ALL


def points_of(folder: Path) -> list[str]:
    """Every point of an undisturbed import, of the rows only some."""
    met: list[str] = []
    assert take_in(folder, met.append).created == ROWS
    return [point for point in met if not point.startswith("row.") or point in IN_CHECKING]


def left_by_kill(folder: Path, point: str) -> tuple[int | bool, ...]:
    """What a killed import leaves; after it the same workbook is taken in, and everything is there once."""
    process = PROCESSES.Process(target=take_in_and_die, args=(folder, point))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    left = kept(folder)
    report = take_in(folder, lambda _: None)
    assert (report.created, report.repeated, kept(folder)) == (0 if left == ALL else ROWS, left == ALL, ALL)
    return left


def kept(folder: Path) -> tuple[int | bool, ...]:
    """Counts of what an import writes, and whether there is a letter; the history must hold whatever happened."""
    place = open_workplace(Settings(data_dir=folder))
    with reading(place.engine) as session:
        assert list(log.verify(log.rows_of(session))) == []
        acts = session.exec(select(AuditEvent.act)).all()
    created = sum(act == "nomination.created" for act in acts)
    people, nominations, ways, batches, letters = counts(place)
    place.engine.dispose()
    return people, nominations, ways, created, batches, letters > 0


def counts(place: Workplace) -> Iterator[int]:
    """The rows of each table that an import writes to."""
    tables: list[type[SQLModel]] = [Person, Nomination, NominationChannel, ImportBatch, Message]
    with reading(place.engine) as session:
        yield from [session.exec(select(func.count()).select_from(table)).one() for table in tables]
