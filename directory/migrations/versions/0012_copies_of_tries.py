"""Copies of tries

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # a text that was tried again has left a copy of each try, which its own row can't name
    with op.batch_alter_table('carrier_copies', schema=None) as batch_op:
        batch_op.add_column(sa.Column('copy_of', sa.String(length=36), nullable=True))
        batch_op.alter_column('due_at', existing_type=sa.DateTime(timezone=True), nullable=True)


def downgrade() -> None:
    # an older version knows no copy without a time, and nobody would wake it there
    op.execute('DELETE FROM carrier_copies WHERE due_at IS NULL')
    with op.batch_alter_table('carrier_copies', schema=None) as batch_op:
        batch_op.alter_column('due_at', existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.drop_column('copy_of')
