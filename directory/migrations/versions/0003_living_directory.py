"""Living directory

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

import directory.database

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def _add_reference(table: str, column: str, target: str) -> None:
    """A foreign key with its column, in one step: SQLite could only add it alone by a rebuild."""
    name = op.f(f'fk_{table}_{column}_{target}')
    reference = sa.ForeignKey(f'{target}.id', name=name)
    op.add_column(
        table, sa.Column(column, sa.String(length=36), reference, nullable=True),
        inline_references=True,
    )


# Which services are shown, for the indexes of those: as `Service.__table_args__` has it.
_SHOWN = (
    "published IS {} AND status IN ('active', 'temporarily closed') "
    "AND freshness != 'withheld' AND merged_into_id IS NULL"
)


def upgrade() -> None:
    op.create_table('duplicate_pairs',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('entity', sa.String(length=20), nullable=False),
    sa.Column('first_id', sa.String(length=36), nullable=False),
    sa.Column('second_id', sa.String(length=36), nullable=False),
    sa.Column('score', sa.Float(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('found_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=80), nullable=True),
    sa.Column('decided_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('kept_id', sa.String(length=36), nullable=True),
    sa.Column('undo', sa.JSON(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duplicate_pairs')),
    sa.UniqueConstraint('entity', 'first_id', 'second_id', name=op.f('uq_duplicate_pairs_entity_first_id_second_id'))
    )
    with op.batch_alter_table('duplicate_pairs', schema=None, recreate='never') as batch_op:
        batch_op.create_index(batch_op.f('ix_duplicate_pairs_first_id'), ['first_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_duplicate_pairs_second_id'), ['second_id'], unique=False)
        batch_op.create_index('ix_duplicate_pairs_status_score', ['status', 'score'], unique=False)

    op.create_table('freshness_checks',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('service_id', sa.String(length=36), nullable=False),
    sa.Column('organization_id', sa.String(length=36), nullable=False),
    sa.Column('asked_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('reminded_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('escalated_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('lowered_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('withheld_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('answered_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(length=12), nullable=True),
    sa.Column('by', sa.String(length=80), nullable=True),
    sa.Column('round_id', sa.String(length=36), nullable=False),
    sa.Column('told', sa.Boolean(), nullable=False),
    sa.Column('task_id', sa.String(length=36), nullable=True),
    sa.Column('next_step', sa.String(length=10), nullable=True),
    sa.Column('next_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_freshness_checks'))
    )
    with op.batch_alter_table('freshness_checks', schema=None, recreate='never') as batch_op:
        batch_op.create_index('ix_freshness_checks_open', ['answered_at', 'next_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_freshness_checks_round_id'), ['round_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_freshness_checks_organization_id'), ['organization_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_freshness_checks_service_id'), ['service_id'], unique=False)

    op.create_table('import_runs',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('source', sa.String(length=120), nullable=False),
    sa.Column('format', sa.String(length=20), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.Column('started_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('finished_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('added', sa.Integer(), nullable=False),
    sa.Column('changed', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('rejected', sa.Integer(), nullable=False),
    sa.Column('mistakes', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_runs'))
    )
    with op.batch_alter_table('import_runs', schema=None, recreate='never') as batch_op:
        batch_op.create_index(batch_op.f('ix_import_runs_started_at'), ['started_at'], unique=False)

    op.create_table('listing_changes',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('change_set', sa.String(length=36), nullable=False),
    sa.Column('organization_id', sa.String(length=36), nullable=False),
    sa.Column('service_id', sa.String(length=36), nullable=False),
    sa.Column('field', sa.String(length=60), nullable=False),
    sa.Column('before', sa.JSON(), nullable=True),
    sa.Column('after', sa.JSON(), nullable=True),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.Column('at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=80), nullable=True),
    sa.Column('decided_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('task_id', sa.String(length=36), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_listing_changes'))
    )
    with op.batch_alter_table('listing_changes', schema=None, recreate='never') as batch_op:
        batch_op.create_index(batch_op.f('ix_listing_changes_change_set'), ['change_set'], unique=False)
        batch_op.create_index(batch_op.f('ix_listing_changes_organization_id'), ['organization_id'], unique=False)
        batch_op.create_index('ix_listing_changes_service_id_at', ['service_id', 'at'], unique=False)
        batch_op.create_index('ix_listing_changes_status', ['status'], unique=False)

    op.create_table('listing_events',
    sa.Column('sequence', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('version', sa.String(length=36), nullable=False),
    sa.Column('service_id', sa.String(length=36), nullable=True),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_listing_events'))
    )
    op.create_table('service_notices',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('service_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('text_es', sa.Text(), nullable=True),
    sa.Column('starts_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ends_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.Column('created_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('removed_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('begun_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('over_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_service_notices_ends_after_it_starts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_notices'))
    )
    with op.batch_alter_table('service_notices', schema=None, recreate='never') as batch_op:
        batch_op.create_index(batch_op.f('ix_service_notices_ends_at'), ['ends_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_service_notices_service_id'), ['service_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_service_notices_starts_at'), ['starts_at'], unique=False)

    op.create_table('tombstones',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('entity', sa.String(length=40), nullable=False),
    sa.Column('entity_id', sa.String(length=36), nullable=False),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('successor_id', sa.String(length=36), nullable=True),
    sa.Column('deleted_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tombstones')),
    sa.UniqueConstraint('entity', 'entity_id', name=op.f('uq_tombstones_entity_entity_id'))
    )
    with op.batch_alter_table('tombstones', schema=None, recreate='never') as batch_op:
        batch_op.create_index('ix_tombstones_deleted_at', ['deleted_at'], unique=False)

    op.create_table('organization_identifier',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('organization_id', sa.String(length=36), nullable=False),
    sa.Column('identifier_scheme', sa.Text(), nullable=True),
    sa.Column('identifier_type', sa.Text(), nullable=False),
    sa.Column('identifier', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_organization_identifier_organization_id_organization')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organization_identifier'))
    )
    with op.batch_alter_table('organization_identifier', schema=None, recreate='never') as batch_op:
        batch_op.create_index(batch_op.f('ix_organization_identifier_organization_id'), ['organization_id'], unique=False)

    op.create_table('program',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('organization_id', sa.String(length=36), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('alternate_name', sa.Text(), nullable=True),
    sa.Column('description', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_program_organization_id_organization')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_program'))
    )
    with op.batch_alter_table('program', schema=None, recreate='never') as batch_op:
        batch_op.create_index(batch_op.f('ix_program_organization_id'), ['organization_id'], unique=False)

    op.create_table('listing_links',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('contact_id', sa.String(length=36), nullable=False),
    sa.Column('organization_id', sa.String(length=36), nullable=False),
    sa.Column('code', sa.String(length=4), nullable=True),
    sa.Column('expires_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('created_at', directory.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', directory.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['partner_contacts.id'], name=op.f('fk_listing_links_contact_id_partner_contacts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_listing_links')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_listing_links_token_hash'))
    )
    with op.batch_alter_table('listing_links', schema=None, recreate='never') as batch_op:
        batch_op.create_index(batch_op.f('ix_listing_links_contact_id'), ['contact_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_listing_links_organization_id'), ['organization_id'], unique=False)

    op.create_table('funding',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('organization_id', sa.String(length=36), nullable=True),
    sa.Column('service_id', sa.String(length=36), nullable=True),
    sa.Column('source', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_funding_organization_id_organization')),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_funding_service_id_service')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_funding'))
    )
    with op.batch_alter_table('funding', schema=None, recreate='never') as batch_op:
        batch_op.create_index(batch_op.f('ix_funding_organization_id'), ['organization_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_funding_service_id'), ['service_id'], unique=False)

    op.create_table('contact',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('organization_id', sa.String(length=36), nullable=True),
    sa.Column('service_id', sa.String(length=36), nullable=True),
    sa.Column('service_at_location_id', sa.String(length=36), nullable=True),
    sa.Column('location_id', sa.String(length=36), nullable=True),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('title', sa.Text(), nullable=True),
    sa.Column('department', sa.Text(), nullable=True),
    sa.Column('email', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['location_id'], ['location.id'], name=op.f('fk_contact_location_id_location')),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_contact_organization_id_organization')),
    sa.ForeignKeyConstraint(['service_at_location_id'], ['service_at_location.id'], name=op.f('fk_contact_service_at_location_id_service_at_location')),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_contact_service_id_service')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact'))
    )
    with op.batch_alter_table('contact', schema=None, recreate='never') as batch_op:
        batch_op.create_index(batch_op.f('ix_contact_location_id'), ['location_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_contact_organization_id'), ['organization_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_contact_service_at_location_id'), ['service_at_location_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_contact_service_id'), ['service_id'], unique=False)

    with op.batch_alter_table('catalogue_version', schema=None, recreate='never') as batch_op:
        batch_op.add_column(sa.Column('sequence', sa.Integer(), server_default='0', nullable=False))

    with op.batch_alter_table('notices', schema=None, recreate='never') as batch_op:
        batch_op.add_column(sa.Column('keep_until', directory.database.UtcDateTime(timezone=True), nullable=True))

    with op.batch_alter_table('pages', schema=None, recreate='never') as batch_op:
        batch_op.add_column(sa.Column('next_wall_at', directory.database.UtcDateTime(timezone=True), nullable=True))

    with op.batch_alter_table('outbound_messages', schema=None, recreate='never') as batch_op:
        batch_op.add_column(sa.Column('claimed_by', sa.String(length=8), nullable=True))
        batch_op.create_index('ix_outbound_messages_turn', ['status', 'priority', 'not_before', 'created_at'], unique=False)

    with op.batch_alter_table('visits', schema=None, recreate='never') as batch_op:
        batch_op.add_column(sa.Column('upload_index', sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f('ix_visits_upload_index'), ['upload_index'], unique=True)

    with op.batch_alter_table('partner_keys', schema=None, recreate='never') as batch_op:
        batch_op.add_column(sa.Column('scopes', sa.JSON(), server_default='["referrals"]', nullable=False))
        batch_op.add_column(sa.Column('expires_at', directory.database.UtcDateTime(timezone=True), nullable=True))

    _add_reference('phone', 'contact_id', 'contact')
    _add_reference('phone', 'service_at_location_id', 'service_at_location')
    with op.batch_alter_table('phone', schema=None, recreate='never') as batch_op:
        batch_op.create_index(batch_op.f('ix_phone_contact_id'), ['contact_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_phone_service_at_location_id'), ['service_at_location_id'], unique=False)

    _add_reference('schedule', 'service_at_location_id', 'service_at_location')
    with op.batch_alter_table('schedule', schema=None, recreate='never') as batch_op:
        batch_op.add_column(sa.Column('timezone', sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f('ix_schedule_service_at_location_id'), ['service_at_location_id'], unique=False)

    _add_reference('service', 'program_id', 'program')
    with op.batch_alter_table('service', schema=None, recreate='never') as batch_op:
        batch_op.add_column(sa.Column('wait_time', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('fees', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('version', sa.Integer(), server_default='1', nullable=False))
        batch_op.add_column(sa.Column('freshness', sa.String(length=10), server_default='fresh', nullable=False))
        batch_op.add_column(sa.Column('merged_into_id', sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column('ask_at', directory.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.create_index('ix_service_merged_into_id', ['merged_into_id'], unique=False, sqlite_where=sa.text('merged_into_id IS NOT NULL'), postgresql_where=sa.text('merged_into_id IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_service_last_modified'), ['last_modified'], unique=False)
        batch_op.create_index(batch_op.f('ix_service_ask_at'), ['ask_at'], unique=False)
        batch_op.create_index('ix_service_shown', ['id'], unique=False, sqlite_where=sa.text(_SHOWN.format('1')), postgresql_where=sa.text(_SHOWN.format('true')))
        batch_op.create_index('ix_service_shown_organization_id', ['organization_id'], unique=False, sqlite_where=sa.text(_SHOWN.format('1')), postgresql_where=sa.text(_SHOWN.format('true')))

    with op.batch_alter_table('location', schema=None, recreate='never') as batch_op:
        batch_op.create_index('ix_location_latitude_longitude', ['latitude', 'longitude'], unique=False)

    with op.batch_alter_table('metadata', schema=None, recreate='never') as batch_op:
        batch_op.create_index(batch_op.f('ix_metadata_resource_id'), ['resource_id'], unique=False)

    _add_reference('service_area', 'service_at_location_id', 'service_at_location')
    with op.batch_alter_table('service_area', schema=None, recreate='never') as batch_op:
        batch_op.create_index(batch_op.f('ix_service_area_service_at_location_id'), ['service_at_location_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('service_area', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_service_area_service_at_location_id'))
        batch_op.drop_column('service_at_location_id')

    with op.batch_alter_table('metadata', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_metadata_resource_id'))

    with op.batch_alter_table('location', schema=None, recreate='never') as batch_op:
        batch_op.drop_index('ix_location_latitude_longitude')

    with op.batch_alter_table('service', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_service_ask_at'))
        batch_op.drop_index('ix_service_shown_organization_id')
        batch_op.drop_index('ix_service_shown')
        batch_op.drop_index(batch_op.f('ix_service_last_modified'))
        batch_op.drop_index('ix_service_merged_into_id')
        batch_op.drop_column('merged_into_id')
        batch_op.drop_column('ask_at')
        batch_op.drop_column('freshness')
        batch_op.drop_column('version')
        batch_op.drop_column('fees')
        batch_op.drop_column('wait_time')
        batch_op.drop_column('program_id')

    with op.batch_alter_table('schedule', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_schedule_service_at_location_id'))
        batch_op.drop_column('timezone')
        batch_op.drop_column('service_at_location_id')

    with op.batch_alter_table('phone', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_phone_service_at_location_id'))
        batch_op.drop_index(batch_op.f('ix_phone_contact_id'))
        batch_op.drop_column('service_at_location_id')
        batch_op.drop_column('contact_id')

    with op.batch_alter_table('partner_keys', schema=None, recreate='never') as batch_op:
        batch_op.drop_column('expires_at')
        batch_op.drop_column('scopes')

    with op.batch_alter_table('visits', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_visits_upload_index'))
        batch_op.drop_column('upload_index')

    with op.batch_alter_table('outbound_messages', schema=None, recreate='never') as batch_op:
        batch_op.drop_index('ix_outbound_messages_turn')
        batch_op.drop_column('claimed_by')

    with op.batch_alter_table('pages', schema=None, recreate='never') as batch_op:
        batch_op.drop_column('next_wall_at')

    with op.batch_alter_table('notices', schema=None, recreate='never') as batch_op:
        batch_op.drop_column('keep_until')

    with op.batch_alter_table('catalogue_version', schema=None, recreate='never') as batch_op:
        batch_op.drop_column('sequence')

    with op.batch_alter_table('contact', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_contact_service_id'))
        batch_op.drop_index(batch_op.f('ix_contact_service_at_location_id'))
        batch_op.drop_index(batch_op.f('ix_contact_organization_id'))
        batch_op.drop_index(batch_op.f('ix_contact_location_id'))

    op.drop_table('contact')
    with op.batch_alter_table('funding', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_funding_service_id'))
        batch_op.drop_index(batch_op.f('ix_funding_organization_id'))

    op.drop_table('funding')
    with op.batch_alter_table('listing_links', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_listing_links_organization_id'))
        batch_op.drop_index(batch_op.f('ix_listing_links_contact_id'))

    op.drop_table('listing_links')
    with op.batch_alter_table('program', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_program_organization_id'))

    op.drop_table('program')
    with op.batch_alter_table('organization_identifier', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_organization_identifier_organization_id'))

    op.drop_table('organization_identifier')
    with op.batch_alter_table('tombstones', schema=None, recreate='never') as batch_op:
        batch_op.drop_index('ix_tombstones_deleted_at')

    op.drop_table('tombstones')
    with op.batch_alter_table('service_notices', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_service_notices_starts_at'))
        batch_op.drop_index(batch_op.f('ix_service_notices_service_id'))
        batch_op.drop_index(batch_op.f('ix_service_notices_ends_at'))

    op.drop_table('service_notices')
    op.drop_table('listing_events')
    with op.batch_alter_table('listing_changes', schema=None, recreate='never') as batch_op:
        batch_op.drop_index('ix_listing_changes_status')
        batch_op.drop_index('ix_listing_changes_service_id_at')
        batch_op.drop_index(batch_op.f('ix_listing_changes_organization_id'))
        batch_op.drop_index(batch_op.f('ix_listing_changes_change_set'))

    op.drop_table('listing_changes')
    with op.batch_alter_table('import_runs', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_import_runs_started_at'))

    op.drop_table('import_runs')
    with op.batch_alter_table('freshness_checks', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_freshness_checks_service_id'))
        batch_op.drop_index(batch_op.f('ix_freshness_checks_organization_id'))
        batch_op.drop_index(batch_op.f('ix_freshness_checks_round_id'))
        batch_op.drop_index('ix_freshness_checks_open')

    op.drop_table('freshness_checks')
    with op.batch_alter_table('duplicate_pairs', schema=None, recreate='never') as batch_op:
        batch_op.drop_index('ix_duplicate_pairs_status_score')
        batch_op.drop_index(batch_op.f('ix_duplicate_pairs_second_id'))
        batch_op.drop_index(batch_op.f('ix_duplicate_pairs_first_id'))

    op.drop_table('duplicate_pairs')
