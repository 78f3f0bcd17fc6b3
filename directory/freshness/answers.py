"""What a partner's contact answers when asked about listings, by text or on the page."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from directory.freshness import queries
from directory.freshness import service as freshness
from directory.listings.models import Service
from directory.notices.models import Notice
from directory.partners import listing_links
from directory.partners.models import PartnerContact
from directory.referrals.actors import partner


class Result(StrEnum):
    """What became of "it is right". `changed`: not what they were shown any more."""

    CONFIRMED = "confirmed"
    NOTHING_OPEN = "nothing_open"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Question:
    """What a contact was asked last. `open`: what of it nobody has answered."""

    asked_at: datetime
    services: tuple[Service, ...]
    open: tuple[Service, ...]


def last_question(session: Session, contact: PartnerContact) -> Question | None:
    """The newest message to this contact about listings, as things stand now."""
    notice = queries.last_asked(session, contact.id)
    if notice is None:
        return None
    services = [
        service
        for service in queries.services(session, asked_about(notice))
        if is_theirs(contact, service)
    ]
    waiting = {each.service_id for each in queries.open_checks(session, [s.id for s in services])}
    return Question(
        asked_at=notice.sent_at or notice.created_at,
        services=tuple(services),
        open=tuple(service for service in services if service.id in waiting),
    )


def asked_about(notice: Notice) -> list[str]:
    """The ids of the services that a notice asks about."""
    return [str(each) for each in notice.facts.get("service_ids", [])]


def is_theirs(contact: PartnerContact, service: Service) -> bool:
    """Whether this contact answers for this service."""
    own = service.organization_id == contact.organization_id
    return own and contact.service_id in (None, service.id)


def listings_of(session: Session, contact: PartnerContact) -> list[Service]:
    """What this contact answers for, as it stands."""
    found = queries.services_of(session, contact.organization_id)
    return sorted(
        (service for service in found if is_theirs(contact, service)),
        key=lambda service: (service.position, service.name),
    )


def all_right(
    session: Session, contact: PartnerContact, *, now: datetime, wall: datetime
) -> tuple[Result, tuple[Service, ...]]:
    """ "Yes", by text, to what they were asked last. Not where it has been changed since."""
    asked = last_question(session, contact)
    if asked is None or not asked.open:
        return Result.NOTHING_OPEN, ()
    if queries.changed_since(session, [each.id for each in asked.open], asked.asked_at):
        return Result.CHANGED, asked.open
    for service in asked.open:
        right(session, contact, service, now=now)
    end_if_done(session, contact, wall=wall)
    return Result.CONFIRMED, asked.open


def right(session: Session, contact: PartnerContact, service: Service, *, now: datetime) -> None:
    """This listing is right as it stands."""
    locked = queries.service_for_update(session, service.id) or service
    freshness.confirm(session, locked, by=partner(contact.id).by, now=now)


def end_if_done(session: Session, contact: PartnerContact, *, wall: datetime) -> None:
    """With nothing left to answer, the link opens nothing any more."""
    ids = [service.id for service in listings_of(session, contact)]
    if not queries.open_checks(session, ids):
        listing_links.end(session, contact.id, wall=wall)
