"""An empty database, migrated once in each process."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from craftsman.store.engine import make_engine
from craftsman.store.migrate import migrate


@cache
def empty_database() -> bytes:
    """A SQLite file with all tables."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        engine = make_engine(f"sqlite:///{file}")
        migrate(engine)
        engine.dispose()
        return file.read_bytes()
