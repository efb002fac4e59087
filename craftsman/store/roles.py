"""PostgreSQL's own doors: an owner without login, the application, and auditors who only look (docs/adr/0039).

`lay_roles` makes them, each migration renews what they may do as `rights` says it, and `wrong_grants` tells what the
database at hand allows beyond or short of that.
"""

from typing import Any

from sqlalchemy import Connection, Engine, bindparam, text

from craftsman.store.rights import APPLICATION, AUDITOR, MARK, OWNER, PUBLIC, ROLES, Grant, wanted_grants

_STANDING = text("SELECT rolname FROM pg_roles WHERE rolname IN :names").bindparams(bindparam("names", expanding=True))
_SCHEMA_OWNER = text("SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = current_schema()")
_MEMBER = text("SELECT pg_has_role(current_user, :owner, 'MEMBER')")
_TABLES = text(
    "SELECT c.relname, pg_get_userbyid(c.relowner) FROM pg_class c"
    " WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = current_schema()::regnamespace"
)
_GRANTED = text(
    "SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END, c.relname, a.privilege_type"
    " FROM pg_class c, aclexplode(c.relacl) a WHERE c.relkind IN ('r', 'p', 'v', 'm')"
    " AND c.relnamespace = current_schema()::regnamespace AND a.grantee <> c.relowner"
    " UNION ALL SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END,"
    " c.relname || '.' || t.attname, a.privilege_type"
    " FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a"
    " WHERE c.relnamespace = current_schema()::regnamespace AND a.grantee <> c.relowner"
)
_FUNCTION = text(
    "SELECT pg_get_userbyid(proowner), prosecdef, has_function_privilege(:role, oid, 'EXECUTE')"
    " FROM pg_proc WHERE oid = 'log.append(json)'::regprocedure"
)
_MARKED = text("SELECT obj_description(to_regnamespace('log'), 'pg_namespace')")
_RIGHTS = text(
    "SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),"
    " pg_has_role(current_user, c.relowner, 'MEMBER'), has_table_privilege(c.oid, 'INSERT')"
    " FROM pg_class c WHERE c.oid = 'audit_event'::regclass"
)


def are_laid(connection: Connection) -> bool:
    """Whether this database belongs to the owner role; roles are known to a whole server, which may hold others."""
    return connection.dialect.name == "postgresql" and connection.execute(_SCHEMA_OWNER).scalar() == OWNER


def may_own(connection: Connection) -> bool:
    """Whether the connected role may act as the owner."""
    return bool(connection.execute(_MEMBER, {"owner": OWNER}).scalar())


def become_owner(connection: Connection) -> None:
    """To the end of the transaction act in the owner's name, who then owns what is made."""
    connection.exec_driver_sql(f"SET LOCAL ROLE {OWNER}")


def lay_roles(connection: Connection, login: str, password: str | None) -> None:
    """Make the roles, give the tables to their owner, and let `login` be the application. Done again, it renews."""
    there = _standing(connection, login)
    for role in (role for role in ROLES if role not in there):
        connection.exec_driver_sql(f"CREATE ROLE {role} NOLOGIN")
    quoted = connection.dialect.identifier_preparer.quote_identifier(login)
    if login not in there:
        connection.exec_driver_sql(f"CREATE ROLE {quoted} LOGIN{_as_verifier(connection, login, password)}")
    connection.exec_driver_sql(f"GRANT {APPLICATION} TO {quoted}")
    here = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    for statement in (
        f"GRANT {OWNER} TO CURRENT_USER",
        f"ALTER SCHEMA {here} OWNER TO {OWNER}",
        f"REVOKE ALL ON SCHEMA {here} FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA {here} TO {APPLICATION}, {AUDITOR}",
        f"GRANT CREATE ON DATABASE {_database(connection)} TO {OWNER}",
        f"REVOKE TEMPORARY ON DATABASE {_database(connection)} FROM PUBLIC",
    ):
        connection.exec_driver_sql(statement)
    _give_away(connection)


