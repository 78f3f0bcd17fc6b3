"""Tables: the people at a partner, the keys of its systems, the links that need no log-in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, Encrypted, UtcDateTime, new_id


class Channel(StrEnum):
    """How a partner's contact is told."""

    SMS = "sms"
    EMAIL = "email"
    WEBHOOK = "webhook"


class KeyScope(StrEnum):
    """What a key of the partner API opens."""

    LISTINGS_READ = "listings:read"
    LISTINGS_WRITE = "listings:write"
    REFERRALS = "referrals"


class PartnerContact(Base):
    """A person (or a system) at an organisation that is told of its referrals.

    `service_id`: of this service only. `address`: an E.164 number, an e-mail address or an https
    address, by `channel`. `secret`: signs what goes to a webhook.
    """

    __tablename__ = "partner_contacts"
    __table_args__ = (Index("ix_partner_contacts_address_index", "address_index"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organization.id"), index=True)
    service_id: Mapped[str | None] = mapped_column(String(36))
    name: Mapped[str] = mapped_column(Encrypted)
    language: Mapped[str] = mapped_column(String(2), default="en")
    channel: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(Encrypted)
    address_index: Mapped[str] = mapped_column(String(64))
    secret: Mapped[str | None] = mapped_column(Encrypted)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PartnerKey(Base):
    """A key of the partner API, kept as its SHA-256 only. `hint`: its first characters."""

    __tablename__ = "partner_keys"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organization.id"), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What it opens: see `KeyScope`. Ours from the first version opened referrals only.
    scopes: Mapped[list[str]] = mapped_column(
        JSON, default=lambda: [scope.value for scope in KeyScope], server_default='["referrals"]'
    )
    # A rotated key goes on for a while beside its successor (wall time).
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReferralLink(Base):
    """What `/r/{token}` opens: one referral, for one contact, until a moment of wall time.

    Only the token's SHA-256 is kept. `code`: the letter by which the contact answers by text; empty
    where all of their phone's letters are taken.
    """

    __tablename__ = "referral_links"
    __table_args__ = (UniqueConstraint("referral_id", "contact_id"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    referral_id: Mapped[str] = mapped_column(ForeignKey("referrals.id"), index=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("partner_contacts.id"), index=True)
    code: Mapped[str] = mapped_column(String(2))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ListingLink(Base):
    """What a link without log-in opens: the listings of one organisation, for one contact.

    Only the token's SHA-256 is kept. `expires_at`: wall time. `code`: as of `ReferralLink`, the
    letter by which the contact answers by text.
    """

    __tablename__ = "listing_links"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("partner_contacts.id"), index=True)
    organization_id: Mapped[str] = mapped_column(String(36), index=True)
    code: Mapped[str | None] = mapped_column(String(4))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PartnerSession(Base):
    """A browser of a partner's contact, signed in by a one-time link. Times are wall time.

    One row from the link on: `link_hash` opens it once (until `link_expires_at`), then
    `token_hash` is the cookie's. SHA-256 only, of both.
    """

    __tablename__ = "partner_sessions"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    contact_id: Mapped[str] = mapped_column(ForeignKey("partner_contacts.id"), index=True)
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)
    link_expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
