"""salts of what events commit to; why an account was closed

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op


revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('event_salt',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('salt', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['seq'], ['audit_event.seq'], name=op.f('fk_event_salt_seq')),
    sa.PrimaryKeyConstraint('seq', 'name', name=op.f('pk_event_salt'))
    )
    op.add_column('account', sa.Column('disabled_reason', sa.Text(), nullable=False, server_default=''))


def downgrade() -> None:
    op.drop_column('account', 'disabled_reason')
    op.drop_table('event_salt')
