"""progress of workbooks being checked

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
import models.base


revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('intake_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('state', sa.Enum('running', 'done', 'failed', 'taken', name='intakecheckstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('asked_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('beat_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_intake_check_account_id')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_intake_check_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_intake_check')),
    sa.UniqueConstraint('account_id', 'round_id', 'sha256', name=op.f('uq_intake_check_account_id_round_id_sha256'))
    )
    with op.batch_alter_table('intake_check', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_intake_check_account_id'), ['account_id'], unique=False)


def downgrade() -> None:
    op.drop_table('intake_check')
