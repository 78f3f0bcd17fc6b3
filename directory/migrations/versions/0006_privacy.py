"""Privacy: legal holds, purges, copies at the carrier, mandated reports

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

import directory.database


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('legal_holds',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('person_id', sa.String(length=36), nullable=True),
    sa.Column('reason', directory.database.Encrypted(), nullable=False),
    sa.Column('placed_by', sa.String(length=60), nullable=False),
    sa.Column('placed_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('released_by', sa.String(length=60), nullable=True),
    sa.Column('released_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_legal_holds_person_id_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_legal_holds'))
    )
    op.create_index(op.f('ix_legal_holds_person_id'), 'legal_holds', ['person_id'], unique=False)
    op.create_table('retention_runs',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('night', sa.Date(), nullable=True),
    sa.Column('by', sa.String(length=60), nullable=False),
    sa.Column('started_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('finished_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_retention_runs')),
    sa.UniqueConstraint('night', name=op.f('uq_retention_runs_night'))
    )
    op.create_table('carrier_copies',
    sa.Column('message_id', sa.String(length=36), nullable=False),
    sa.Column('direction', sa.String(length=8), nullable=False),
    sa.Column('person_id', sa.String(length=36), nullable=False),
    sa.Column('provider_id', sa.String(length=64), nullable=True),
    sa.Column('due_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('given_up_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('message_id', name=op.f('pk_carrier_copies'))
    )
    op.create_index(op.f('ix_carrier_copies_due_at'), 'carrier_copies', ['due_at'], unique=False)
    op.create_index(op.f('ix_carrier_copies_person_id'), 'carrier_copies', ['person_id'], unique=False)
    op.create_table('carrier_copies_seen',
    sa.Column('direction', sa.String(length=8), nullable=False),
    sa.Column('until_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('until_id', sa.String(length=36), nullable=False),
    sa.PrimaryKeyConstraint('direction', name=op.f('pk_carrier_copies_seen'))
    )
    op.create_table('mandated_reports',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('person_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('agency', sa.String(length=30), nullable=False),
    sa.Column('made_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('reference', directory.database.Encrypted(), nullable=True),
    sa.Column('corrects_id', sa.String(length=36), nullable=True),
    sa.Column('recorded_by', sa.String(length=36), nullable=False),
    sa.Column('recorded_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_mandated_reports_person_id_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mandated_reports'))
    )
    op.create_index(op.f('ix_mandated_reports_person_id'), 'mandated_reports', ['person_id'], unique=False)
    op.add_column('people', sa.Column('erased_at', directory.database.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('people', 'erased_at')
    op.drop_index(op.f('ix_mandated_reports_person_id'), table_name='mandated_reports')
    op.drop_table('mandated_reports')
    op.drop_table('carrier_copies_seen')
    op.drop_index(op.f('ix_carrier_copies_person_id'), table_name='carrier_copies')
    op.drop_index(op.f('ix_carrier_copies_due_at'), table_name='carrier_copies')
    op.drop_table('carrier_copies')
    op.drop_table('retention_runs')
    op.drop_index(op.f('ix_legal_holds_person_id'), table_name='legal_holds')
    op.drop_table('legal_holds')
