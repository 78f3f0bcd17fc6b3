"""Tables that classify, and that tell of changes. HSDS 3.2.3 names."""

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.database import Base, new_id


class Taxonomy(Base):
    __tablename__ = "taxonomy"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(Text)
    version: Mapped[str | None] = mapped_column(Text)


class TaxonomyTerm(Base):
    __tablename__ = "taxonomy_term"
    __table_args__ = (UniqueConstraint("taxonomy_id", "code"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    taxonomy_id: Mapped[str] = mapped_column(ForeignKey("taxonomy.id"))
    code: Mapped[str | None] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("taxonomy_term.id"))
    language: Mapped[str | None] = mapped_column(String(10))
    term_uri: Mapped[str | None] = mapped_column(Text)
    name_es: Mapped[str | None] = mapped_column(Text)  # ours

    taxonomy: Mapped[Taxonomy] = relationship()


class Attribute(Base):
    """Links any row (`link_entity` is its table, `link_id` its id) to a taxonomy term."""

    __tablename__ = "attribute"
    __table_args__ = (
        UniqueConstraint("link_id", "taxonomy_term_id"),
        Index(None, "link_entity", "link_id"),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    link_id: Mapped[str] = mapped_column(String(36))
    link_entity: Mapped[str] = mapped_column(String(40), default="service")
    link_type: Mapped[str | None] = mapped_column(String(40))
    taxonomy_term_id: Mapped[str] = mapped_column(ForeignKey("taxonomy_term.id"), index=True)
    value: Mapped[str | None] = mapped_column(Text)
    label: Mapped[str | None] = mapped_column(Text)

    taxonomy_term: Mapped[TaxonomyTerm] = relationship()


class Metadata(Base):
    """HSDS `metadata`: who changed which field of what, and when.

    `last_action_date` is an ISO date, as HSDS has it. Values are kept only of fields that may
    be read by anybody; other changes have empty values.
    """

    __tablename__ = "metadata"
    __table_args__ = (Index(None, "resource_type", "resource_id"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    resource_id: Mapped[str] = mapped_column(String(36), index=True)
    resource_type: Mapped[str] = mapped_column(String(40))
    last_action_date: Mapped[str] = mapped_column(String(10))
    last_action_type: Mapped[str] = mapped_column(String(20))
    field_name: Mapped[str] = mapped_column(String(60))
    previous_value: Mapped[str] = mapped_column(Text)
    replacement_value: Mapped[str] = mapped_column(Text)
    updated_by: Mapped[str] = mapped_column(String(120))


class CatalogueVersion(Base):
    """The one row that changes with every change of the listings; the search index watches it.

    The value is random, so that a version that was rolled back can never be met again.
    """

    __tablename__ = "catalogue_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(String(36))
    # Of the last `ListingEvent`; whoever draws the next one locks this row until the commit.
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
