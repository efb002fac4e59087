"""Bring a database to the newest tables with alembic."""

from collections.abc import Generator
from contextlib import contextmanager

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from craftsman.errors import Refused
from craftsman.settings import HOME
from craftsman.store import roles
from craftsman.store.authorizer import freed


def _config() -> Config:
    config = Config(toml_file=str(HOME / "pyproject.toml"))
    config.set_main_option("script_location", str(HOME / "migrations"))
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Upgrade to the newest revision (or the one named); nothing happens when the database has it.

    Refused to a role of PostgreSQL that may not change tables, where roles are laid and there is something to change.
    """
    config = _config()
    with engine.connect().execution_options(writing=True) as connection, _unlinked(connection), connection.begin():
        laid = roles.are_laid(connection)
        if laid and not roles.may_own(connection):
            _must_be_newest(config, connection)
            return
        if laid:
            roles.become_owner(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if laid:
            roles.renew_grants(connection)
        if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise IntegrityError("PRAGMA foreign_key_check", None, ValueError("rows refer to rows that are gone"))
    # hundreds of statements that nobody asks again fill what this connection keeps prepared, and drive out new ones
    engine.dispose()


def _must_be_newest(config: Config, connection: Connection) -> None:
    if (
        MigrationContext.configure(connection).get_current_revision()
        != ScriptDirectory.from_config(config).get_current_head()
    ):
        raise Refused(
            "连接数据库的账号无权升级表结构；请把 CRAFTSMAN_MIGRATION_URL 设为管理员的连接地址后再运行 craftsman init。"
        )


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
