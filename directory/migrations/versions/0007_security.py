"""Security

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

import directory.database


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # how often keys and accounts call
    op.create_table('caller_pace',
    sa.Column('caller', sa.String(length=64), nullable=False),
    sa.Column('free_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('caller', name=op.f('pk_caller_pace'))
    )


def downgrade() -> None:
    op.drop_table('caller_pace')
