"""Organisations with listings, a contact who texts, and time that passes for them."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import database
from directory.database import new_id
from directory.freshness import clock
from directory.freshness.models import FreshnessCheck
from directory.listings.models import Organization, Phone, Service
from directory.notices.models import Notice, NoticeKind, NoticeStatus
from directory.partners import service as partners
from directory.partners.models import Channel, PartnerContact
from directory.tasks.models import Task, TaskKind
from tests.factories import QUIET
from tests.fakes import MORNING

DESK = "+16305550150"
NUMBER = "630-555-0140"
LONG_AGO = date(2025, 11, 3)
LATELY = date(2026, 3, 2)


def an_organization(session: Session, name: str = "Example House") -> Organization:
    organization = Organization(
        id=new_id(),
        name=name,
        description="Helps people.",
        slug=f"{name.lower().replace(' ', '-')}-{new_id()[:8]}",
        origin="test",
        last_modified=MORNING,
    )
    session.add(organization)
    session.flush()
    return organization


def a_listing(
    session: Session,
    organization: Organization,
    name: str = "Food pantry",
    *,
    as_of: date | None = LONG_AGO,
    number: str = NUMBER,
    kind: str = "voice",
    hours: str | None = "Mo-Fr 09:00-17:00",
) -> Service:
    """A published service with one number, read from a page of that day."""
    service = Service(
        id=new_id(),
        organization=organization,
        name=name,
        description="Groceries once a week.",
        description_es="Despensa cada semana.",
        needs=["food"],
        opening_hours=hours,
        slug=f"listing-{new_id()[:12]}",
        published=True,
        origin="test",
        last_modified=MORNING,
    )
    service.phones = [Phone(id=new_id(), number=number, type=kind, attested=True, as_of=as_of)]
    session.add(service)
    session.flush()
    return service


def a_contact(
    session: Session,
    organization: Organization,
    *,
    channel: Channel = Channel.SMS,
    address: str = DESK,
    service_id: str | None = None,
) -> PartnerContact:
    new = partners.NewContact(
        name="Front desk", channel=channel, address=address, service_id=service_id
    )
    return partners.add_contact(session, organization.id, new, now=MORNING)


def looked(at: datetime) -> None:
    """Two looks at this moment, as there are every second: what one plans the next one does."""
    with database.session_scope() as session:
        for _ in range(2):
            clock.look(session, quiet=QUIET, now=at)
            session.flush()


def passed(since: datetime, *, days: float) -> datetime:
    """The moment so many days later, looked at every week; every message that was due was sent.

    From MORNING on weeks are whole: a look that falls on a weekend would see nothing happen.
    """
    end = since + timedelta(days=days)
    for at in (*(since + timedelta(days=day) for day in range(7, int(days), 7)), end):
        looked(at)
        with database.session_scope() as session:
            planned = select(Notice).where(Notice.status == NoticeStatus.PLANNED)
            for notice in session.scalars(planned):
                notice.status, notice.sent_at = NoticeStatus.SENT, at
    return end


def listing(service_id: str) -> Service:
    with database.read_scope() as session:
        return session.get_one(Service, service_id)


def the_check(service_id: str) -> FreshnessCheck:
    """The newest one."""
    with database.read_scope() as session:
        return session.scalars(
            select(FreshnessCheck)
            .where(FreshnessCheck.service_id == service_id)
            .order_by(FreshnessCheck.asked_at.desc())
        ).first()  # type: ignore[return-value]


def asked(*kinds: NoticeKind) -> list[Notice]:
    """Messages to partners of these kinds, in order."""
    with database.read_scope() as session:
        every = session.scalars(select(Notice).order_by(Notice.created_at, Notice.id))
        return [notice for notice in every if not kinds or notice.kind in kinds]


def calls() -> list[Task]:
    """Tasks about listings that nobody has done."""
    with database.read_scope() as session:
        return list(
            session.scalars(
                select(Task)
                .where(Task.kind == TaskKind.LISTING_REPORT, Task.status != "done")
                .order_by(Task.created_at)
            )
        )
