"""indexes that a judge's page is answered from

Revision ID: 0029
Revises: 0028
"""

from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_assignment_account_id_stage_run_id', 'assignment', ['account_id', 'stage_run_id'])
    op.drop_index('ix_assignment_account_id', 'assignment')
    op.create_index('ix_nomination_round_id_nominated_by', 'nomination', ['round_id', 'nominated_by'])
    op.drop_index('ix_nomination_round_id', 'nomination')


def downgrade() -> None:
    op.create_index('ix_nomination_round_id', 'nomination', ['round_id'])
    op.drop_index('ix_nomination_round_id_nominated_by', 'nomination')
    op.create_index('ix_assignment_account_id', 'assignment', ['account_id'])
    op.drop_index('ix_assignment_account_id_stage_run_id', 'assignment')
