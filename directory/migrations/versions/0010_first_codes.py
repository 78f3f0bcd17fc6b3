"""First codes

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

import directory.database


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # how a first password is chosen, until when one given by somebody else holds, whose a token is
    op.add_column('staff', sa.Column('first_code_hash', sa.String(length=64), nullable=True))
    op.add_column('staff', sa.Column('first_code_until', directory.database.UtcDateTime(timezone=True), nullable=True))
    op.add_column('staff', sa.Column('password_until', directory.database.UtcDateTime(timezone=True), nullable=True))
    op.add_column('staff_tokens', sa.Column('agent', sa.String(length=120), nullable=True))
    op.create_index('ix_staff_first_code_hash', 'staff', ['first_code_hash'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_staff_first_code_hash', table_name='staff')
    op.drop_column('staff_tokens', 'agent')
    for column in ('password_until', 'first_code_until', 'first_code_hash'):
        op.drop_column('staff', column)
