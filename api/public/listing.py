"""A published service as JSON. Every number and address has passed directory.publication."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from directory.listings.models import Service
from directory.listings.notices import CurrentNotice, closed_until
from directory.listings.publication import (
    last_checked,
    published_addresses,
    published_phones,
    published_url,
)


def as_listing(service: Service, notices: Sequence[CurrentNotice] = ()) -> dict[str, Any]:
    """One service: HSDS field names where HSDS has them. `notices`: those that count now.

    `status`: "temporarily closed" while it is, by its own word or by a closure, whose end is
    `closed_until`; the hours beside it are the usual ones.
    """
    closed = closed_until(notices)
    phones = published_phones(service)
    checked = last_checked(service, phones)
    return {
        "id": service.id,
        "slug": service.slug,
        "name": service.name,
        "organization": {"id": service.organization.id, "name": service.organization.name},
        "description": {"en": service.description, "es": service.description_es},
        "url": published_url(service),
        "phones": [
            {
                "number": phone.number,
                "type": phone.kind,
                "extension": phone.extension,
                "press": phone.press,
                "text_word": phone.text_word,
                "description": {"en": phone.label, "es": phone.label_es},
                "answered_24h": phone.answered_24h,
            }
            for phone in phones
        ],
        "addresses": [str(address) for address in published_addresses(service)],
        "status": "temporarily closed" if closed else service.status,
        "closed_until": closed.astimezone(UTC).isoformat() if closed else None,
        "notices": [{"type": each.kind.value, "text": each.text} for each in notices],
        "opening_hours": service.opening_hours,
        "accepts_referrals": service.accepts_referrals,
        "last_checked": checked.isoformat() if checked else None,
    }
