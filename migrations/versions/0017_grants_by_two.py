"""grants proposed and confirmed, roles lent for an hour, refusals counted

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
import models.base


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

STATUSES = ('waiting', 'confirmed', 'refused')


def upgrade() -> None:
    # grants that stand were made by one administrator and stay valid
    op.create_table('grant_proposal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=True),
    sa.Column('status', sa.Enum(*STATUSES, name='proposalstatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('proposed_by', sa.Integer(), nullable=False),
    sa.Column('proposed_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_grant_proposal_decided_by')),
    sa.ForeignKeyConstraint(['proposed_by'], ['account.id'], name=op.f('fk_grant_proposal_proposed_by')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_grant_proposal_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grant_proposal'))
    )
    op.create_index(op.f('ix_grant_proposal_status'), 'grant_proposal', ['status'], unique=False)
    op.create_table('proposed_grant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('role', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_proposed_grant_account_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['grant_proposal.id'], name=op.f('fk_proposed_grant_proposal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposed_grant'))
    )
    op.create_index(op.f('ix_proposed_grant_proposal_id'), 'proposed_grant', ['proposal_id'], unique=False)
    op.create_table('emergency',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('role', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('asked_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('agreed_by', sa.Integer(), nullable=True),
    sa.Column('agreed_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('ends_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_emergency_account_id')),
    sa.ForeignKeyConstraint(['agreed_by'], ['account.id'], name=op.f('fk_emergency_agreed_by')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_emergency_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_emergency'))
    )
    op.create_index(op.f('ix_emergency_account_id'), 'emergency', ['account_id'], unique=False)
    op.create_index(op.f('ix_emergency_ends_at'), 'emergency', ['ends_at'], unique=False)
    op.create_table('refusal_count',
    sa.Column('account_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('since', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('told', sa.Integer(), nullable=False),
    sa.Column('left_out', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_refusal_count_account_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_refusal_count'))
    )


def downgrade() -> None:
    op.drop_table('refusal_count')
    op.drop_table('emergency')
    op.drop_table('proposed_grant')
    op.drop_table('grant_proposal')
