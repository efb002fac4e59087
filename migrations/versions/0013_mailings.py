"""mailings

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
import models.base


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

BEFORE = ('queued', 'sending', 'sent', 'refused', 'unclear', 'withdrawn')


def widen(after: tuple[str, ...]) -> None:
    """Let a letter have other states."""
    listed = ', '.join(f"'{value}'" for value in after)
    with op.batch_alter_table('message', schema=None, table_args=()) as batch_op:
        batch_op.drop_constraint(op.f('ck_message_messagestatus'), type_='check')
        batch_op.create_check_constraint(op.f('ck_message_messagestatus'), sa.text(f'status IN ({listed})'))


def upgrade() -> None:
    # letters that are there belong to no mailing and tell of nobody
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mailing', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('about', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('recipient_cipher', sqlmodel.sql.sqltypes.AutoString(length=600), nullable=False, server_default=''))
    with op.batch_alter_table('message', schema=None) as batch_op:
        for name in ('mailing', 'about', 'recipient_cipher'):
            batch_op.alter_column(name, server_default=None)
    widen(('held', *BEFORE))

    op.create_table('delivery_attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('letter_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('server', sqlmodel.sql.sqltypes.AutoString(length=260), nullable=False),
    sa.Column('code', sa.Integer(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('became', sa.Enum('held', *BEFORE, name='messagestatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['letter_id'], ['message.id'], name=op.f('fk_delivery_attempt_letter_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery_attempt'))
    )
    with op.batch_alter_table('delivery_attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delivery_attempt_letter_id'), ['letter_id'], unique=False)


def downgrade() -> None:
    op.drop_table('delivery_attempt')
    op.execute("UPDATE message SET status = 'queued' WHERE status = 'held'")
    widen(BEFORE)
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_column('recipient_cipher')
        batch_op.drop_column('about')
        batch_op.drop_column('mailing')
