"""A PostgreSQL database emptied, and what it holds taken out and put back: quicker than a new one for each test."""

from collections.abc import Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlmodel import SQLModel


@dataclass(frozen=True)
class Tables:
    """The rows of each table that has any, as COPY tells them, and how far the sequences have counted."""

    rows: dict[str, bytes]
    counted: dict[str, int]


def empty(engine: Engine) -> None:
    """Leave no row; deleting is quicker than truncating where few are."""
    with engine.begin() as connection:
        with _unguarded(connection, SQLModel.metadata.tables):
            connection.execute(text("".join(f'DELETE FROM "{name}";' for name in SQLModel.metadata.tables)))
        connection.execute(text("SELECT setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences"))


def taken(engine: Engine) -> Tables:
    """All rows, and the state of the sequences."""
    with engine.begin() as connection:
        rows = {name: _copied_out(connection, name) for name in SQLModel.metadata.tables}
        counted = connection.execute(text("SELECT sequencename, last_value FROM pg_sequences"))
        return Tables(
            {name: content for name, content in rows.items() if content},
            {name: value for name, value in counted if value is not None},
        )


def put(engine: Engine, tables: Tables) -> None:
    """Fill an empty database with what was taken out of it before."""
    with engine.begin() as connection:
        with _unguarded(connection, tables.rows):
            for name, content in tables.rows.items():
                with _cursor(connection) as cursor, cursor.copy(f'COPY "{name}" FROM STDIN (FORMAT binary)') as copy:
                    copy.write(content)
        counted = [{"name": name, "value": value} for name, value in tables.counted.items()]
        if counted:
            connection.execute(text("SELECT setval(quote_ident(:name)::regclass, :value)"), counted)


@contextmanager
def _unguarded(connection: Connection, tables: Collection[str]) -> Generator[None]:
    """Let these tables be written past their guards and foreign keys."""
    guards = _guards(connection, tables)
    _switch(connection, guards, "DISABLE")
    yield
    _switch(connection, guards, "ENABLE ALWAYS")


def _guards(connection: Connection, tables: Collection[str]) -> list[tuple[str, str]]:
    """The triggers of these tables, which hold for everybody, this test's server itself included."""
    query = "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"
    return [(table, guard) for table, guard in connection.execute(text(query)) if table in tables]


def _switch(connection: Connection, guards: list[tuple[str, str]], way: str) -> None:
    # foreign keys are triggers as well, which this role leaves alone
    switches = "".join(f'ALTER TABLE "{table}" {way} TRIGGER "{guard}";' for table, guard in guards)
    connection.execute(text(f"SET LOCAL session_replication_role = replica; {switches}"))


def _copied_out(connection: Connection, table: str) -> bytes:
    """The rows of a table; empty bytes where there are none."""
    if connection.execute(text(f'SELECT NOT EXISTS (SELECT FROM "{table}")')).scalar_one():
        return b""
    with _cursor(connection) as cursor, cursor.copy(f'COPY "{table}" TO STDOUT (FORMAT binary)') as copy:
        return b"".join(copy)


def _cursor(connection: Connection) -> Any:
    driver: Any = connection.connection.driver_connection
    return driver.cursor()
