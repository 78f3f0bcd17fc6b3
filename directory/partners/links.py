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
from directory.referrals.actors import partner
from directory.referrals.models import Referral

LIFETIME = timedelta(days=30)  # wall time
# A letter is not given again for so long after its referral has ended.
LETTER_RESTS = timedelta(days=3)
# I and O look like digits on an old phone.
CODES = [letter for letter in ascii_uppercase if letter not in "IO"]
# Of whoever has more requests than there are codes: the link alone answers.
NO_CODE = ""


def link_for(
    session: Session, referral: Referral, contact: PartnerContact, *, wall: datetime
) -> ReferralLink:
    """The link of this contact for this referral, made at the first call, renewed at each."""
    link = queries.link_for(session, referral.id, contact.id)
    code = link.code if link is not None else NO_CODE
    if code == NO_CODE:  # also at a reminder: by then a letter may have become free
        code = free_code(letters_in_use(session, contact, wall=wall))
    if link is None:
        link = ReferralLink(
            id=new_id(), referral_id=referral.id, contact_id=contact.id, created_at=wall
        )
        session.add(link)
    link.code = code
    # Anew each time: after a change of our key the next text brings a link that opens.
    link.token_hash = _hash(token_of(link))
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


def overtaken(session: Session, token: str, *, wall: datetime) -> PartnerContact | None:
    """Whose link this was, when somebody else ended the referral before they could answer.

    Who answers a moment too late is told so. None for guessed, expired and used tokens, also when
    they ended it themselves by text: for those there is nothing to tell.
    """
    link = queries.overtaken_link(session, _hash(token), wall=wall)
    if link is None:
        return None
    ended_by = referrals.history(session, link.referral_id)[-1].by
    own = ended_by == partner(link.contact_id).by
    return None if own else queries.contact_by_id(session, link.contact_id)


def use_up(link: ReferralLink, *, wall: datetime) -> None:
    """What it was for is done: from now on it opens nothing."""
    link.used_at = wall


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def letters_in_use(session: Session, contact: PartnerContact, *, wall: datetime) -> set[str]:
    """Of what is open and what has lately ended, so that a late answer never meets another one.

    Counted by number: somebody who works for two organisations has one row of letters.
    """
    same_number = queries.contacts_by_address(session, contact.address)
    since = wall - LETTER_RESTS  # product time is never behind
    of_referrals = {
        link.code
        for each in same_number
        for link, _ in queries.known_links_of(session, each.id, since=since)
    }
    return of_referrals | queries.listing_codes(session, [e.id for e in same_number], since=since)


def free_code(used: set[str]) -> str:
    """The shortest code that is free, one letter or two; NO_CODE when all 600 are in use."""
    every = [*CODES, *(first + second for first in CODES for second in CODES)]
    return next((code for code in every if code not in used), NO_CODE)
