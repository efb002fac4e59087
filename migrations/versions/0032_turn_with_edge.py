"""on PostgreSQL, the turn to write comes with the end of the tree in one round trip

Revision ID: 0032
Revises: 0031
"""

from alembic import op


revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None

# one writer at a time; log.append and log.turn take the same lock
WRITER_LOCK = 0x63726166
SHIFTS = ', '.join(f'({bits})' for bits in range(31))


def upgrade() -> None:
    if op.get_bind().dialect.name != 'postgresql':
        return
    here = op.get_bind().exec_driver_sql('SELECT quote_ident(current_schema())').scalar_one()
    # each statement of a volatile function sees what was there when it began: the second one, all that others wrote
    # before the turn came. A plan made while the table was small must not read all of it when it has grown.
    op.execute(
        'CREATE FUNCTION log.turn() RETURNS TABLE (seq bigint, leaf text, nodes text) LANGUAGE plpgsql VOLATILE '
        f'SET search_path = pg_catalog, {here}, pg_temp SET enable_seqscan = off AS $$ '
        '#variable_conflict use_column\n'
        f'BEGIN PERFORM pg_advisory_xact_lock({WRITER_LOCK}); '
        f'RETURN QUERY WITH shift (k) AS (VALUES {SHIFTS}), last (seq) AS (SELECT max(e.seq) FROM audit_event e) '
        'SELECT e.seq::bigint, e.leaf::text, e.nodes::text FROM audit_event e '
        'WHERE e.seq = ANY (ARRAY(SELECT last.seq >> shift.k << shift.k FROM last, shift)); '
        'END $$'
    )
    op.execute('REVOKE ALL ON FUNCTION log.turn() FROM PUBLIC')


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP FUNCTION log.turn()')
