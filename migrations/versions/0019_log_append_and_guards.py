"""one door to the history on PostgreSQL, and more tables that only grow

Revision ID: 0019
Revises: 0018
"""

from alembic import op


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

# each table that only grows, with the columns by which INSERT OR REPLACE could put a row in another's place
GROWING = {
    'ballot_round': ('stage_run_id', 'number'),
    'contest_posting': ('stage_run_id', 'number'),
    'delivery_attempt': ('id',),
    'list_place': ('id',),
    'notice_line': ('notice_id', 'nomination_id'),
    'objection_file': ('objection_id', 'sha256'),
    'recusal': ('round_id', 'account_id', 'nomination_id'),
    'reference_version': ('slug', 'name', 'version'),
    'release': ('document_id',),
}
TOLD = 'history only grows'
# one writer at a time; log.append and log.turn take the same lock
WRITER_LOCK = 0x63726166


def upgrade() -> None:
    guard = _guard_sqlite if op.get_bind().dialect.name == 'sqlite' else _guard_postgresql
    guard()


def downgrade() -> None:
    raise NotImplementedError('a history that was guarded is not set free again; restore a backup')


def _guard_sqlite() -> None:
    for table, key in GROWING.items():
        for act in ('UPDATE', 'DELETE'):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{TOLD}'); END"
            )
        same = ' AND '.join(f'{column} = NEW.{column}' for column in key)
        op.execute(
            f"CREATE TRIGGER {table}_new BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR ({same})) "
            f"BEGIN SELECT RAISE(ABORT, '{TOLD}'); END"
        )


def _guard_postgresql() -> None:
    for table in GROWING:
        op.execute(
            f"CREATE TRIGGER {table}_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_keeps")
    here = op.get_bind().exec_driver_sql('SELECT quote_ident(current_schema())').scalar_one()
    op.execute('CREATE SCHEMA log')
    # events come as one array, so that a batch is one round trip; the trigger on the table asks each for its number
    op.execute(
        'CREATE FUNCTION log.append(events json) RETURNS void LANGUAGE plpgsql SECURITY DEFINER '
        f'SET search_path = pg_catalog, {here}, pg_temp AS $$ BEGIN '
        f'PERFORM pg_advisory_xact_lock({WRITER_LOCK}); '
        'INSERT INTO audit_event SELECT * FROM json_populate_recordset(NULL::audit_event, events); '
        'END $$'
    )
    op.execute('REVOKE ALL ON FUNCTION log.append(json) FROM PUBLIC')
