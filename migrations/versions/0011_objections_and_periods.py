"""objections and periods

Revision ID: 0011
Revises: 0008
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
import models.base


revision = '0011'
down_revision = '0008'
branch_labels = None
depends_on = None

NOMINATION_BEFORE = (
    'in_review', 'returned', 'stopped', 'reserve', 'proposed', 'cancelled', 'awarded', 'revoked', 'merged', 'withdrawn'
)
NOTICE_BEFORE = ('draft', 'posted', 'over')
OBJECTION_BEFORE = ('filed', 'accepted', 'refused', 'upheld', 'dismissed')


def widen(table: str, name: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Let a checked enumeration hold other values."""
    check = f'ck_{table}_{name}'
    listed = ', '.join(f"'{value}'" for value in after)
    with op.batch_alter_table(table, schema=None, table_args=()) as batch_op:
        batch_op.drop_constraint(op.f(check), type_='check')
        batch_op.create_check_constraint(op.f(check), sa.text(f'status IN ({listed})'))

def upgrade() -> None:
    op.create_table('portal_beat',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seen_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_portal_beat'))
    )
    op.create_table('list_place',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('nomination_id', sa.Integer(), nullable=False),
    sa.Column('like', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('given_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_list_place_account_id')),
    sa.ForeignKeyConstraint(['nomination_id'], ['nomination.id'], name=op.f('fk_list_place_nomination_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_place'))
    )
    with op.batch_alter_table('list_place', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_list_place_nomination_id'), ['nomination_id'], unique=False)

    op.create_table('notice_outage',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('began_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('reported_by', sa.Integer(), nullable=True),
    sa.Column('reported_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by', sa.Integer(), nullable=True),
    sa.Column('confirmed_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('ends_before', sa.Date(), nullable=True),
    sa.Column('ends_after', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['confirmed_by'], ['account.id'], name=op.f('fk_notice_outage_confirmed_by')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_outage_notice_id')),
    sa.ForeignKeyConstraint(['reported_by'], ['account.id'], name=op.f('fk_notice_outage_reported_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_outage'))
    )
    with op.batch_alter_table('notice_outage', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notice_outage_notice_id'), ['notice_id'], unique=False)

    op.create_table('promotion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stage_run_id', sa.Integer(), nullable=False),
    sa.Column('nomination_id', sa.Integer(), nullable=False),
    sa.Column('tier', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('resolution', sa.Text(), nullable=False),
    sa.Column('document_no', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('passed_over', sa.JSON(), nullable=False),
    sa.Column('proposed_by', sa.Integer(), nullable=False),
    sa.Column('proposed_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by', sa.Integer(), nullable=True),
    sa.Column('confirmed_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['confirmed_by'], ['account.id'], name=op.f('fk_promotion_confirmed_by')),
    sa.ForeignKeyConstraint(['nomination_id'], ['nomination.id'], name=op.f('fk_promotion_nomination_id')),
    sa.ForeignKeyConstraint(['proposed_by'], ['account.id'], name=op.f('fk_promotion_proposed_by')),
    sa.ForeignKeyConstraint(['stage_run_id'], ['stage_run.id'], name=op.f('fk_promotion_stage_run_id')),
    sa.ForeignKeyConstraint(['withdrawn_by'], ['account.id'], name=op.f('fk_promotion_withdrawn_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promotion'))
    )
    with op.batch_alter_table('promotion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_promotion_stage_run_id'), ['stage_run_id'], unique=False)

    op.create_table('investigator',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('objection_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('assigned_by', sa.Integer(), nullable=False),
    sa.Column('assigned_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('released_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('signed_at', models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_investigator_account_id')),
    sa.ForeignKeyConstraint(['assigned_by'], ['account.id'], name=op.f('fk_investigator_assigned_by')),
    sa.ForeignKeyConstraint(['objection_id'], ['objection.id'], name=op.f('fk_investigator_objection_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_investigator'))
    )
    with op.batch_alter_table('investigator', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_investigator_objection_id'), ['objection_id'], unique=False)

    op.create_table('objection_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('objection_id', sa.Integer(), nullable=False),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('media_type', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('file_name', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('added_at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['objection_id'], ['objection.id'], name=op.f('fk_objection_file_objection_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objection_file')),
    sa.UniqueConstraint('objection_id', 'sha256', name=op.f('uq_objection_file_objection_id_sha256'))
    )
    op.create_table('objector_record',
    sa.Column('objection_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('cipher', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['objection_id'], ['objection.id'], name=op.f('fk_objector_record_objection_id')),
    sa.PrimaryKeyConstraint('objection_id', name=op.f('pk_objector_record'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.add_column(sa.Column('replaces', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('correction', sa.Text(), nullable=False, server_default=''))
        batch_op.create_foreign_key(batch_op.f('fk_notice_replaces'), 'notice', ['replaces'], ['id'])

    with op.batch_alter_table('objection', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False, server_default='person'))
        batch_op.add_column(sa.Column('ground', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False, server_default='other'))
        batch_op.add_column(sa.Column('postmarked_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('accept_by', models.base.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('accepted_at', models.base.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('clues', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('refusal', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('investigate_by', models.base.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('extended_at', models.base.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('extension', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('report', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('reported_at', models.base.UtcDateTime(timezone=True), nullable=True))

    # who objects moves apart from the case; the ciphers stay as they are
    op.execute('INSERT INTO objector_record (objection_id, cipher) SELECT id, objector_cipher FROM objection')
    with op.batch_alter_table('objection', schema=None) as batch_op:
        batch_op.drop_column('objector_cipher')

    widen('nomination', 'nominationstatus', NOMINATION_BEFORE, (*NOMINATION_BEFORE, 'deferred'))
    widen('notice', 'noticestatus', NOTICE_BEFORE, (*NOTICE_BEFORE, 'replaced'))
    widen('objection', 'objectionstatus', OBJECTION_BEFORE, (*OBJECTION_BEFORE, 'deferred'))



def downgrade() -> None:
    widen('objection', 'objectionstatus', (*OBJECTION_BEFORE, 'deferred'), OBJECTION_BEFORE)
    widen('notice', 'noticestatus', (*NOTICE_BEFORE, 'replaced'), NOTICE_BEFORE)
    widen('nomination', 'nominationstatus', (*NOMINATION_BEFORE, 'deferred'), NOMINATION_BEFORE)
    with op.batch_alter_table('objection', schema=None) as batch_op:
        batch_op.add_column(sa.Column('objector_cipher', sa.Text(), nullable=False, server_default=''))
    op.execute(
        'UPDATE objection SET objector_cipher ='
        ' (SELECT cipher FROM objector_record WHERE objector_record.objection_id = objection.id)'
    )
    with op.batch_alter_table('objection', schema=None) as batch_op:
        batch_op.drop_column('reported_at')
        batch_op.drop_column('report')
        batch_op.drop_column('extension')
        batch_op.drop_column('extended_at')
        batch_op.drop_column('investigate_by')
        batch_op.drop_column('refusal')
        batch_op.drop_column('clues')
        batch_op.drop_column('accepted_at')
        batch_op.drop_column('accept_by')
        batch_op.drop_column('postmarked_on')
        batch_op.drop_column('ground')
        batch_op.drop_column('kind')

    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_notice_replaces'), type_='foreignkey')
        batch_op.drop_column('correction')
        batch_op.drop_column('replaces')

    op.drop_table('objector_record')
    op.drop_table('objection_file')
    with op.batch_alter_table('investigator', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_investigator_objection_id'))

    op.drop_table('investigator')
    with op.batch_alter_table('promotion', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_promotion_stage_run_id'))

    op.drop_table('promotion')
    with op.batch_alter_table('notice_outage', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notice_outage_notice_id'))

    op.drop_table('notice_outage')
    with op.batch_alter_table('list_place', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_list_place_nomination_id'))

    op.drop_table('list_place')
    op.drop_table('portal_beat')
