"""Links that answer one referral without a log-in: single-purpose, expiring, never stored."""

import hashlib
from datetime import datetime, timedelta
from string import ascii_uppercase

from sqlalchemy.orm import Session

from directory import database
from directory.database import new_id
from directory.errors import NotFound
from directory.partners import queries
from directory.partners.models import PartnerContact, ReferralLink
from directory.referrals import queries as referrals
from directory.referrals.models import Referral

LIFETIME = timedelta(days=30)  # wall time
# I and O look like digits on an old phone.
CODES = [letter for letter in ascii_uppercase if letter not in "IO"]


def link_for(
    session: Session, referral: Referral, contact: PartnerContact, *, wall: datetime
) -> ReferralLink:
    """The link of this contact for this referral, made at the first call, renewed at each."""
    link = queries.link_for(session, referral.id, contact.id)
    if link is None:
        used = {each.code for each, _ in queries.open_links_of(session, contact.id)}
        link = ReferralLink(
            id=new_id(),
            referral_id=referral.id,
            contact_id=contact.id,
            code=_free_code(used),
            created_at=wall,
        )
        link.token_hash = _hash(token_of(link))
        session.add(link)
    link.expires_at = wall + LIFETIME
    session.flush()
    return link


def token_of(link: ReferralLink) -> str:
    """The secret part of the address: 128 bits that only who has our key can work out."""
    return database.current().cipher.blind_index(f"referral link {link.id}")[:32]


def opened(
    session: Session, token: str, *, wall: datetime
) -> tuple[ReferralLink, Referral, PartnerContact]:
    """What a token opens. Raises NotFound alike for guessed, expired and used ones."""
    link = queries.link_by_hash(session, _hash(token), wall=wall)
    referral = referrals.by_id(session, link.referral_id) if link else None
    contact = queries.contact_by_id(session, link.contact_id) if link else None
    if link is None or referral is None or contact is None:
        raise NotFound("link_unknown", "This link is not valid (any more).")
    return link, referral, contact


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _free_code(used: set[str]) -> str:
    every = [*CODES, *(first + second for first in CODES for second in CODES)]
    return next(code for code in every if code not in used)
