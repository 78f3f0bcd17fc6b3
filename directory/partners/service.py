"""Contacts and keys of partners."""

import base64
import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from directory import database
from directory.clock import wall_now
from directory.errors import Forbidden, Invalid, NotFound, Unauthenticated
from directory.languages import Language
from directory.listings.models import Organization, Service
from directory.partners import queries
from directory.partners.models import Channel, KeyScope, PartnerContact, PartnerKey
from directory.people.phone import to_e164
from directory.setting_checks import is_loopback

KEY_PREFIX = "hp_"
HINT_LENGTH = 8
# How long a rotated key goes on beside its successor: a system is not changed within the hour.
GRACE = timedelta(days=7)
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


def issue_key(
    session: Session,
    organization_id: str,
    *,
    now: datetime,
    scopes: Collection[KeyScope] = tuple(KeyScope),
) -> str:
    """A new key of the partner API; only its hash is kept, so it is shown this once."""
    key = f"{KEY_PREFIX}{secrets.token_urlsafe(32)}"
    session.add(
        PartnerKey(
            organization_id=organization_id,
            key_hash=_hash(key),
            hint=key[:HINT_LENGTH],
            scopes=[scope.value for scope in KeyScope if scope in scopes],
            created_at=now,
        )
    )
    return key


def rotate_keys(
    session: Session,
    organization_id: str,
    *,
    now: datetime,
    scopes: Collection[KeyScope] | None = None,
    grace: timedelta = GRACE,
) -> str:
    """A new key in place of all that there are, which go on for `grace`. `now`: wall time.

    Without `scopes` it opens what they opened together. One that was to end sooner does.
    """
    old = [key for key in queries.keys_of(session, organization_id) if not ended(key, wall=now)]
    opened = {KeyScope(scope) for key in old for scope in key.scopes} or set(KeyScope)
    for key in old:
        key.expires_at = min(key.expires_at or now + grace, now + grace)
    return issue_key(session, organization_id, now=now, scopes=scopes or opened)


def revoke_keys(
    session: Session, organization_id: str, *, now: datetime, hint: str | None = None
) -> int:
    """End every key of an organisation at once, or the one of this hint; returns how many."""
    keys = [key for key in queries.keys_of(session, organization_id) if hint in (None, key.hint)]
    for key in keys:
        key.revoked_at = now
    return len(keys)


def ended(key: PartnerKey, *, wall: datetime) -> bool:
    """Whether a key that was rotated has come to its end. `wall`: wall time."""
    return key.expires_at is not None and key.expires_at <= wall


def authenticate(session: Session, key: str, *, wall: datetime | None = None) -> PartnerKey:
    """Whose key this is. `wall`: wall time, now by default. Raises Unauthenticated."""
    found = queries.key_by_hash(session, _hash(key))
    if found is None or ended(found, wall=wall or wall_now()):
        raise Unauthenticated("key_invalid", "This key is unknown, was revoked or has ended.")
    return found


def require_scope(key: PartnerKey, scope: KeyScope) -> None:
    """Raises Forbidden where the key does not open this."""
    if scope.value not in key.scopes:
        raise Forbidden(
            "scope_missing",
            f"This key does not open {scope.value}: ask for one with that scope.",
        )


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
