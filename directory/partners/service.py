"""Contacts and keys of partners."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from directory import database
from directory.errors import Invalid, NotFound, Unauthenticated
from directory.languages import Language
from directory.listings.models import Organization, Service
from directory.partners import queries
from directory.partners.models import Channel, PartnerContact, PartnerKey
from directory.people.phone import to_e164
from directory.settings import is_loopback

_EMAIL = re.compile(r"^[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f.]+$")


@dataclass(frozen=True, slots=True)
class NewContact:
    """Somebody at a partner who wants to be told. `address`: by channel."""

    name: str
    channel: Channel
    address: str
    language: Language = Language.EN
    service_id: str | None = None


def organization(session: Session, name: str) -> Organization:
    """By HSDS id or slug. Raises NotFound."""
    found = queries.organization_named(session, name)
    if found is None:
        raise NotFound(
            "organization_unknown",
            "There is no organisation with this id or slug: partners.yml names them (`id`).",
        )
    return found


def add_contact(
    session: Session, organization_id: str, new: NewContact, *, now: datetime
) -> PartnerContact:
    """Register a contact. A webhook gets its signing secret, kept in `secret`.

    Raises Invalid on an address that its channel cannot reach, NotFound on a service of others.
    """
    if new.service_id is not None:
        service = session.get(Service, new.service_id)
        if service is None or service.organization_id != organization_id:
            raise NotFound("service_unknown", "This organisation has no such service.")
    address = _checked(new.channel, new.address)
    contact = PartnerContact(
        organization_id=organization_id,
        service_id=new.service_id,
        name=new.name.strip(),
        language=new.language,
        channel=new.channel,
        address=address,
        address_index=database.current().cipher.blind_index(address),
        secret=_signing_secret() if new.channel is Channel.WEBHOOK else None,
        created_at=now,
    )
    session.add(contact)
    session.flush()
    return contact


def _signing_secret() -> str:
    """As Standard Webhooks writes them, so that a receiver's library takes it as it is."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def remove_contact(contact: PartnerContact, *, now: datetime) -> None:
    """Nothing more goes to this contact, and its links open nothing."""
    contact.removed_at = now


def issue_key(session: Session, organization_id: str, *, now: datetime) -> str:
    """A new key of the partner API; only its hash is kept, so it is shown this once."""
    key = f"hp_{secrets.token_urlsafe(32)}"
    session.add(
        PartnerKey(
            organization_id=organization_id, key_hash=_hash(key), hint=key[:8], created_at=now
        )
    )
    return key


def revoke_keys(session: Session, organization_id: str, *, now: datetime) -> int:
    """End every key of an organisation at once; returns how many there were."""
    keys = queries.keys_of(session, organization_id)
    for key in keys:
        key.revoked_at = now
    return len(keys)


def authenticate(session: Session, key: str) -> PartnerKey:
    """Whose key this is. Raises Unauthenticated."""
    found = queries.key_by_hash(session, _hash(key))
    if found is None:
        raise Unauthenticated("key_invalid", "This key is unknown or was revoked.")
    return found


def _checked(channel: Channel, address: str) -> str:
    if channel is Channel.SMS:
        return to_e164(address)
    if channel is Channel.EMAIL:
        email = address.strip().lower()
        if not _EMAIL.match(email) or len(email) > 254:
            raise Invalid("email_invalid", "This is not an e-mail address.")
        return email
    parts = urlsplit(address.strip())
    if parts.username or parts.password or parts.fragment or not parts.hostname:
        raise Invalid(
            "webhook_invalid", "Write it as https://example.org/path, without a password."
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(address.strip())):
        raise Invalid("webhook_invalid", "A webhook's address starts with https://.")
    return address.strip()


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
