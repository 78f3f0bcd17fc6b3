"""Sessions of the partner pages: a link that opens once, then a cookie. No password anywhere.

The link is worth as much as the phone or mailbox it goes to, which is how a contact is known to us
anyway. Its token is worked out from the row's id with our key, so that whoever sends the notice can
write it though nobody keeps it. All times are wall time, unless they are called product time.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory import database
from directory.database import new_id
from directory.errors import Invalid, NotFound
from directory.notices import service as notices
from directory.notices.models import NoticeKind
from directory.partners import queries
from directory.partners.models import Channel, PartnerContact, PartnerSession
from directory.people.phone import to_e164

# As long as a code by phone may last (OWASP ASVS 6.5.5).
LINK_LIFETIME = timedelta(minutes=10)
# A session that began no longer ago shows that whoever has it holds the phone or mailbox now.
FRESH = timedelta(minutes=10)
LIFETIME = timedelta(hours=12)
IDLE = timedelta(hours=2)
# A page more often than this need not write that it was seen.
SEEN_EVERY = timedelta(minutes=1)
# So many links at most go to one contact, whoever asks for them.
MOST_LINKS = 3
MOST_LINKS_A_DAY = 12
A_DAY = timedelta(days=1)
LONGEST_ADDRESS = 254


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is at the browser, and which of their sessions this is."""

    contact: PartnerContact
    session: PartnerSession


def ask_for_link(
    session: Session, address: str, *, now: datetime, wall: datetime
) -> PartnerSession | None:
    """Plan the message with a link, to whom this number or e-mail address belongs.

    None where it belongs to nobody, or where they have got enough links lately. The caller must
    not let the one who asks see which it was. `now`: product time.
    """
    known = _contacts(session, address)
    if not known or _has_had_enough(session, known, wall=wall):
        return None
    contact = known[0]
    row = PartnerSession(
        id=new_id(),
        contact_id=contact.id,
        link_expires_at=wall + LINK_LIFETIME,
        created_at=wall,
    )
    row.link_hash = _hash(link_token(row.id))
    session.add(row)
    session.flush()
    _tell(session, contact, NoticeKind.SIGN_IN_LINK, row, now=now, wall=wall)
    return row


def link_token(row_id: str) -> str:
    """The secret part of the address: 128 bits that only who has our key can work out."""
    return database.current().cipher.blind_index(f"partner sign-in {row_id}")[:32]


def opened(
    session: Session, token: str, *, wall: datetime, for_update: bool = False
) -> tuple[PartnerSession, Sequence[PartnerContact]]:
    """What a link opens: the row, and whom one may sign in as (one person, several organisations).

    Raises NotFound alike for guessed, expired and used ones.
    """
    row = queries.sign_in_link(session, _hash(token), wall=wall, for_update=for_update)
    first = queries.contact_by_id(session, row.contact_id) if row is not None else None
    if row is None or first is None:
        raise NotFound("link_unknown", "This link is not valid (any more).")
    return row, queries.contacts_by_address(session, first.address)


def sign_in(
    session: Session, token: str, contact_id: str | None, *, now: datetime, wall: datetime
) -> tuple[PartnerContact, str]:
    """Use a link up; returns who it is, and the cookie's value, which is kept as its hash only.

    `contact_id`: as whom, where the link leaves a choice. Other links to them open nothing any
    more, and they are told that somebody has signed in. `now`: product time. Raises NotFound.
    """
    row, known = opened(session, token, wall=wall, for_update=True)
    chosen = [each for each in known if each.id == (contact_id or row.contact_id)]
    if not chosen:
        raise NotFound("link_unknown", "This link is not valid (any more).")
    (contact,) = chosen
    for other in queries.unused_links(session, [each.id for each in known], wall=wall):
        other.link_expires_at = wall
    cookie = secrets.token_urlsafe(32)
    row.contact_id, row.link_expires_at = contact.id, wall
    row.token_hash, row.seen_at, row.expires_at = _hash(cookie), wall, wall + LIFETIME
    session.flush()
    _tell(session, contact, NoticeKind.SIGNED_IN, row, now=now, wall=wall)
    return contact, cookie


def find(session: Session, cookie: str, *, wall: datetime) -> SignedIn | None:
    """Whose browser this is; None when it has ended, or the contact was removed."""
    row = queries.partner_session(session, _hash(cookie), wall=wall, idle_since=wall - IDLE)
    if row is None:
        return None
    found, contact = row
    return SignedIn(contact, found)


def is_to_be_noted(found: PartnerSession, *, wall: datetime) -> bool:
    """Whether its last page is so long ago that this one should be written down."""
    return found.seen_at is None or wall - found.seen_at >= SEEN_EVERY


def seen(session: Session, session_id: str, *, wall: datetime) -> None:
    found = session.get(PartnerSession, session_id)
    if found is not None:
        found.seen_at = wall


def end(session: Session, session_id: str, *, contact_id: str, wall: datetime) -> None:
    """Sign one browser of this contact out. Raises NotFound on another's."""
    found = session.get(PartnerSession, session_id)
    if found is None or found.contact_id != contact_id or found.token_hash is None:
        raise NotFound("session_unknown", "There is no such session.")
    found.ended_at = wall


def is_fresh(found: PartnerSession, *, wall: datetime) -> bool:
    """Whether this browser was signed in only just now."""
    return found.expires_at is not None and wall - (found.expires_at - LIFETIME) < FRESH


def of_contact(session: Session, contact_id: str, *, wall: datetime) -> list[PartnerSession]:
    """Where this contact is signed in, the newest first."""
    return queries.partner_sessions(session, contact_id, wall=wall, idle_since=wall - IDLE)


def _contacts(session: Session, address: str) -> list[PartnerContact]:
    """The contacts who read what goes to this address. Systems sign in with keys, never here."""
    plain = address.strip()[:LONGEST_ADDRESS]
    if "@" not in plain:
        try:
            plain = to_e164(plain)
        except Invalid:
            return []
    reading = (Channel.SMS, Channel.EMAIL)
    found = queries.contacts_by_address(session, plain.lower())
    return [contact for contact in found if contact.channel in reading]


def _has_had_enough(session: Session, known: Sequence[PartnerContact], *, wall: datetime) -> bool:
    ids = [each.id for each in known]
    lately = queries.links_asked(session, ids, since=wall - LINK_LIFETIME)
    return (
        lately >= MOST_LINKS
        or queries.links_asked(session, ids, since=wall - A_DAY) >= MOST_LINKS_A_DAY
    )


def _tell(
    session: Session,
    contact: PartnerContact,
    kind: NoticeKind,
    row: PartnerSession,
    *,
    now: datetime,
    wall: datetime,
) -> None:
    notice = notices.to_contact(
        session, contact, kind, reference=row.id, facts={"sign_in_id": row.id}, now=now
    )
    if notice is not None and kind is NoticeKind.SIGN_IN_LINK:
        # A link that has ended would only confuse. However fast the clock runs, not before.
        notice.expires_at, notice.keep_until = now + LINK_LIFETIME, row.link_expires_at


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
