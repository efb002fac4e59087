"""Bring a database to the newest tables with alembic."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine
from sqlmodel import SQLModel

from craftsman.settings import HOME


def _config() -> Config:
    config = Config(toml_file=str(HOME / "pyproject.toml"))
    config.set_main_option("script_location", str(HOME / "migrations"))
    return config


def migrate(engine: Engine) -> None:
    """Upgrade to the newest revision; nothing happens when the database has it."""
    config = _config()
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


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
