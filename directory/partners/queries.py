"""Every SELECT on partners' contacts, keys and links."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from directory import database
from directory.listings.models import Organization
from directory.partners.models import (
    KeyScope,
    ListingLink,
    PartnerContact,
    PartnerKey,
    PartnerSession,
    ReferralLink,
)
from directory.referrals.models import Referral
from directory.referrals.queries import known_to_partner
from directory.referrals.states import OPEN, Status


def contact_by_id(session: Session, contact_id: str) -> PartnerContact | None:
    return session.get(PartnerContact, contact_id)


def contacts_for(
    session: Session, organization_id: str, service_id: str | None = None
) -> list[PartnerContact]:
    """Who is told of a referral to this service; all of the organisation's without one."""
    statement = select(PartnerContact).where(
        PartnerContact.organization_id == organization_id, PartnerContact.removed_at.is_(None)
    )
    if service_id is not None:
        theirs = PartnerContact.service_id
        statement = statement.where(or_(theirs.is_(None), theirs == service_id))
    return list(session.scalars(statement.order_by(PartnerContact.created_at, PartnerContact.id)))


def contacts_by_address(session: Session, address: str) -> list[PartnerContact]:
    """Whoever has this number or e-mail address; one person may work for two organisations."""
    index = database.current().cipher.blind_index(address)
    return list(
        session.scalars(
            select(PartnerContact)
            .where(PartnerContact.address_index == index, PartnerContact.removed_at.is_(None))
            .order_by(PartnerContact.created_at, PartnerContact.id)
        )
    )


def organization_named(session: Session, name: str) -> Organization | None:
    """An organisation by its HSDS `id` or its slug in partners.yml."""
    return session.scalar(
        select(Organization).where(or_(Organization.id == name, Organization.slug == name))
    )


def name_of(session: Session, organization_id: str) -> str:
    """The name of an organisation, for a sentence about it."""
    organization = session.get(Organization, organization_id)
    return organization.name if organization is not None else "an organisation that is gone"


def key_by_hash(session: Session, key_hash: str) -> PartnerKey | None:
    return session.scalar(
        select(PartnerKey).where(PartnerKey.key_hash == key_hash, PartnerKey.revoked_at.is_(None))
    )


def keys_of(session: Session, organization_id: str) -> list[PartnerKey]:
    """Keys that were not revoked, whatever they open; one that was rotated may have ended."""
    return list(
        session.scalars(
            select(PartnerKey)
            .where(PartnerKey.organization_id == organization_id, PartnerKey.revoked_at.is_(None))
            .order_by(PartnerKey.created_at)
        )
    )


def reads_referrals(session: Session, organization_id: str, *, wall: datetime) -> bool:
    """Whether a system of the organisation can look at its referrals by itself, at `wall` time."""
    return any(
        KeyScope.REFERRALS.value in key.scopes
        for key in keys_of(session, organization_id)
        if key.expires_at is None or key.expires_at > wall
    )


def link_by_hash(session: Session, token_hash: str, *, wall: datetime) -> ReferralLink | None:
    """The link of this token, while it opens something."""
    return session.scalar(
        select(ReferralLink)
        .join(Referral, Referral.id == ReferralLink.referral_id)
        .join(PartnerContact, PartnerContact.id == ReferralLink.contact_id)
        .where(
            ReferralLink.token_hash == token_hash,
            ReferralLink.expires_at > wall,
            ReferralLink.used_at.is_(None),
            Referral.status.in_(tuple(OPEN)),
            PartnerContact.removed_at.is_(None),
        )
    )


def overtaken_link(session: Session, token_hash: str, *, wall: datetime) -> ReferralLink | None:
    """The link of this token, where a colleague (or our side) has ended the referral meanwhile."""
    return session.scalar(
        select(ReferralLink)
        .join(Referral, Referral.id == ReferralLink.referral_id)
        .join(PartnerContact, PartnerContact.id == ReferralLink.contact_id)
        .where(
            ReferralLink.token_hash == token_hash,
            ReferralLink.expires_at > wall,
            ReferralLink.used_at.is_(None),
            Referral.status.not_in(tuple(OPEN)),
            PartnerContact.removed_at.is_(None),
        )
    )


def link_for(session: Session, referral_id: str, contact_id: str) -> ReferralLink | None:
    return session.scalar(
        select(ReferralLink).where(
            ReferralLink.referral_id == referral_id, ReferralLink.contact_id == contact_id
        )
    )


def known_links_of(
    session: Session, contact_id: str, *, since: datetime
) -> list[tuple[ReferralLink, Referral]]:
    """The referrals that a contact may answer, and those that ended after `since`; newest first.

    `since`: product time.
    """
    rows = session.execute(
        select(ReferralLink, Referral)
        .join(Referral, Referral.id == ReferralLink.referral_id)
        .where(
            ReferralLink.contact_id == contact_id,
            or_(Referral.status.in_(tuple(OPEN)), Referral.changed_at > since),
        )
        .order_by(Referral.changed_at.desc(), ReferralLink.id)
    )
    return [(link, referral) for link, referral in rows]


