"""texts of notices as people worded them

Revision ID: 0025
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op
import models.base


revision = '0025'
down_revision = '0022'
branch_labels = None
depends_on = None

TOLD = 'history only grows'


def upgrade() -> None:
    op.create_table('notice_text',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('saved_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_notice_text_account_id')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_text_notice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_text'))
    )
    with op.batch_alter_table('notice_text', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notice_text_notice_id'), ['notice_id'], unique=False)
    guard = _guard_sqlite if op.get_bind().dialect.name == 'sqlite' else _guard_postgresql
    guard()


def downgrade() -> None:
    raise NotImplementedError('a history that was guarded is not set free again; restore a backup')


def _guard_sqlite() -> None:
    for act in ('UPDATE', 'DELETE'):
        op.execute(
            f"CREATE TRIGGER notice_text_no_{act.lower()} BEFORE {act} ON notice_text "
            f"BEGIN SELECT RAISE(ABORT, '{TOLD}'); END"
        )
    op.execute(
        "CREATE TRIGGER notice_text_new BEFORE INSERT ON notice_text "
        "WHEN EXISTS (SELECT 1 FROM notice_text WHERE id = NEW.id) "
        f"BEGIN SELECT RAISE(ABORT, '{TOLD}'); END"
    )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE TRIGGER notice_text_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON notice_text "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute("ALTER TABLE notice_text ENABLE ALWAYS TRIGGER notice_text_keeps")
