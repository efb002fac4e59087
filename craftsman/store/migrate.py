"""Bring a database to the newest tables with alembic."""

from collections.abc import Generator
from contextlib import contextmanager

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from craftsman.settings import HOME
from craftsman.store.authorizer import freed


def _config() -> Config:
    config = Config(toml_file=str(HOME / "pyproject.toml"))
    config.set_main_option("script_location", str(HOME / "migrations"))
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Upgrade to the newest revision (or the one named); nothing happens when the database has it."""
    config = _config()
    with engine.connect().execution_options(writing=True) as connection, _unlinked(connection), connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise IntegrityError("PRAGMA foreign_key_check", None, ValueError("rows refer to rows that are gone"))


@contextmanager
def _unlinked(connection: Connection) -> Generator[None]:
    """SQLite changes a table by copying and dropping it, which foreign keys would take for deleting its rows."""
    if connection.dialect.name != "sqlite":
        yield
        return
    with freed(connection) as driver:
        # the pragma does nothing inside a transaction
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            yield
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def draft_revision(engine: Engine, message: str) -> None:
    """Write a new revision from the difference between tables and database (for developers)."""
    config = _config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message=message, autogenerate=True)


def differences(engine: Engine) -> list[object]:
    """What the database lacks of the tables; empty when they agree."""
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), SQLModel.metadata))
