"""Links to the listings of an organisation, for one contact: no log-in, expiring, never stored."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from directory import database
from directory.database import new_id
from directory.errors import NotFound
from directory.partners import queries
from directory.partners.links import LIFETIME, NO_CODE, free_code, letters_in_use
from directory.partners.models import ListingLink, PartnerContact


def link_for(session: Session, contact: PartnerContact, *, wall: datetime) -> ListingLink:
    """The link of this contact: one as long as something is asked, renewed at each message."""
    link = queries.listing_link_of(session, contact.id)
    code = link.code if link is not None else NO_CODE
    if link is None or link.ended_at is not None or link.expires_at <= wall or not code:
        code = free_code(letters_in_use(session, contact, wall=wall))
    if link is None or link.ended_at is not None:
        link = ListingLink(
            id=new_id(),
            contact_id=contact.id,
            organization_id=contact.organization_id,
            created_at=wall,
        )
    link.code = code
    # Anew each time: after a change of our key the next message brings a link that opens.
    link.token_hash = _hash(token_of(link))
    link.expires_at = wall + LIFETIME
    session.add(link)
    session.flush()
    return link


def token_of(link: ListingLink) -> str:
    """The secret part of the address: 128 bits that only who has our key can work out."""
    return database.current().cipher.blind_index(f"listing link {link.id}")[:32]


def opened(session: Session, token: str, *, wall: datetime) -> tuple[ListingLink, PartnerContact]:
    """What a token opens. Raises NotFound alike for guessed, expired and used ones."""
    link = queries.listing_link_by_hash(session, _hash(token), wall=wall)
    contact = queries.contact_by_id(session, link.contact_id) if link else None
    if link is None or contact is None:
        raise NotFound("link_unknown", "This link is not valid (any more).")
    return link, contact


def end(session: Session, contact_id: str, *, wall: datetime) -> None:
    """What it was for is done: from now on it opens nothing."""
    link = queries.listing_link_of(session, contact_id)
    if link is not None and link.ended_at is None:
        link.ended_at = wall


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
