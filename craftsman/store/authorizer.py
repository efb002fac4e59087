"""What our own connections to a SQLite file may not do; SQLite asks for each statement before it prepares it.

Tables are changed by migrations, the file is copied by backups, and the guards are tried out: only these free a
connection, and only for a while.
"""

import sqlite3 as codes  # for SQLite's numbers only, which are the same in every library
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from craftsman.store.growing import GROWING

_KEPT = frozenset(GROWING)
# rows of these are the tables themselves
_SCHEMA = frozenset({"sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema"})
# what is asked of a table or of the whole file, and changes nothing
_LOOKING = frozenset(
    {
        "foreign_key_check",
        "foreign_key_list",
        "index_info",
        "index_list",
        "index_xinfo",
        "integrity_check",
        "quick_check",
        "table_info",
        "table_list",
        "table_xinfo",
        "wal_checkpoint",
    }
)
_CHANGING_ROWS = frozenset({codes.SQLITE_INSERT, codes.SQLITE_UPDATE, codes.SQLITE_DELETE})
_HARMLESS = frozenset(
    {
        codes.SQLITE_READ,
        codes.SQLITE_SELECT,
        codes.SQLITE_TRANSACTION,
        codes.SQLITE_SAVEPOINT,
        codes.SQLITE_RECURSIVE,
    }
)


def guard(driver: Any) -> None:
    """Let a connection do no more than acts need."""
    driver.set_authorizer(_authorize)


@contextmanager
def freed(connection: Connection) -> Generator[Any]:
    """Yield the SQLite driver's connection, which may do anything until the block ends."""
    driver: Any = connection.connection.driver_connection
    driver.set_authorizer(None)
    try:
        yield driver
    finally:
        guard(driver)


def _authorize(action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None) -> int:
    """Answer SQLite's question for a step of a statement: `first` names tables and pragmas, `second` functions."""
    return codes.SQLITE_OK if action in _HARMLESS or _allowed(action, first or "", second) else codes.SQLITE_DENY


def _allowed(action: int, first: str, second: str | None) -> bool:
    if action in _CHANGING_ROWS:
        grows = first.lower() in _KEPT and action != codes.SQLITE_INSERT
        return not grows and first.lower() not in _SCHEMA
    if action == codes.SQLITE_PRAGMA:
        return second is None or first.lower() in _LOOKING
    return action == codes.SQLITE_FUNCTION and second != "load_extension"
