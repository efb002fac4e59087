"""Whether the database itself refuses to rewrite what only grows; the guards are laid by migrations 0014 and 0019.

A later migration that copies one of these tables (SQLite changes tables so) must lay its guards again.
"""

from contextlib import nullcontext

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from craftsman.store.authorizer import freed
from craftsman.store.growing import GROWING


def refuses_rewriting(engine: Engine) -> bool:
    """Whether guards stand on every growing table, and the history really refuses; nothing is changed."""
    return _guarded(engine) >= set(GROWING) and _refuses(engine)


def _guarded(engine: Engine) -> set[str]:
    sqlite = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_no\\_%' ESCAPE '\\'"
    postgresql = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgenabled = 'A' AND tgname LIKE '%keeps'"
    with engine.connect() as connection:
        rows = connection.execute(text(sqlite if engine.dialect.name == "sqlite" else postgresql)).all()
    return {row[0] for row in rows}


def _refuses(engine: Engine) -> bool:
    """Try to change the last event past the authorizer, and take the change back should it be let through."""
    with (
        engine.connect() as connection,
        freed(connection) if engine.dialect.name == "sqlite" else nullcontext(),
        connection.begin() as trial,
    ):
        last = connection.execute(text("SELECT MAX(seq) FROM audit_event")).scalar()
        try:
            connection.execute(text("UPDATE audit_event SET act = act WHERE seq = :last"), {"last": last})
        except DBAPIError:
            return True
        finally:
            trial.rollback()
    return last is None
