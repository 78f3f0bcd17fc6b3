"""Console

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

import directory.database

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('cit_members',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('name', directory.database.Encrypted(), nullable=False),
    sa.Column('unit', sa.String(length=20), nullable=False),
    sa.Column('hours', sa.Float(), nullable=False),
    sa.Column('certified_on', sa.Date(), nullable=True),
    sa.Column('left_on', sa.Date(), nullable=True),
    sa.Column('changed_by', sa.String(length=80), nullable=False),
    sa.Column('changed_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('hours >= 0', name=op.f('ck_cit_members_hours')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cit_members'))
    )
    op.create_table('number_checks',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('dialled_on', sa.Date(), nullable=False),
    sa.Column('outcome', sa.String(length=12), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.Column('at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_number_checks'))
    )
    with op.batch_alter_table('number_checks', schema=None, recreate='never') as batch_op:
        batch_op.create_index('ix_number_checks_number_dialled_on', ['number', 'dialled_on'], unique=False)

    op.create_table('staff_recovery_codes',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('staff_id', sa.String(length=36), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('used_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_recovery_codes_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_recovery_codes'))
    )
    with op.batch_alter_table('staff_recovery_codes', schema=None, recreate='never') as batch_op:
        batch_op.create_index(batch_op.f('ix_staff_recovery_codes_staff_id'), ['staff_id'], unique=False)

    op.create_table('staff_sessions',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('staff_id', sa.String(length=36), nullable=False),
    sa.Column('agent', sa.String(length=120), nullable=True),
    sa.Column('created_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('seen_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_sessions_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_sessions')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_staff_sessions_token_hash'))
    )
    with op.batch_alter_table('staff_sessions', schema=None, recreate='never') as batch_op:
        batch_op.create_index(batch_op.f('ix_staff_sessions_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_staff_sessions_staff_id'), ['staff_id'], unique=False)

    op.create_table('partner_sessions',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('contact_id', sa.String(length=36), nullable=False),
    sa.Column('link_hash', sa.String(length=64), nullable=False),
    sa.Column('link_expires_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=True),
    sa.Column('created_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('seen_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('expires_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['partner_contacts.id'], name=op.f('fk_partner_sessions_contact_id_partner_contacts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_partner_sessions')),
    sa.UniqueConstraint('link_hash', name=op.f('uq_partner_sessions_link_hash')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_partner_sessions_token_hash'))
    )
    with op.batch_alter_table('partner_sessions', schema=None, recreate='never') as batch_op:
        batch_op.create_index(batch_op.f('ix_partner_sessions_contact_id'), ['contact_id'], unique=False)

    with op.batch_alter_table('conversations', schema=None, recreate='never') as batch_op:
        batch_op.add_column(sa.Column('held_by', sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column('held_since', directory.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f('ix_conversations_held_by'), ['held_by'], unique=False)

    with op.batch_alter_table('outbound_messages', schema=None, recreate='never') as batch_op:
        batch_op.add_column(sa.Column('written_by', sa.String(length=36), nullable=True))

    with op.batch_alter_table('staff', schema=None, recreate='never') as batch_op:
        batch_op.add_column(sa.Column('language', sa.String(length=2), nullable=True))
        batch_op.add_column(sa.Column('totp_secret', directory.database.Encrypted(), nullable=True))
        batch_op.add_column(sa.Column('totp_since', directory.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('totp_last_step', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('oidc_subject', sa.String(length=400), nullable=True))
        batch_op.create_index(batch_op.f('ix_staff_oidc_subject'), ['oidc_subject'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('staff', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_staff_oidc_subject'))
        batch_op.drop_column('oidc_subject')
        batch_op.drop_column('totp_last_step')
        batch_op.drop_column('totp_since')
        batch_op.drop_column('totp_secret')
        batch_op.drop_column('language')

    with op.batch_alter_table('outbound_messages', schema=None, recreate='never') as batch_op:
        batch_op.drop_column('written_by')

    with op.batch_alter_table('conversations', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_conversations_held_by'))
        batch_op.drop_column('held_since')
        batch_op.drop_column('held_by')

    with op.batch_alter_table('partner_sessions', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_partner_sessions_contact_id'))

    op.drop_table('partner_sessions')
    with op.batch_alter_table('staff_sessions', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_staff_sessions_staff_id'))
        batch_op.drop_index(batch_op.f('ix_staff_sessions_expires_at'))

    op.drop_table('staff_sessions')
    with op.batch_alter_table('staff_recovery_codes', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_staff_recovery_codes_staff_id'))

    op.drop_table('staff_recovery_codes')
    with op.batch_alter_table('number_checks', schema=None, recreate='never') as batch_op:
        batch_op.drop_index('ix_number_checks_number_dialled_on')

    op.drop_table('number_checks')
    op.drop_table('cit_members')
