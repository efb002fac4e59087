"""Copies of the whole database while people go on working, each one file that opens on its own."""

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import Engine

from craftsman.errors import Invalid, Refused
from craftsman.store.authorizer import freed
from craftsman.store.files import write_atomically

ERRORS_TOLD = 5


def copy_database(engine: Engine, file: Path) -> None:
    """Write the database to `file`: SQLite by VACUUM INTO, PostgreSQL by pg_dump in its own format.

    Refused when the file exists or pg_dump is missing; Invalid with its words when it fails.
    """
    if file.exists():
        raise Refused(f"{file} 已存在，备份不会覆盖旧文件；请换一个名字。")
    file.parent.mkdir(parents=True, exist_ok=True)
    if engine.dialect.name == "sqlite":
        # on the driver's own connection: VACUUM runs in no transaction
        with engine.connect() as connection, freed(connection) as driver:
            driver.execute("VACUUM INTO ?", (str(file),))
    else:
        _dump(engine, file)
    file.chmod(0o600)


def put_back(file: Path, database: Path) -> None:
    """Make a SQLite backup the database of an installation that has none. Refused where there is one."""
    if database.exists():
        raise Refused(f"{database} 已存在，恢复不会覆盖现有数据库；请先移走它。")
    if not file.exists() or not file.read_bytes()[:16].startswith(b"SQLite format 3"):
        raise Invalid(f"{file} 不是 SQLite 备份文件，请核对。")
    write_atomically(database, file.read_bytes())


def _dump(engine: Engine, file: Path) -> None:
    if shutil.which("pg_dump") is None:
        raise Refused("找不到 pg_dump，请安装 PostgreSQL 客户端后再备份。")
    url = engine.url.set(drivername="postgresql")
    secret = {"PGPASSWORD": url.password} if url.password else {}
    address = url.set(password=None).render_as_string(hide_password=False)
    command = ["pg_dump", "--format=custom", f"--file={file}", address]
    done = subprocess.run(  # noqa: S603
        command, env={**os.environ, **secret}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Invalid("pg_dump 未能完成备份：", done.stderr.splitlines()[-ERRORS_TOLD:])
