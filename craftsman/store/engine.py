"""Engines, and the two ways to use them: `transaction()` to write, `reading()` to look. `commit` stands here only."""

import json
from collections.abc import Callable, Generator, Hashable
from contextlib import contextmanager
from typing import Any, TypeVar

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection, Engine, event, text
from sqlmodel import Session, create_engine

from craftsman.errors import Refused
from craftsman.store.authorizer import guard
from craftsman.store.turns import turn_of

T = TypeVar("T")

ASKED, HELD, READ_EDGE = "asked", "connection", "edge"
_TURN = text("SELECT seq, leaf, nodes FROM log.turn()")
# 3.7.0-3.51.2 can corrupt a WAL database when two connections write or checkpoint at once
SAFE_SQLITE = (3, 51, 3)
# a connection for each thread of the portal, the warm one first: a new one prepares all its statements anew
POOL: dict[str, Any] = {"pool_size": 40, "max_overflow": 40, "pool_use_lifo": True}
# each connection keeps so many prepared; preparing anew asks the authorizer once for each column
STATEMENTS = 512
SAFE_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "2",
    "foreign_keys": "1",
    "trusted_schema": "0",
    # what an erasure frees is overwritten with zeros
    "secure_delete": "1",
    "busy_timeout": "30000",
}


def make_engine(url: str) -> Engine:
    """Return an engine for a SQLite file or PostgreSQL; refuses a SQLite library with the WAL-reset bug."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True, json_serializer=_json)
    if sqlite.sqlite_version_info < SAFE_SQLITE:
        version = ".".join(map(str, sqlite.sqlite_version_info))
        raise Refused(f"SQLite 库版本 {version} 过旧，可能损坏数据；请安装 pysqlite3 0.6.1 或更新版本。")
    options = {"timeout": 30, "check_same_thread": False, "cached_statements": STATEMENTS}
    # values of a failed statement may be personal data: errors name the statement only
    engine = create_engine(
        url, module=sqlite, connect_args=options, hide_parameters=True, json_serializer=_json, **POOL
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


# Chinese as it is: escaped it would take twice the room, and nobody could read it in the database
_json = json.JSONEncoder(ensure_ascii=False).encode


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Set what the file's safety rests on: WAL, a sync at each commit, foreign keys. Refused where they do not hold."""
    connection.isolation_level = None
    for pragma, wanted in SAFE_PRAGMAS.items():
        connection.execute(f"PRAGMA {pragma}={wanted}")
    # a file system without shared memory keeps its old journal, and says so only when asked
    found = {pragma: str(connection.execute(f"PRAGMA {pragma}").fetchone()[0]) for pragma in SAFE_PRAGMAS}
    if wrong := [f"{pragma}={found[pragma]}" for pragma, wanted in SAFE_PRAGMAS.items() if found[pragma] != wanted]:
        connection.close()
        raise Refused(f"数据库不能按要求设置（{'、'.join(wrong)}）：请把数据文件夹放在本机磁盘上，不要放在网络共享盘。")
    guard(connection)


def _begin_sqlite(connection: Any) -> None:
    """Writers take the lock at once, so that no transaction fails half-way for want of it."""
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def transaction(engine: Engine) -> Generator[Session]:
    """Yield a session whose work is kept whole at the end, or not at all when anything is raised."""
    with (
        turn_of(engine),
        engine.connect().execution_options(writing=True) as connection,
        Session(connection, expire_on_commit=False) as session,
    ):
        if engine.dialect.name == "postgresql":
            # one writer at a time here too: the history then has no gaps and no two acts interleave (docs/adr/0005);
            # the turn comes with the end of the history's tree, which the act's event goes on from
            session.info[READ_EDGE] = connection_of(session).execute(_TURN).tuples().all()
        yield session
        session.commit()


# whose columns are emptied when personal data go
EMPTIED = (
    *("person", "lead", "objection", "objector_record", "expert", "message", "nomination"),
    *("form_draft", "score_draft"),
)


def forget_old_pages(engine: Engine) -> None:
    """Give up old versions of rows: SQLite's write-ahead log, PostgreSQL's dead tuples. Not inside a transaction."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"VACUUM {', '.join(EMPTIED)}"))


@contextmanager
def reading(engine: Engine) -> Generator[Session]:
    """Yield a session that keeps nothing; what was read stays readable after it."""
    with Session(engine, expire_on_commit=False) as session:
        session.info[ASKED] = {}
        yield session


@contextmanager
def reading_as_one(engine: Engine) -> Generator[Session]:
    """As `reading`, for what takes long: all that is read stands as it did at one moment, on PostgreSQL too."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with reading(engine) as session:
        yield session


def connection_of(session: Session) -> Connection:
    """The session's connection, asked for once: each asking takes as long as a short statement."""
    held = session.info.get(HELD)
    if held is None or held.closed:
        held = session.info[HELD] = session.connection()
    return held


def once(session: Session, key: Hashable, ask: Callable[[], T]) -> T:
    """The answer to a question, asked once for each page, while which nothing changes. Acts ask anew each time."""
    asked = session.info.get(ASKED)
    if asked is None:
        return ask()
    if key not in asked:
        asked[key] = ask()
    return asked[key]
