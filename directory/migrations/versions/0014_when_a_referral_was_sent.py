"""When a referral was sent

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

import directory.database


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


MEASURED = ['status', 'organization_id', 'need', 'outcome', 'answered_at']


def upgrade() -> None:
    # a draft may lie for days: its month and the partner's time to answer begin when it is sent
    op.add_column('referrals', sa.Column('requested_at', directory.database.UtcDateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE referrals SET requested_at = (SELECT min(at) FROM referral_events"
        " WHERE referral_events.referral_id = referrals.id AND referral_events.status = 'requested')"
    )
    # what staff took back once passed for an answer; a partner's first one is always one of these
    op.execute(
        "UPDATE referrals SET answered_at = NULL WHERE answered_at IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM referral_events WHERE referral_events.referral_id = referrals.id"
        " AND referral_events.status IN ('accepted', 'rejected'))"
    )
    op.drop_index('ix_referrals_measured', table_name='referrals')
    op.create_index('ix_referrals_measured', 'referrals', ['requested_at', *MEASURED], unique=False)


def downgrade() -> None:
    op.drop_index('ix_referrals_measured', table_name='referrals')
    op.create_index('ix_referrals_measured', 'referrals', ['created_at', *MEASURED], unique=False)
    op.drop_column('referrals', 'requested_at')
