"""Databases with rows in them are brought up to date, and keep their rows."""

from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, insert

from craftsman.audit.log import head_of, leaf_hash, rows_of, verify
from craftsman.audit.tree import leaf_hash as tree_leaf
from craftsman.audit.tree import root_of
from craftsman.store.engine import make_engine, reading
from craftsman.store.guards import refuses_rewriting
from craftsman.store.migrate import differences, migrate

LINKED = ("account", "round", "organisation", "person", "nomination", "stage_run", "assignment", "score_sheet", "grant")
BEFORE_OBJECTORS = "0006"
BEFORE_THE_TREE = "0013"
ENUMS = {"assignment.status": "assigned", "nomination.status": "in_review", "stage_run.status": "open"}


def value_of(column: Column[Any]) -> object:
    """Something for a column: 1 for numbers and links, the same text in every other place."""
    known = ENUMS.get(f"{column.table.name}.{column.name}")
    return known or (1 if isinstance(column.type, Integer) else "open" if column.name == "status" else "[]")


def fill(connection: Connection) -> None:
    """One row in each of the linked tables."""
    kept = MetaData()
    kept.reflect(connection)
    for name in LINKED:
        table = kept.tables[name]
        needed = [column for column in table.columns if not column.nullable]
        values = {column.name: value_of(column) for column in needed}
        connection.exec_driver_sql(
            str(insert(table).values(values).compile(connection, compile_kwargs={"render_postcompile": True})),
            tuple(values.values()),
        )


def test_rows_survive_changed_tables(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'old.db'}")
    migrate(engine, "0001")
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        fill(connection)
    migrate(engine)
    assert differences(engine) == []
    with engine.connect() as connection:
        counts = [connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one() for name in LINKED]
        assert counts == [1] * len(LINKED)
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def test_objectors_move_apart_unchanged(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'old.db'}")
    migrate(engine, BEFORE_OBJECTORS)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        fill(connection)
        connection.exec_driver_sql(
            "INSERT INTO notice (id, stage_run_id, number, title, status, explanation, list_digest, resolution)"
            " VALUES (1, 1, 1, '公示', 'posted', '[]', 'x', '')"
        )
        connection.exec_driver_sql(
            "INSERT INTO objection (id, receipt_no, notice_id, nomination_id, grounds, objector_cipher, status, ruling,"
            " filed_at) VALUES (1, 'YY-2026-0001', 1, 1, '不实', 'c0ffee', 'filed', '', '2026-04-14')"
        )
    migrate(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT * FROM objector_record").all() == [(1, "c0ffee")]
        assert connection.exec_driver_sql("SELECT receipt_no, kind, ground FROM objection").all() == [
            ("YY-2026-0001", "person", "other")
        ]


def test_old_history_becomes_a_tree(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'old.db'}")
    migrate(engine, BEFORE_THE_TREE)
    bodies = [f'{{"seq":{seq}}}' for seq in range(1, 12)]
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        for seq, body in enumerate(bodies, start=1):
            connection.exec_driver_sql(
                "INSERT INTO audit_event (seq, at, act, actor, subject, body, leaf, head)"
                " VALUES (?, '2026-01-01 00:00:00', 'a', 'b', 'c', ?, ?, '0')",
                (seq, body, leaf_hash(body)),
            )
    migrate(engine)
    with reading(engine) as session:
        assert list(verify(rows_of(session))) == []
        assert head_of(session).root == root_of(tree_leaf(body.encode()) for body in bodies)
    assert refuses_rewriting(engine)
