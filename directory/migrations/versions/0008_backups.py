"""Backups

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

import directory.database


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # which backups there are, and which this database came from
    op.create_table('backup_runs',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('noted_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('revision', sa.String(length=32), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('keys', sa.String(length=400), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_backup_runs'))
    )
    op.create_index('ix_backup_runs_kind_at', 'backup_runs', ['kind', 'at'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_backup_runs_kind_at', table_name='backup_runs')
    op.drop_table('backup_runs')
