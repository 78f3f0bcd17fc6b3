"""Every SELECT on texts, listings and training that figures are made of.

Texts are counted from an index that holds all that is asked of them here
(`ix_outbound_messages_measured`), so a million encrypted bodies are never read.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, func, select, text
from sqlalchemy.orm import Session

from directory.freshness.models import Freshness
from directory.listings.models import Phone, Service
from directory.measures.period import Span
from directory.measures.queries import within
from directory.messages.models import InboundMessage, OutboundMessage, OutboundStatus
from directory.people.models import Person
from directory.training.models import CitMember, Unit
from directory.training.service import COURSE_HOURS, Standing

# Taken by the carrier, which then asks for its money; the last may have been.
CHARGED = (
    OutboundStatus.SENT,
    OutboundStatus.DELIVERED,
    OutboundStatus.FAILED,
    OutboundStatus.UNCERTAIN,
)
LOST = (OutboundStatus.FAILED, OutboundStatus.DROPPED, OutboundStatus.UNCERTAIN)


# From so many texts on, to count a year of them and of what goes with them is felt.
LARGE = 100_000


def is_large(session: Session) -> bool:
    """Whether there is that much to count, by PostgreSQL's own estimate, which costs nothing.

    SQLite serves one town.
    """
    if session.get_bind().dialect.name != "postgresql":
        return False
    estimate = text("SELECT reltuples FROM pg_class WHERE oid = to_regclass('outbound_messages')")
    return (session.scalar(estimate) or 0) >= LARGE


@dataclass(frozen=True, slots=True)
class Texts:
    """`sent`: texts of ours by kind and status. `failures`: those that did not arrive, by reason.
    `segments`: of those that the carrier took; `unmeasured`: texts it took whose segments it has
    not told. `opted_out`: people who wrote STOP then, and have not taken it back."""

    received: int
    sent: dict[tuple[str, str], int]
    failures: dict[str, int]
    segments: int
    unmeasured: int
    opted_out: int


def texts(session: Session, span: Span) -> Texts:
    statement = (
        select(
            OutboundMessage.kind,
            OutboundMessage.status,
            OutboundMessage.reason,
            func.count(),
            func.coalesce(func.sum(OutboundMessage.segments), 0),
            func.sum(case((OutboundMessage.segments.is_(None), 1), else_=0)),
        )
        .where(within(OutboundMessage.created_at, span))
        .group_by(OutboundMessage.kind, OutboundMessage.status, OutboundMessage.reason)
    )
    sent: dict[tuple[str, str], int] = {}
    failures: dict[str, int] = {}
    segments = unmeasured = 0
    for kind, status, reason, number, cut, without in session.execute(statement):
        sent[kind, status] = sent.get((kind, status), 0) + number
        if status in LOST:
            failures[reason or "other"] = failures.get(reason or "other", 0) + number
        if status in CHARGED:
            segments += int(cut)
            unmeasured += int(without)
    received = select(func.count()).select_from(InboundMessage)
    opted_out = select(func.count()).select_from(Person)
    return Texts(
        received=session.scalar(received.where(within(InboundMessage.received_at, span))) or 0,
        sent=sent,
        failures=failures,
        segments=segments,
        unmeasured=unmeasured,
        opted_out=session.scalar(opted_out.where(within(Person.opted_out_at, span))) or 0,
    )


AGES = (30, 90, 180, 365)


@dataclass(frozen=True, slots=True)
class ListingAges:
    """Listings that are shown, as they stand.

    `by_age`: last confirmed, or else a number read on a page, up to each of AGES days ago, then
    longer ago, then never. `withheld`: no longer shown, as nobody answered for long.
    """

    by_freshness: dict[str, int]
    by_age: tuple[int, ...]
    withheld: int


def listing_ages(session: Session, *, today: date) -> ListingAges:
    shown = (
        Service.published.is_(True),
        Service.status.in_(("active", "temporarily closed")),
        Service.merged_into_id.is_(None),
    )
    # As directory.freshness.shown says it.
    read = (
        select(Phone.service_id, func.max(Phone.as_of).label("on"))
        .where(Phone.attested.is_(True))
        .group_by(Phone.service_id)
        .subquery()
    )
    checked = func.coalesce(Service.assured_date, read.c.on)
    place = case(
        (checked.is_(None), len(AGES) + 1),
        *((checked >= today - timedelta(days=days), number) for number, days in enumerate(AGES)),
        else_=len(AGES),
    ).label("place")
    statement = (
        select(Service.freshness, place, func.count())
        .join(read, read.c.service_id == Service.id, isouter=True)
        .where(*shown)
    )
    by_freshness = {each.value: 0 for each in Freshness if each is not Freshness.WITHHELD}
    by_age = [0] * (len(AGES) + 2)
    withheld = 0
    for freshness, age, number in session.execute(statement.group_by(Service.freshness, place)):
        if freshness == Freshness.WITHHELD:
            withheld += number
            continue
        by_freshness[freshness] = by_freshness.get(freshness, 0) + number
        by_age[age] += number
    return ListingAges(by_freshness, tuple(by_age), withheld)


def training(session: Session) -> Standing:
    """How far the city's goals are reached: the counts of directory.training.service.standing,
    by the database, which need not decrypt a name for it."""
    certified = case((CitMember.certified_on.is_not(None), 1), else_=0)
    completed = case((CitMember.hours >= COURSE_HOURS, 1), else_=0)
    officer = case((CitMember.unit == Unit.PATROL, 1), else_=0)
    row = session.execute(
        select(
            func.count(),
            func.sum(certified),
            func.sum(completed),
            func.sum(officer),
            func.sum(officer * completed),
        ).where(CitMember.left_on.is_(None))
    ).one()
    return Standing(*(int(value or 0) for value in row))
