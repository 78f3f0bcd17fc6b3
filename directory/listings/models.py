"""The listings as tables: organizations, services and where and how to reach them.

Table and column names are those of HSDS 3.2.3 (https://docs.openreferral.org); what HSDS has
no place for stands under "ours". Tables that only describe a service are in `detail_models`,
those that classify it in `taxonomy_models`.

A confidential place can have no address. The database itself keeps that rule: an address
carries the `confidential` flag of its location in its foreign key and must have it false, and a
confidential location has no coordinates. A confidential service may stand at confidential
locations only, by the same means.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.database import Base, UtcDateTime, new_id
from directory.listings.detail_models import (
    Accessibility,
    CostOption,
    RequiredDocument,
    Schedule,
    ServiceArea,
    ServiceCapacity,
    SpokenLanguage,
    Unit,
    Url,
)
from directory.listings.organization_models import (
    Funding,
    ListedContact,
    OrganizationIdentifier,
    Program,
)
from directory.listings.phone_models import Phone
from directory.listings.taxonomy_models import (
    Attribute,
    CatalogueVersion,
    Metadata,
    Taxonomy,
    TaxonomyTerm,
)

__all__ = [
    "Accessibility",
    "Address",
    "Attribute",
    "CatalogueVersion",
    "CostOption",
    "Funding",
    "ListedContact",
    "Location",
    "Metadata",
    "Organization",
    "OrganizationIdentifier",
    "Phone",
    "Program",
    "RequiredDocument",
    "Schedule",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "ServiceCapacity",
    "SpokenLanguage",
    "Taxonomy",
    "TaxonomyTerm",
    "Unit",
    "Url",
]

OWNED = "all, delete-orphan"
# As `publication.is_published`; used where a statement names exactly these conditions.
_SHOWN = (
    "published IS {} AND status IN ('active', 'temporarily closed') "
    "AND freshness != 'withheld' AND merged_into_id IS NULL"
)


def _shown_index(name: str, column: str) -> Index:
    """Of the services that are shown alone: lists of a hundred thousand are read from these."""
    return Index(
        name,
        column,
        sqlite_where=text(_SHOWN.format("1")),
        postgresql_where=text(_SHOWN.format("true")),
    )


class Organization(Base):
    __tablename__ = "organization"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(Text)
    alternate_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    website: Mapped[str | None] = mapped_column(Text)
    tax_status: Mapped[str | None] = mapped_column(Text)
    tax_id: Mapped[str | None] = mapped_column(Text)
    year_incorporated: Mapped[int | None]
    legal_status: Mapped[str | None] = mapped_column(Text)
    logo: Mapped[str | None] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(Text)
    parent_organization_id: Mapped[str | None] = mapped_column(ForeignKey("organization.id"))
    # ours
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    also_known_as: Mapped[list[str]] = mapped_column(JSON, default=list)
    provenance: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    origin: Mapped[str] = mapped_column(String(40))
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    last_modified: Mapped[datetime] = mapped_column(UtcDateTime)

    services: Mapped[list["Service"]] = relationship(
        back_populates="organization", cascade=OWNED, order_by="Service.position"
    )
    locations: Mapped[list["Location"]] = relationship(back_populates="organization", cascade=OWNED)
    phones: Mapped[list["Phone"]] = relationship(cascade=OWNED, order_by="Phone.position")
    contacts: Mapped[list[ListedContact]] = relationship(cascade=OWNED)
    programs: Mapped[list[Program]] = relationship(cascade=OWNED)
    funding: Mapped[list[Funding]] = relationship(cascade=OWNED)
    organization_identifiers: Mapped[list[OrganizationIdentifier]] = relationship(cascade=OWNED)
    additional_websites: Mapped[list[Url]] = relationship(cascade=OWNED)


class Service(Base):
    """A service. `published` and `held_because` are the decision; what may leave the
    directory is asked of `directory.listings.publication`, never of these columns."""

    __tablename__ = "service"
    __table_args__ = (
        UniqueConstraint("id", "confidential"),
        CheckConstraint(
            "status IN ('active', 'inactive', 'defunct', 'temporarily closed')", name="status"
        ),
        CheckConstraint("published OR held_because IS NOT NULL", name="held_for_a_reason"),
        _shown_index("ix_service_shown", "id"),
        _shown_index("ix_service_shown_organization_id", "organization_id"),
        Index(
            "ix_service_merged_into_id",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organization.id"), index=True)
    name: Mapped[str] = mapped_column(Text)
    alternate_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    program_id: Mapped[str | None] = mapped_column(ForeignKey("program.id"))
    url: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20), default="active")
    interpretation_services: Mapped[str | None] = mapped_column(Text)
    application_process: Mapped[str | None] = mapped_column(Text)
    fees_description: Mapped[str | None] = mapped_column(Text)
    wait_time: Mapped[str | None] = mapped_column(Text)
    fees: Mapped[str | None] = mapped_column(Text)
    accreditations: Mapped[str | None] = mapped_column(Text)
    eligibility_description: Mapped[str | None] = mapped_column(Text)
    minimum_age: Mapped[int | None]
    maximum_age: Mapped[int | None]
    assured_date: Mapped[date | None]
    assurer_email: Mapped[str | None] = mapped_column(Text)
    licenses: Mapped[str | None] = mapped_column(Text)
    alert: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # ours
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    needs: Mapped[list[str]] = mapped_column(JSON, default=list)
    description_es: Mapped[str | None] = mapped_column(Text)
    eligibility_description_es: Mapped[str | None] = mapped_column(Text)
    fees_description_es: Mapped[str | None] = mapped_column(Text)
    application_process_es: Mapped[str | None] = mapped_column(Text)
    opening_hours: Mapped[str | None] = mapped_column(Text)
    published: Mapped[bool] = mapped_column(default=False)
    held_because: Mapped[str | None] = mapped_column(Text)
    confidential: Mapped[bool] = mapped_column(default=False)
    accepts_referrals: Mapped[bool] = mapped_column(default=False)
    typical_wait_days: Mapped[int | None]  # until the service begins; when nobody says, a week
    note: Mapped[str | None] = mapped_column(Text)  # for staff, never sent
    provenance: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    origin: Mapped[str] = mapped_column(String(40))
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    # Counted up by every change: the ETag of the partner API.
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    freshness: Mapped[str] = mapped_column(String(10), default="fresh", server_default="fresh")
    # When somebody is next asked whether it is right (product time); null: not reckoned yet.
    ask_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    merged_into_id: Mapped[str | None] = mapped_column(String(36))

    organization: Mapped[Organization] = relationship(back_populates="services")
    program: Mapped[Program | None] = relationship()
    contacts: Mapped[list[ListedContact]] = relationship(cascade=OWNED)
    funding: Mapped[list[Funding]] = relationship(cascade=OWNED)
    phones: Mapped[list["Phone"]] = relationship(cascade=OWNED, order_by="Phone.position")
    schedules: Mapped[list[Schedule]] = relationship(cascade=OWNED, order_by="Schedule.position")
    service_areas: Mapped[list[ServiceArea]] = relationship(
        cascade=OWNED,
        order_by="ServiceArea.position",
        primaryjoin=lambda: and_(
            Service.id == ServiceArea.service_id, ServiceArea.service_at_location_id.is_(None)
        ),
    )
    languages: Mapped[list[SpokenLanguage]] = relationship(
        cascade=OWNED, order_by="SpokenLanguage.code"
    )
    cost_options: Mapped[list[CostOption]] = relationship(cascade=OWNED)
    required_documents: Mapped[list[RequiredDocument]] = relationship(
        cascade=OWNED, order_by="RequiredDocument.position"
    )
    capacities: Mapped[list[ServiceCapacity]] = relationship(cascade=OWNED)
    additional_urls: Mapped[list[Url]] = relationship(cascade=OWNED)
    service_at_locations: Mapped[list["ServiceAtLocation"]] = relationship(
        back_populates="service", cascade=OWNED
    )


class Location(Base):
    """A place. Latitude and longitude are only what a source states, never worked out."""

    __tablename__ = "location"
    __table_args__ = (
        UniqueConstraint("id", "confidential"),
        CheckConstraint("location_type IN ('physical', 'postal', 'virtual')", name="type"),
        CheckConstraint(
            "NOT confidential OR (latitude IS NULL AND longitude IS NULL)",
            name="confidential_has_no_coordinates",
        ),
        Index("ix_location_latitude_longitude", "latitude", "longitude"),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    organization_id: Mapped[str | None] = mapped_column(ForeignKey("organization.id"), index=True)
    location_type: Mapped[str] = mapped_column(String(10), default="physical")
    url: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    alternate_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    transportation: Mapped[str | None] = mapped_column(Text)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    external_identifier: Mapped[str | None] = mapped_column(Text)
    external_identifier_type: Mapped[str | None] = mapped_column(Text)
    confidential: Mapped[bool] = mapped_column(default=False)  # ours

    organization: Mapped[Organization | None] = relationship(back_populates="locations")
    addresses: Mapped[list["Address"]] = relationship(
        back_populates="location", cascade=OWNED, passive_updates=True
    )
    accessibility: Mapped[list[Accessibility]] = relationship(cascade=OWNED)
    phones: Mapped[list["Phone"]] = relationship(cascade=OWNED, order_by="Phone.position")
    schedules: Mapped[list[Schedule]] = relationship(cascade=OWNED, order_by="Schedule.position")
    languages: Mapped[list[SpokenLanguage]] = relationship(
        cascade=OWNED, order_by="SpokenLanguage.code"
    )
    contacts: Mapped[list[ListedContact]] = relationship(cascade=OWNED)
    service_at_locations: Mapped[list["ServiceAtLocation"]] = relationship(
        back_populates="location", cascade=OWNED
    )


class Address(Base):
    __tablename__ = "address"
    __table_args__ = (
        ForeignKeyConstraint(
            ["location_id", "location_confidential"],
            ["location.id", "location.confidential"],
            onupdate="CASCADE",
        ),
        CheckConstraint("NOT location_confidential", name="never_of_a_confidential_location"),
        CheckConstraint("address_type IN ('physical', 'postal', 'virtual')", name="type"),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    location_id: Mapped[str] = mapped_column(String(36), index=True)
    location_confidential: Mapped[bool] = mapped_column(default=False)  # ours
    attention: Mapped[str | None] = mapped_column(Text)
    address_1: Mapped[str] = mapped_column(Text)
    address_2: Mapped[str | None] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    state_province: Mapped[str] = mapped_column(Text)
    postal_code: Mapped[str | None] = mapped_column(Text)  # HSDS wants one; sources may lack it
    country: Mapped[str] = mapped_column(String(2), default="US")
    address_type: Mapped[str] = mapped_column(String(10), default="physical")

    location: Mapped[Location] = relationship(back_populates="addresses")


class ServiceAtLocation(Base):
    __tablename__ = "service_at_location"
    __table_args__ = (
        UniqueConstraint("service_id", "location_id"),
        ForeignKeyConstraint(
            ["service_id", "service_confidential"],
            ["service.id", "service.confidential"],
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["location_id", "location_confidential"],
            ["location.id", "location.confidential"],
            onupdate="CASCADE",
        ),
        CheckConstraint(
            "location_confidential OR NOT service_confidential",
            name="confidential_service_stands_at_confidential_location",
        ),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    service_id: Mapped[str] = mapped_column(String(36), index=True)
    location_id: Mapped[str] = mapped_column(String(36), index=True)
    service_confidential: Mapped[bool] = mapped_column(default=False)  # ours
    location_confidential: Mapped[bool] = mapped_column(default=False)  # ours
    description: Mapped[str | None] = mapped_column(Text)

    service: Mapped[Service] = relationship(back_populates="service_at_locations")
    location: Mapped[Location] = relationship(back_populates="service_at_locations")
    phones: Mapped[list["Phone"]] = relationship(cascade=OWNED, order_by="Phone.position")
    schedules: Mapped[list[Schedule]] = relationship(cascade=OWNED, order_by="Schedule.position")
    service_areas: Mapped[list[ServiceArea]] = relationship(
        cascade=OWNED, order_by="ServiceArea.position"
    )
    contacts: Mapped[list[ListedContact]] = relationship(cascade=OWNED)
