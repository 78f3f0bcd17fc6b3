"""What a visit replaced

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

import directory.database


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # what was known of the person before the visit, so that a void can put it back
    op.add_column('visits', sa.Column('replaced', directory.database.Encrypted(), nullable=True))


def downgrade() -> None:
    op.drop_column('visits', 'replaced')
