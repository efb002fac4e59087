"""What an import cannot do without: reading its files, and writing its rows."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, insert, select
from sqlmodel import SQLModel

from benchmarks.meter import Meter, Spent
from craftsman.store.engine import make_engine
from craftsman.store.migrate import migrate
from craftsman.workbook.columns import MAIN_SHEET


def floor(folder: Path, files: Sequence[Path], *, bare: bool) -> Spent:
    """Read the files with calamine; insert the rows of a finished import into empty tables of the same kind."""
    meter, spent = Meter(), Spent()
    with meter.booking(spent):
        for path in files:
            cells(path)
    source = make_engine(f"sqlite:///{folder / 'craftsman.db'}")
    target = make_engine(f"sqlite:///{folder / ('bare.db' if bare else 'floor.db')}")
    migrate(target)
    (_insert_bare if bare else _insert)(meter, spent, source, target)
    source.dispose()
    target.dispose()
    return spent


def _insert(meter: Meter, spent: Spent, source: Engine, target: Engine) -> None:
    """One bulk insert for each table, as a program writes it."""
    with source.connect() as reader, target.connect().execution_options(writing=True) as writer:
        for table in SQLModel.metadata.sorted_tables:
            rows = [dict(row) for row in reader.execute(select(table)).mappings()]
            with meter.booking(spent):
                if rows:
                    writer.execute(insert(table), rows)
        with meter.booking(spent):
            writer.commit()


def _insert_bare(meter: Meter, spent: Spent, source: Engine, target: Engine) -> None:
    """The same by the database's driver alone, from values that are ready to be stored."""
    reader, writer = source.raw_connection(), target.raw_connection()
    writer.cursor().execute("BEGIN IMMEDIATE")
    for table in SQLModel.metadata.sorted_tables:
        rows = reader.cursor().execute(f'SELECT * FROM "{table.name}"').fetchall()
        marks = ",".join("?" * len(table.columns))
        with meter.booking(spent):
            writer.cursor().executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', rows)
    with meter.booking(spent):
        writer.commit()


def cells(path: Path) -> list[list[Any]]:
    """All cells of a workbook's main sheet, by calamine."""
    with CalamineWorkbook.from_filelike(BytesIO(path.read_bytes())) as book:
        return book.get_sheet_by_name(MAIN_SHEET).to_python(skip_empty_area=False)
