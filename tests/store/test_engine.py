"""One writer at a time, whole or not at all, synced at each commit."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import func, select

from craftsman.actions.workplace import Workplace
from craftsman.audit.log import Entry, Signature, append
from craftsman.errors import Refused
from craftsman.store import engine as store
from craftsman.store.bulk import in_slices, insert_rows, update_rows
from craftsman.store.engine import make_engine, reading, transaction
from craftsman.store.migrate import differences
from models import AuditEvent, Organisation

BY = Signature("staff-01", datetime(2026, 4, 13, 1, 0, tzinfo=UTC))


def unit(code: str) -> Organisation:
    return Organisation(code=code, name=code, short=code, kind="city", email="")


def test_migrations_make_all_tables(place: Workplace) -> None:
    assert differences(place.engine) == []


def test_sqlite_syncs_each_commit(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_old_sqlite_library_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.sqlite, "sqlite_version_info", (3, 40, 1))
    with pytest.raises(Refused, match=r"SQLite 库版本 3\.40\.1 过旧"):
        make_engine(f"sqlite:///{tmp_path / 'a.db'}")


def test_failed_transaction_keeps_nothing(place: Workplace) -> None:
    with pytest.raises(RuntimeError), transaction(place.engine) as session:
        session.add(unit("lost"))
        session.flush()
        raise RuntimeError
    with reading(place.engine) as session:
        assert session.exec(select(Organisation)).all() == []


def test_many_writers_leave_no_gap(place: Workplace) -> None:
    def write(name: int) -> None:
        for number in range(10):
            with transaction(place.engine) as session:
                append(session, BY, [Entry("stage.opened", f"{name}-{number}")])

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(place.engine) as session:
        assert session.exec(select(func.count(), func.max(AuditEvent.seq)).select_from(AuditEvent)).one() == (40, 40)


def test_rows_go_in_and_change_in_bulk(place: Workplace) -> None:
    with transaction(place.engine) as session:
        insert_rows(session, [unit("a"), unit("b")])
        rows = session.exec(select(Organisation).order_by(Organisation.code)).all()
        update_rows(session, Organisation, [{"id": row.id, "name": row.code.upper()} for row in rows])
        assert [row.name for row in rows] == ["A", "B"]
    with reading(place.engine) as session:
        assert [row.name for row in session.exec(select(Organisation).order_by(Organisation.code)).all()] == ["A", "B"]


def test_slices_hold_everything_in_order() -> None:
    assert in_slices(range(5), 2) == [[0, 1], [2, 3], [4]]


def test_database_errors_tell_no_values(place: Workplace) -> None:
    with pytest.raises(IntegrityError) as told, transaction(place.engine) as session:
        session.add_all([unit("secret-code"), unit("secret-code")])
    assert "secret-code" not in str(told.value).split("DETAIL")[0]
