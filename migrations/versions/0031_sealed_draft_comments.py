"""comments of drafts of score sheets are sealed

A migration has no key: comments that were kept in clear go with their column, the marks stay.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('score_draft', schema=None) as batch_op:
        batch_op.add_column(sa.Column('comment_cipher', sa.Text(), nullable=False, server_default=''))
        batch_op.drop_column('comment')
    with op.batch_alter_table('score_draft', schema=None) as batch_op:
        batch_op.alter_column('comment_cipher', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('score_draft', schema=None) as batch_op:
        batch_op.add_column(sa.Column('comment', sa.Text(), nullable=False, server_default=''))
        batch_op.drop_column('comment_cipher')
    with op.batch_alter_table('score_draft', schema=None) as batch_op:
        batch_op.alter_column('comment', server_default=None)
