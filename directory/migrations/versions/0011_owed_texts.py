"""Owed texts

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # texts that are owed their full answer are found without the others; the condition
    # is as the question is put to each database, so that its planner knows them for the same
    op.create_index(
        'ix_inbound_messages_owed',
        'inbound_messages',
        ['received_at'],
        unique=False,
        sqlite_where=sa.text('owed IS 1'),
        postgresql_where=sa.text('owed IS true'),
    )


def downgrade() -> None:
    op.drop_index('ix_inbound_messages_owed', table_name='inbound_messages')
