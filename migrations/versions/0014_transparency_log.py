"""the tree of the history, checkpoints, and tables that only grow

Revision ID: 0014
Revises: 0013
"""

import hashlib

import sqlalchemy as sa
from alembic import op
import models.base


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

BATCH = 1000
# each table that only grows, with the columns by which INSERT OR REPLACE could put a row in another's place
GROWING = {
    'audit_event': ('request_id',),
    'checkpoint': ('size',),
    'cosignature': ('id',),
    'document': ('round_id', 'kind', 'subject', 'media_type', 'version'),
    'endorsement': ('stage_run_id', 'nomination_id', 'version'),
    'score_sheet': ('assignment_id', 'version'),
    'sealed_result': ('stage_run_id', 'number'),
    'sign_off': ('gate_id', 'account_id'),
    'tally_batch': ('id',),
    'tally_like': ('stage_run_id', 'token', 'nomination_id', 'day'),
    'tally_void_like': ('void_id', 'like_id'),
}
TOLD = 'history only grows'


def upgrade() -> None:
    op.create_table('checkpoint',
    sa.Column('size', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('root', sa.String(length=64), nullable=False),
    sa.Column('at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('size', name=op.f('pk_checkpoint'))
    )
    op.create_table('cosignature',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('witness', sa.String(length=120), nullable=False),
    sa.Column('at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('line', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['size'], ['checkpoint.size'], name=op.f('fk_cosignature_size')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cosignature'))
    )
    op.create_index(op.f('ix_cosignature_size'), 'cosignature', ['size'], unique=False)
    with op.batch_alter_table('audit_event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('nodes', sa.Text(), nullable=False, server_default=''))
    _fill_nodes(op.get_bind())
    with op.batch_alter_table('audit_event', schema=None) as batch_op:
        batch_op.drop_column('head')
        batch_op.alter_column('nodes', server_default=None)
    with op.batch_alter_table('sealed_result', schema=None) as batch_op:
        batch_op.add_column(sa.Column('inputs', sa.Text(), nullable=False, server_default=''))
    guard = _guard_sqlite if op.get_bind().dialect.name == 'sqlite' else _guard_postgresql
    guard()


def downgrade() -> None:
    raise NotImplementedError('a history that was guarded is not set free again; restore a backup')


def _fill_nodes(connection: sa.Connection) -> None:
    """Nodes that each leaf completes; the same arithmetic as craftsman.audit.tree, which may change after this."""
    event = sa.table('audit_event', sa.column('seq', sa.Integer), sa.column('leaf', sa.String), sa.column('nodes', sa.Text))
    change = sa.update(event).where(event.c.seq == sa.bindparam('at')).values(nodes=sa.bindparam('above'))
    frontier: list[bytes] = []
    rows: list[dict[str, object]] = []
    for seq, leaf in connection.execute(sa.select(event.c.seq, event.c.leaf).order_by(event.c.seq)).all():
        top, above, size = bytes.fromhex(leaf), b'', seq - 1
        while size & 1:
            top = hashlib.sha256(b'\x01' + frontier.pop() + top).digest()
            above, size = above + top, size >> 1
        frontier.append(top)
        rows.append({'at': seq, 'above': above.hex()})
    for start in range(0, len(rows), BATCH):
        connection.execute(change, rows[start:start + BATCH])


def _guard_sqlite() -> None:
    # INSERT OR REPLACE deletes without firing the trigger of DELETE, so that what stands already is looked for
    op.execute(
        "CREATE TRIGGER audit_event_next BEFORE INSERT ON audit_event "
        "WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq), 0) + 1 FROM audit_event) "
        f"BEGIN SELECT RAISE(ABORT, '{TOLD}'); END"
    )
    for table, key in GROWING.items():
        for act in ('UPDATE', 'DELETE'):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{TOLD}'); END"
            )
        same = ' AND '.join(f'{column} = NEW.{column}' for column in key)
        if table not in ('audit_event', 'checkpoint', 'tally_void_like'):
            same = f'id = NEW.id OR ({same})'
        op.execute(
            f"CREATE TRIGGER {table}_new BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) BEGIN SELECT RAISE(ABORT, '{TOLD}'); END"
        )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{TOLD}'; END $$"
    )
    op.execute(
        "CREATE FUNCTION next_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.seq IS DISTINCT FROM (SELECT COALESCE(MAX(seq), 0) + 1 FROM audit_event) "
        f"THEN RAISE EXCEPTION '{TOLD}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_event_next BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION next_event()"
    )
    op.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_next")
    op.execute(
        "ALTER TABLE audit_event ADD CONSTRAINT ck_audit_event_leaf "
        "CHECK (leaf = encode(sha256(decode('00', 'hex') || convert_to(body, 'UTF8')), 'hex'))"
    )
    for table in GROWING:
        op.execute(
            f"CREATE TRIGGER {table}_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_keeps")
