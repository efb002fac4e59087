"""Take a database's guards away, as an operator with the database's own password could."""

from typing import Any

from sqlmodel import Session


def unguard(session: Session, *tables: str) -> None:
    """Let rows of these tables be changed in this test's database, by this session's connection."""
    connection = session.connection()
    for table in tables:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            continue
        driver: Any = connection.connection.driver_connection
        driver.set_authorizer(None)
        for act in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{act}")
