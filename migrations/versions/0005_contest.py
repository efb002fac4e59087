"""contest

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
import models.base


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # sheets that are there have no raw results
    for name in ('score_sheet', 'score_draft'):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.add_column(sa.Column('raw', sa.JSON(), nullable=False, server_default='{}'))
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.alter_column('raw', server_default=None)

    op.create_table('contest_posting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stage_run_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('results', sa.JSON(), nullable=False),
    sa.Column('sheets_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('posted_by', sa.Integer(), nullable=False),
    sa.Column('posted_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('due_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['posted_by'], ['account.id'], name=op.f('fk_contest_posting_posted_by')),
    sa.ForeignKeyConstraint(['stage_run_id'], ['stage_run.id'], name=op.f('fk_contest_posting_stage_run_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contest_posting')),
    sa.UniqueConstraint('stage_run_id', 'number', name=op.f('uq_contest_posting_stage_run_id_number'))
    )
    op.create_table('appeal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stage_run_id', sa.Integer(), nullable=False),
    sa.Column('nomination_id', sa.Integer(), nullable=False),
    sa.Column('grounds', sa.Text(), nullable=False),
    sa.Column('status', sa.Enum('open', 'dismissed', 'upheld', name='appealstatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('filed_by', sa.Integer(), nullable=False),
    sa.Column('filed_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ruling', sa.Text(), nullable=False),
    sa.Column('ruled_by', sa.Integer(), nullable=True),
    sa.Column('ruled_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['filed_by'], ['account.id'], name=op.f('fk_appeal_filed_by')),
    sa.ForeignKeyConstraint(['nomination_id'], ['nomination.id'], name=op.f('fk_appeal_nomination_id')),
    sa.ForeignKeyConstraint(['ruled_by'], ['account.id'], name=op.f('fk_appeal_ruled_by')),
    sa.ForeignKeyConstraint(['stage_run_id'], ['stage_run.id'], name=op.f('fk_appeal_stage_run_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appeal'))
    )
    with op.batch_alter_table('appeal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_appeal_stage_run_id'), ['stage_run_id'], unique=False)

    op.create_table('contest_evidence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stage_run_id', sa.Integer(), nullable=False),
    sa.Column('nomination_id', sa.Integer(), nullable=False),
    sa.Column('criterion', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('media_type', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('kept_where', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('added_by', sa.Integer(), nullable=False),
    sa.Column('added_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['added_by'], ['account.id'], name=op.f('fk_contest_evidence_added_by')),
    sa.ForeignKeyConstraint(['nomination_id'], ['nomination.id'], name=op.f('fk_contest_evidence_nomination_id')),
    sa.ForeignKeyConstraint(['stage_run_id'], ['stage_run.id'], name=op.f('fk_contest_evidence_stage_run_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contest_evidence')),
    sa.UniqueConstraint('stage_run_id', 'nomination_id', 'criterion', 'sha256', name=op.f('uq_contest_evidence_stage_run_id_nomination_id_criterion_sha256'))
    )


def downgrade() -> None:
    op.drop_table('contest_evidence')
    with op.batch_alter_table('appeal', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_appeal_stage_run_id'))

    op.drop_table('appeal')
    op.drop_table('contest_posting')
    for name in ('score_draft', 'score_sheet'):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.drop_column('raw')