def renew_grants(connection: Connection) -> None:
    """Let the roles do what is said here, no more and no less."""
    quote = connection.dialect.identifier_preparer.quote
    granted, wanted = _granted(connection), wanted_grants()
    for role, what, privilege in sorted(granted - wanted):
        connection.exec_driver_sql(
            f"REVOKE {_on(quote, what, privilege)} FROM {role if role == PUBLIC else quote(role)}"
        )
    for role, what, privilege in sorted(wanted - granted):
        connection.exec_driver_sql(f"GRANT {_on(quote, what, privilege)} TO {role}")
    here = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    for statement in (
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {here} TO {APPLICATION}",
        f"GRANT USAGE ON SCHEMA log TO {APPLICATION}",
        f"GRANT EXECUTE ON FUNCTION log.append(json), log.turn() TO {APPLICATION}",
        f"COMMENT ON SCHEMA log IS '{MARK}'",
    ):
        connection.exec_driver_sql(statement)


def wrong_grants(engine: Engine) -> list[str]:
    """Chinese lines for each right too many or too few, and each table in wrong hands; none where no roles were laid.

    Whether they were is marked in the database itself, so that a restored copy on another server is measured too.
    """
    if engine.dialect.name != "postgresql":
        return []
    with engine.connect() as connection:
        if connection.execute(_MARKED).scalar() != MARK:
            return []
        if missing := sorted(set(ROLES) - _standing(connection)):
            return [
                f"数据库服务器上没有角色 {'、'.join(missing)}，权限未能恢复：请运行 craftsman init --postgres-roles。"
            ]
        return [*_wrong_hands(connection), *_wrong_rights(connection), *_wrong_door(connection)]


def rights_problems(engine: Engine) -> list[str]:
    """Chinese words for what the connected role could do to the history beside appending to it."""
    if engine.dialect.name != "postgresql":
        return []
    with engine.connect() as connection:
        superuser, owner, writes = connection.execute(_RIGHTS).one()
    told = {"是数据库超级用户": superuser, "拥有数据表": owner, "可以绕过 log.append 写历史记录": writes}
    return [line for line, holds in told.items() if holds]


def _wrong_hands(connection: Connection) -> list[str]:
    return [
        f"数据表 {table} 属于 {owner}，应属于 {OWNER}。"
        for table, owner in sorted(connection.execute(_TABLES).tuples())
        if owner != OWNER
    ]


def _wrong_rights(connection: Connection) -> list[str]:
    granted, wanted = _granted(connection), wanted_grants()
    much = [f"{role} 对 {what} 多出权限 {privilege}。" for role, what, privilege in sorted(granted - wanted)]
    return much + [f"{role} 对 {what} 缺少权限 {privilege}。" for role, what, privilege in sorted(wanted - granted)]


def _wrong_door(connection: Connection) -> list[str]:
    owner, definer, executes = connection.execute(_FUNCTION, {"role": APPLICATION}).one()
    return [] if (owner, definer, executes) == (OWNER, True, True) else ["写历史记录的函数 log.append 权限不符。"]


def _granted(connection: Connection) -> set[Grant]:
    return {(role, what, privilege) for role, what, privilege in connection.execute(_GRANTED).tuples()}


def _standing(connection: Connection, *others: str) -> set[str]:
    return set(connection.execute(_STANDING, {"names": [*ROLES, *others]}).scalars())


def _database(connection: Connection) -> str:
    return connection.exec_driver_sql("SELECT quote_ident(current_database())").scalar_one()


def _as_verifier(connection: Connection, login: str, password: str | None) -> str:
    """The password as the server keeps it: in plain text it would stand in the server's log."""
    if not password:
        return ""
    driver: Any = connection.connection.driver_connection
    verifier = driver.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()
    return f" PASSWORD '{verifier}'"


def _give_away(connection: Connection) -> None:
    """Give what stands already to the owner: tables with their sequences, functions, the schema of the history."""
    quote = connection.dialect.identifier_preparer.quote
    for table, owner in connection.execute(_TABLES).tuples().all():
        if owner != OWNER:
            connection.exec_driver_sql(f"ALTER TABLE {quote(table)} OWNER TO {OWNER}")
    if connection.exec_driver_sql("SELECT to_regnamespace('log')").scalar() is not None:
        connection.exec_driver_sql(f"ALTER SCHEMA log OWNER TO {OWNER}")
        for function in ("log.append(json)", "log.turn()", "refuse_change()", "next_event()"):
            connection.exec_driver_sql(f"ALTER FUNCTION {function} OWNER TO {OWNER}")


def _on(quote: Any, what: str, privilege: str) -> str:
    """A privilege on a table, or on one of its columns."""
    table, _, column = what.partition(".")
    return f"{privilege} ({quote(column)}) ON {quote(table)}" if column else f"{privilege} ON {quote(table)}"
