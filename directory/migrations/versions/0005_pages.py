"""Pages

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # figures of the programme
    op.create_table('unmet_needs',
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('need', sa.String(length=30), nullable=False),
    sa.Column('area', sa.String(length=80), nullable=False),
    sa.Column('how', sa.String(length=15), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('month', 'need', 'area', 'how', name=op.f('pk_unmet_needs'))
    )
    op.create_index('ix_visits_occurred_at', 'visits', ['occurred_at'], unique=False)
    op.create_index('ix_referral_events_status_at', 'referral_events', ['status', 'at'], unique=False)
    op.create_index('ix_tasks_kind_created_at', 'tasks', ['kind', 'created_at'], unique=False)
    op.create_index('ix_inbound_messages_received_at', 'inbound_messages', ['received_at'], unique=False)
    op.create_index('ix_outbound_messages_measured', 'outbound_messages', ['created_at', 'kind', 'status', 'reason', 'segments'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_outbound_messages_measured', table_name='outbound_messages')
    op.drop_index('ix_inbound_messages_received_at', table_name='inbound_messages')
    op.drop_index('ix_tasks_kind_created_at', table_name='tasks')
    op.drop_index('ix_referral_events_status_at', table_name='referral_events')
    op.drop_index('ix_visits_occurred_at', table_name='visits')
    op.drop_table('unmet_needs')
