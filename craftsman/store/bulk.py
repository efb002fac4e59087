"""Many rows, few statements: inserts and updates by batch."""

import gc
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    CursorResult,
    Executable,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key
from sqlmodel import Session, SQLModel

from craftsman.store.engine import connection_of

T = TypeVar("T")


@contextmanager
def without_collector() -> Generator[None]:
    """Let Python's cycle collector rest while a batch is built: it would search thousands of rows that all stay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a model."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


def insert_rows(session: Session, rows: Sequence[SQLModel]) -> None:
    """Insert rows of one table with one executemany; ids are given by the database and not read back."""
    if not rows:
        return
    table = table_of(type(rows[0]))
    names = [name for name in list(table.columns.keys()) if getattr(rows[0], name) is not None or name != "id"]
    insert_values(session, type(rows[0]), [{name: getattr(row, name) for name in names} for row in rows])


def insert_values(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """As `insert_rows` for rows as column -> value, all of the same columns; a model's defaults are not filled in.

    Making objects costs ten times what writing their rows does, so that thousands of rows are written thus.
    """
    if not rows:
        return
    session.flush()
    connection_of(session).execute(_insertion(table_of(model)), rows)


def values_of(session: Session, statement: Executable, asked: Mapping[str, Any]) -> CursorResult[Any]:
    """The rows of a statement that asks for columns: a third of what objects cost. Objects that changed are kept first.

    For statements that every page asks, built once.
    """
    session.flush()
    return connection_of(session).execute(statement, asked)


def listed(session: Session, values: Sequence[str]) -> Select[tuple[str]]:
    """A subquery of these texts for `in_`: one parameter, for databases bound how many a statement has."""
    name = "json_each" if session.get_bind().dialect.name == "sqlite" else "json_array_elements_text"
    each = getattr(func, name)(literal(list(values), JSON)).table_valued("value")
    return select(each.c.value)


def update_rows(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Update rows by their `id` with one executemany; all rows name the same columns."""
    if not rows:
        return
    session.flush()
    columns = tuple(name for name in rows[0] if name != "id")
    values = [{"row_id": row["id"], **{f"new_{name}": row[name] for name in columns}} for row in rows]
    connection_of(session).execute(_change(table_of(model), columns), values)
    _tell_loaded_objects(session, model, rows)


@cache
def _insertion(table: Table) -> Insert:
    return insert(table)


@cache
def _change(table: Table, columns: tuple[str, ...]) -> Update:
    changed = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
    return update(table).where(table.c.id == bindparam("row_id")).values(changed)


def _tell_loaded_objects(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    # expiring them instead would cost one query for each when they are next looked at
    for row in rows:
        loaded = session.identity_map.get(identity_key(model, row["id"]))
        for name, value in row.items() if loaded is not None else ():
            set_committed_value(loaded, name, value)


def in_slices(items: Iterable[T], size: int = 500) -> list[list[T]]:
    """Cut a list into slices of at most `size` (databases bound the number of parameters)."""
    rows = list(items)
    return [rows[start : start + size] for start in range(0, len(rows), size)]
