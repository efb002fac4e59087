"""Our own connections to a SQLite file do no more than acts need, whatever statement reaches them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pysqlite3.dbapi2 import DatabaseError  # pyright: ignore[reportAttributeAccessIssue]
from sqlalchemy import Engine

from craftsman.audit.log import Entry, append
from craftsman.errors import Refused
from craftsman.settings import HOME
from craftsman.store import engine as store
from craftsman.store.authorizer import freed
from craftsman.store.engine import make_engine, transaction
from craftsman.store.growing import GROWING
from craftsman.store.migrate import migrate
from tests.store.test_engine import BY

FORBIDDEN = (
    "DROP TABLE audit_event",
    "DROP TRIGGER audit_event_no_update",
    "DROP INDEX ix_cosignature_size",
    "ALTER TABLE audit_event RENAME TO other",
    "ALTER TABLE audit_event ADD COLUMN more TEXT",
    "CREATE TABLE other (x)",
    "CREATE TEMP TRIGGER other BEFORE INSERT ON audit_event BEGIN SELECT RAISE(IGNORE); END",
    "CREATE TEMP VIEW other AS SELECT 1",
    "CREATE VIRTUAL TABLE other USING fts5(x)",
    "DELETE FROM main.AUDIT_EVENT",
    "UPDATE audit_event SET body = ''",
    "INSERT INTO audit_event (seq, body) VALUES (1, '') ON CONFLICT (seq) DO UPDATE SET body = ''",
    "DELETE FROM sqlite_master",
    "UPDATE sqlite_schema SET sql = ''",
    "PRAGMA writable_schema = ON",
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA ignore_check_constraints = ON",
    "PRAGMA recursive_triggers = OFF",
    "PRAGMA user_version = 7",
    "ATTACH ':memory:' AS other",
    "DETACH main",
    "VACUUM",
    "VACUUM INTO 'copy.db'",
    "REINDEX audit_event",
    "ANALYZE",
    "SELECT load_extension('other')",
)


@pytest.fixture
def driver(engine: Engine) -> Iterator[Any]:
    """The driver's own connection, in no transaction."""
    with engine.connect() as connection:
        yield connection.connection.driver_connection


@pytest.fixture
def engine(sqlite_engine: Engine, sqlite_url: str) -> Engine:
    """The engine of a migrated file with one event."""
    _ = sqlite_url
    with transaction(sqlite_engine) as session:
        append(session, BY, [Entry("stage.opened", "a")])
    return sqlite_engine


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_dangerous_statement_is_refused(driver: Any, statement: str) -> None:
    with pytest.raises(DatabaseError, match=r"not authorized|prohibited|may not be modified|authorization denied"):
        driver.execute(statement)


@pytest.mark.parametrize("act", ["DELETE FROM {}", "UPDATE {} SET rowid = rowid"])
def test_growing_tables_refuse_before_their_triggers(driver: Any, act: str) -> None:
    refused: list[str] = []
    for table in GROWING:
        with pytest.raises(DatabaseError, match=r"not authorized|prohibited"):
            driver.execute(act.format(table))
        refused.append(table)
    assert refused == list(GROWING)


def test_freed_connection_is_guarded_again(engine: Engine) -> None:
    with engine.connect() as connection:
        with freed(connection) as driver:
            driver.execute("PRAGMA user_version = 7")
        with pytest.raises(DatabaseError, match="not authorized"):
            driver.execute("PRAGMA user_version = 7")


def test_few_free_a_connection() -> None:
    users = [path.name for path in (HOME / "craftsman").rglob("*.py") if "import freed" in path.read_text("utf-8")]
    assert sorted(users) == ["backup.py", "guards.py", "migrate.py"]


def test_file_that_refuses_wal_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(store.SAFE_PRAGMAS, "journal_mode", "unknown")
    with pytest.raises(Refused, match=r"数据库不能按要求设置（journal_mode=\w+）"):
        migrate(make_engine(f"sqlite:///{tmp_path / 'a.db'}"))