def listing_link_by_hash(
    session: Session, token_hash: str, *, wall: datetime
) -> ListingLink | None:
    """The link to listings of this token, while it opens something."""
    return session.scalar(
        select(ListingLink)
        .join(PartnerContact, PartnerContact.id == ListingLink.contact_id)
        .where(
            ListingLink.token_hash == token_hash,
            ListingLink.expires_at > wall,
            ListingLink.ended_at.is_(None),
            PartnerContact.removed_at.is_(None),
        )
    )


def listing_link_of(session: Session, contact_id: str) -> ListingLink | None:
    """The newest link to listings of a contact, ended or not."""
    return session.scalar(
        select(ListingLink)
        .where(ListingLink.contact_id == contact_id)
        .order_by(ListingLink.created_at.desc(), ListingLink.id)
        .limit(1)
    )


def listing_codes(session: Session, contact_ids: list[str], *, since: datetime) -> set[str]:
    """Letters by which these contacts answer about listings, or did so after `since` (wall)."""
    codes = session.scalars(
        select(ListingLink.code).where(
            ListingLink.contact_id.in_(contact_ids),
            ListingLink.code.is_not(None),
            ListingLink.expires_at > since,
            or_(ListingLink.ended_at.is_(None), ListingLink.ended_at > since),
        )
    )
    return {code for code in codes if code}


def sign_in_link(
    session: Session, link_hash: str, *, wall: datetime, for_update: bool = False
) -> PartnerSession | None:
    """The sign-in of this link, while it opens something. `for_update`: of two only one does."""
    statement = (
        select(PartnerSession)
        .join(PartnerContact, PartnerContact.id == PartnerSession.contact_id)
        .where(
            PartnerSession.link_hash == link_hash,
            PartnerSession.link_expires_at > wall,
            PartnerSession.token_hash.is_(None),
            PartnerContact.removed_at.is_(None),
        )
    )
    if for_update:
        statement = statement.with_for_update(of=PartnerSession)
        statement = statement.execution_options(populate_existing=True)
    return session.scalar(statement)


def unused_links(
    session: Session, contact_ids: Collection[str], *, wall: datetime
) -> list[PartnerSession]:
    """Links to these contacts by which somebody could still sign in."""
    return list(
        session.scalars(
            select(PartnerSession).where(
                PartnerSession.contact_id.in_(tuple(contact_ids)),
                PartnerSession.link_expires_at > wall,
                PartnerSession.token_hash.is_(None),
            )
        )
    )


def links_asked(session: Session, contact_ids: Collection[str], *, since: datetime) -> int:
    """How many sign-in links these contacts have got after `since` (wall time)."""
    statement = select(func.count()).where(
        PartnerSession.contact_id.in_(tuple(contact_ids)), PartnerSession.created_at > since
    )
    return session.scalar(statement) or 0


def partner_session(
    session: Session, token_hash: str, *, wall: datetime, idle_since: datetime
) -> tuple[PartnerSession, PartnerContact] | None:
    """The session of this cookie with its contact, while both are there."""
    row = session.execute(
        select(PartnerSession, PartnerContact)
        .join(PartnerContact, PartnerContact.id == PartnerSession.contact_id)
        .where(
            PartnerSession.token_hash == token_hash,
            PartnerSession.ended_at.is_(None),
            PartnerSession.expires_at > wall,
            PartnerSession.seen_at > idle_since,
            PartnerContact.removed_at.is_(None),
        )
    ).first()
    return (row[0], row[1]) if row is not None else None


def partner_sessions(
    session: Session, contact_id: str, *, wall: datetime, idle_since: datetime
) -> list[PartnerSession]:
    """Where a contact is signed in, the newest first."""
    return list(
        session.scalars(
            select(PartnerSession)
            .where(
                PartnerSession.contact_id == contact_id,
                PartnerSession.ended_at.is_(None),
                PartnerSession.expires_at > wall,
                PartnerSession.seen_at > idle_since,
            )
            .order_by(PartnerSession.created_at.desc(), PartnerSession.id)
        )
    )


def referrals_to(
    session: Session,
    contact: PartnerContact,
    statuses: Collection[Status],
    *,
    newest_first: bool = False,
    skip: int = 0,
    limit: int,
) -> list[Referral]:
    """What this contact answers for, in these states: what has waited longest stands on top."""
    statement = select(Referral).where(
        Referral.organization_id == contact.organization_id,
        Referral.status.in_(tuple(statuses)),
        known_to_partner(),
    )
    if contact.service_id is not None:
        statement = statement.where(Referral.service_id == contact.service_id)
    if newest_first:
        statement = statement.order_by(Referral.changed_at.desc(), Referral.id)
    else:
        statement = statement.order_by(Referral.created_at, Referral.id)
    return list(session.scalars(statement.offset(skip).limit(limit)))


def counts_of_referrals(session: Session, contact: PartnerContact) -> dict[str, int]:
    """State → how many of what this contact answers for are in it."""
    statement = (
        select(Referral.status, func.count())
        .where(Referral.organization_id == contact.organization_id, known_to_partner())
        .group_by(Referral.status)
    )
    if contact.service_id is not None:
        statement = statement.where(Referral.service_id == contact.service_id)
    rows = session.execute(statement)
    return {status: count for status, count in rows}  # noqa: C416  # rows are no pairs to dict()
