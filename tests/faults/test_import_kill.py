"""Kill -9 in the midst of an import: all of the workbook is there or nothing of it, and it can be taken in again."""

import multiprocessing
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

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

# so many that their writing takes a while; and enough to be killed in their midst at each point
MANY, FEW = 1000, 100
NOTHING = (0, 0, 0, 0, 0, False)
IN_CHECKING = ("row.0", f"row.{FEW // 2}", f"row.{FEW - 1}")
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([take_in.__module__])


def opened(folder: Path, rows: int) -> Path:
    """The data folder of an installation whose round takes nominations, and a workbook of so many rows to take in."""
    programme, settings = larger(rows), Settings(data_dir=folder)
    create_keys(settings.keys)
    place = open_workplace(settings)
    migrate(place.engine)
    open_intake(place, programme)
    person(place, STAFF, "staff")
    place.engine.dispose()
    (folder / FILE).write_bytes(right_book(programme, rows))
    return folder


def whole(rows: int) -> tuple[int | bool, ...]:
    """What an import of so many rows leaves."""
    return (rows, rows, rows, rows, 1, True)


def test_killed_anywhere_is_all_or_nothing(tmp_path: Path) -> None:
    """At each statement of the transaction, in the checking before it, and on both sides of the commit."""
    before = opened(tmp_path / "opened", FEW)
    points = points_of(shutil.copytree(before, tmp_path / "undisturbed"))
    found = {point: left_by_kill(shutil.copytree(before, tmp_path / point), point) for point in points}
    assert len(found) > 20
    assert found == {point: whole(FEW) if point == "commit.after" else NOTHING for point in points}


def test_killed_while_it_writes_is_all_or_nothing(tmp_path: Path) -> None:
    """From outside, at the first sign of the log file growing, inside of the commit or wherever that is."""
    folder = opened(tmp_path / "opened", MANY)
    process = PROCESSES.Process(target=take_in_and_die, args=(folder, "never"))
    process.start()
    written = folder / "craftsman.db-wal"
    while process.is_alive() and not (written.exists() and written.stat().st_size > 0):
        pass
    process.kill()
    process.join()
    assert kept(folder) in {NOTHING, whole(MANY)}
    take_in(folder, lambda _: None)
    assert kept(folder) == whole(MANY)


def points_of(folder: Path) -> list[str]:
    """Every point of an undisturbed import, of the rows only some."""
    met: list[str] = []
    assert take_in(folder, met.append).created == FEW
    return [point for point in met if not point.startswith("row.") or point in IN_CHECKING]


def left_by_kill(folder: Path, point: str) -> tuple[int | bool, ...]:
    """What a killed import leaves; after it the same workbook is taken in, and everything is there once."""
    process = PROCESSES.Process(target=take_in_and_die, args=(folder, point))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    left = kept(folder)
    report = take_in(folder, lambda _: None)
    there = left == whole(FEW)
    assert (report.created, report.repeated, kept(folder)) == (0 if there else FEW, there, whole(FEW))
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
