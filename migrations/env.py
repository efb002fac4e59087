"""Alembic's environment: the engine is handed in by craftsman.store.migrate."""

from alembic import context
from sqlmodel import SQLModel

import models  # noqa: F401  (the tables register themselves)


def run() -> None:
    """Run the migrations on the connection given, in one transaction."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


run()
