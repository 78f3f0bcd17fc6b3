"""Telling a partner's systems that a listing of theirs has changed: that, and which fields.

No content: who wants it reads the listing, with the key that opens it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from directory.listings.models import Service
from directory.notices import service as notices
from directory.notices.models import NoticeKind
from directory.partners import queries as partners
from directory.partners.models import Channel


def listing_changed(
    session: Session, service: Service, fields: Sequence[str], *, now: datetime
) -> None:
    """Plan a webhook to each system that the organisation has registered.

    To be called after `directory.listings.service.changed`, whose version it names.
    """
    for contact in partners.contacts_for(session, service.organization_id, service.id):
        if contact.channel == Channel.WEBHOOK:
            notices.to_contact(
                session,
                contact,
                NoticeKind.LISTING_CHANGED,
                reference=f"{service.id}/{service.version}",
                facts={
                    "service_id": service.id,
                    "fields": list(fields),
                    "version": service.version,
                },
                now=now,
            )


def change_decided(
    session: Session,
    service: Service,
    *,
    change_id: str,
    field: str,
    approved: bool,
    now: datetime,
) -> None:
    """Tell everybody whom the organisation has registered what staff has decided."""
    for contact in partners.contacts_for(session, service.organization_id, service.id):
        notices.to_contact(
            session,
            contact,
            NoticeKind.LISTING_DECIDED,
            reference=change_id,
            facts={"service_id": service.id, "field": field, "approved": approved},
            now=now,
        )
