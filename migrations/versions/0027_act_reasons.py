"""reasons of acts upon accounts and tokens, apart from the history

Revision ID: 0027
Revises: 0021
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
import models.base


revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('act_reason',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('act', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('given_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_act_reason_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_act_reason'))
    )
    with op.batch_alter_table('act_reason', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_act_reason_subject'), ['subject'], unique=False)


def downgrade() -> None:
    op.drop_table('act_reason')
