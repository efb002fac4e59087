"""own keys of people, looks at unmasked fields, erasures, consents

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
import models.base


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

OWN_KEYS = ('person', 'lead', 'objection', 'expert', 'message')


def upgrade() -> None:
    # rows that are there have no key of their own yet; `craftsman keys rotate` gives them one
    for table in OWN_KEYS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column('data_key', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False, server_default=''))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column('data_key', server_default=None)
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('erased_at', models.base.UtcDateTime(timezone=True), nullable=True))
    op.create_table('unmasking',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('nomination_id', sa.Integer(), nullable=False),
    sa.Column('field', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('asked_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('agreed_by', sa.Integer(), nullable=True),
    sa.Column('agreed_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('shown_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agreed_by'], ['account.id'], name=op.f('fk_unmasking_agreed_by')),
    sa.ForeignKeyConstraint(['asked_by'], ['account.id'], name=op.f('fk_unmasking_asked_by')),
    sa.ForeignKeyConstraint(['nomination_id'], ['nomination.id'], name=op.f('fk_unmasking_nomination_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unmasking'))
    )
    op.create_index(op.f('ix_unmasking_nomination_id'), 'unmasking', ['nomination_id'], unique=False)
    op.create_table('erasure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=True),
    sa.Column('ground', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('asked_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by', sa.Integer(), nullable=True),
    sa.Column('confirmed_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('files_left', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['account.id'], name=op.f('fk_erasure_asked_by')),
    sa.ForeignKeyConstraint(['confirmed_by'], ['account.id'], name=op.f('fk_erasure_confirmed_by')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_erasure_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure'))
    )
    op.create_index(op.f('ix_erasure_subject'), 'erasure', ['subject'], unique=False)
    op.create_table('consent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('purpose', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('text_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('evidence', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('evidence_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.Column('recorded_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by', sa.Integer(), nullable=True),
    sa.Column('withdrawn_reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['recorded_by'], ['account.id'], name=op.f('fk_consent_recorded_by')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_consent_round_id')),
    sa.ForeignKeyConstraint(['withdrawn_by'], ['account.id'], name=op.f('fk_consent_withdrawn_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    op.create_index(op.f('ix_consent_round_id'), 'consent', ['round_id'], unique=False)
    op.create_index(op.f('ix_consent_subject'), 'consent', ['subject'], unique=False)


def downgrade() -> None:
    raise NotImplementedError('keys of people are not thrown away; restore a backup')
