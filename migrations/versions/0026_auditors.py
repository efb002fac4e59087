"""indexes for timelines, and long works of auditors

Revision ID: 0026
Revises: 0021
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
import models.base


revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # plain CREATE INDEX: a batch would copy the guarded table
    op.create_index('ix_audit_event_actor_seq', 'audit_event', ['actor', 'seq'])
    op.create_index('ix_audit_event_round_id_act_seq', 'audit_event', ['round_id', 'act', 'seq'])
    op.create_index('ix_audit_event_at', 'audit_event', ['at'])
    op.create_table('audit_work',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('check', 'bundle', name='auditworkkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('state', sa.Enum('running', 'done', 'failed', name='auditworkstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('beat_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('since', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('root', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('problems', sa.JSON(), nullable=False),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_audit_work_account_id')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_audit_work_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_work'))
    )
    with op.batch_alter_table('audit_work', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_work_round_id'), ['round_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_work_state'), ['state'], unique=False)


def downgrade() -> None:
    op.drop_table('audit_work')
    op.drop_index('ix_audit_event_at', 'audit_event')
    op.drop_index('ix_audit_event_round_id_act_seq', 'audit_event')
    op.drop_index('ix_audit_event_actor_seq', 'audit_event')
