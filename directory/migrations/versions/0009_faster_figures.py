"""Faster figures

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


COUNTS = sa.text('voided_at IS NULL')


def upgrade() -> None:
    # figures and boards of a large programme are read from indices alone
    for name, columns in (
        ('ix_visits_counted', ['occurred_at', 'call_type']),
        ('ix_visits_counted_id', ['id', 'occurred_at']),
        ('ix_visits_counted_person_id', ['person_id', 'occurred_at']),
    ):
        op.create_index(name, 'visits', columns, unique=False, sqlite_where=COUNTS, postgresql_where=COUNTS)
    op.create_index('ix_people_id_language', 'people', ['id', 'language'], unique=False)
    op.create_index('ix_referrals_id_person_id_status', 'referrals', ['id', 'person_id', 'status'], unique=False)
    op.create_index('ix_referral_events_status_referral_id_at', 'referral_events', ['status', 'referral_id', 'at'], unique=False)
    op.drop_index('ix_referral_events_status_at', table_name='referral_events')
    op.create_index('ix_checkins_visit_id_sent_at', 'checkins', ['visit_id', 'sent_at'], unique=False)
    op.drop_index('ix_checkins_visit_id', table_name='checkins')
    op.create_index('ix_checkins_measured', 'checkins', ['due_at', 'status', 'asks', 'answer'], unique=False)
    op.create_index('ix_referrals_status_changed_at', 'referrals', ['status', 'changed_at'], unique=False)
    op.create_index('ix_referrals_measured', 'referrals', ['created_at', 'status', 'organization_id', 'need', 'outcome', 'answered_at'], unique=False)


def downgrade() -> None:
    op.create_index('ix_referral_events_status_at', 'referral_events', ['status', 'at'], unique=False)
    op.drop_index('ix_referral_events_status_referral_id_at', table_name='referral_events')
    op.drop_index('ix_referrals_id_person_id_status', table_name='referrals')
    op.drop_index('ix_people_id_language', table_name='people')
    for name in ('ix_visits_counted_person_id', 'ix_visits_counted_id', 'ix_visits_counted'):
        op.drop_index(name, table_name='visits')
    op.drop_index('ix_referrals_measured', table_name='referrals')
    op.drop_index('ix_referrals_status_changed_at', table_name='referrals')
    op.drop_index('ix_checkins_measured', table_name='checkins')
    op.create_index('ix_checkins_visit_id', 'checkins', ['visit_id'], unique=False)
    op.drop_index('ix_checkins_visit_id_sent_at', table_name='checkins')
