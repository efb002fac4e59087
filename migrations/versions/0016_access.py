"""single-use links, requests for them, returns from an identity provider, sealed words of letters

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
import models.base


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

LIVE = sa.text('used_at IS NULL AND voided_at IS NULL')


def upgrade() -> None:
    op.create_table('access_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.Enum('invitation', 'reset', name='accesspurpose', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('made_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('used_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('voided_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_access_link_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_access_link_token_hash'))
    )
    op.create_index(op.f('ix_access_link_account_id'), 'access_link', ['account_id'], unique=False)
    op.create_index('uq_access_link_live', 'access_link', ['account_id', 'purpose'], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_table('reset_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('asked_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('done_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_reset_request_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reset_request'))
    )
    op.create_index(op.f('ix_reset_request_account_id'), 'reset_request', ['account_id'], unique=False)
    op.create_table('provider_return',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('state_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_provider_return_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_return')),
    sa.UniqueConstraint('state_hash', name=op.f('uq_provider_return_state_hash'))
    )
    op.create_index(op.f('ix_provider_return_account_id'), 'provider_return', ['account_id'], unique=False)
    # letters that are there hold nothing back
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('context_cipher', sa.Text(), nullable=False, server_default=''))
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.alter_column('context_cipher', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_column('context_cipher')
    op.drop_table('provider_return')
    op.drop_table('reset_request')
    op.drop_table('access_link')
