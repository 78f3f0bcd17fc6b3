"""The SELECTs of those who look after all listings: the list with its filters, what waits."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, false, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from directory.duplicates.queries import standing_pairs
from directory.freshness.models import Freshness
from directory.listings.change_models import ChangeStatus, ListingChange
from directory.listings.models import Organization, Phone, Service
from directory.listings.numbers import digits_of
from directory.listings.queries import SHOWN
from directory.referrals.models import ListingReport

_LEAST_DIGITS = 3


class Standing(StrEnum):
    """Whether a listing is to be seen, and why not. `everything`: merged ones too."""

    LISTED = "listed"
    SHOWN = "shown"
    HELD = "held"
    CLOSED = "closed"
    MERGED = "merged"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the listings is looked for.

    `words`: each in the name of the service or of its organization, or the digits of a number.
    `unattested`: with a number that is given to nobody. `waiting`: with a change that waits for
    approval. `reported`: somebody says that it is wrong.
    """

    words: str = ""
    need: str | None = None
    freshness: Freshness | None = None
    standing: Standing = Standing.LISTED
    unattested: bool = False
    waiting: bool = False
    reported: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much there is to decide."""

    changes: int
    reports: int
    pairs: int


def page(
    session: Session, wanted: Wanted, *, after: tuple[str, str] | None, limit: int
) -> list[Service]:
    """Listings by name and id, with their organizations and numbers."""
    statement = (
        select(Service)
        .join(Organization, Organization.id == Service.organization_id)
        .where(*_conditions(wanted))
        .options(joinedload(Service.organization), selectinload(Service.phones))
        .order_by(Service.name, Service.id)
        .limit(limit)
    )
    if after is not None:
        name, identity = after
        statement = statement.where(
            or_(Service.name > name, and_(Service.name == name, Service.id > identity))
        )
    return list(session.scalars(statement).unique())


def count(session: Session, wanted: Wanted) -> int:
    """How many listings there are of what is looked for."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Service)
            .join(Organization, Organization.id == Service.organization_id)
            .where(*_conditions(wanted))
        )
        or 0
    )


def waiting(session: Session) -> Waiting:
    changes = select(func.count()).where(ListingChange.status == ChangeStatus.PENDING)
    reports = select(func.count()).where(ListingReport.resolved_at.is_(None))
    pairs = select(func.count()).select_from(standing_pairs().subquery())
    return Waiting(
        session.scalar(changes) or 0, session.scalar(reports) or 0, session.scalar(pairs) or 0
    )


def reports(
    session: Session, *, after: tuple[datetime, str] | None, limit: int
) -> list[tuple[ListingReport, Service]]:
    """What people say is wrong and nobody has settled, the oldest first."""
    statement = (
        select(ListingReport, Service)
        .join(Service, Service.id == ListingReport.service_id)
        .where(ListingReport.resolved_at.is_(None))
        .options(joinedload(Service.organization))
        .order_by(ListingReport.created_at, ListingReport.id)
        .limit(limit)
    )
    if after is not None:
        at, identity = after
        later = ListingReport.created_at > at
        same = and_(ListingReport.created_at == at, ListingReport.id > identity)
        statement = statement.where(or_(later, same))
    return [(report, service) for report, service in session.execute(statement).unique()]


def changes_since(session: Session, service_id: str, since: datetime) -> list[ListingChange]:
    """What has become of a listing after `since` (product time), the oldest first."""
    return list(
        session.scalars(
            select(ListingChange)
            .where(
                ListingChange.service_id == service_id,
                or_(ListingChange.at > since, ListingChange.decided_at > since),
                ListingChange.status.in_((ChangeStatus.APPLIED, ChangeStatus.APPROVED)),
            )
            .order_by(ListingChange.at, ListingChange.id)
        )
    )


def by_ids(session: Session, service_ids: list[str]) -> dict[str, Service]:
    """Listings with their organizations, whatever has become of them."""
    found = session.scalars(
        select(Service).where(Service.id.in_(service_ids)).options(joinedload(Service.organization))
    )
    return {service.id: service for service in found}


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [*_STANDING[wanted.standing]]
    found += [_says(word) for word in wanted.words.split()[:8]]
    if wanted.need is not None:
        found.append(cast(Service.needs, String).contains(f'"{wanted.need}"', autoescape=True))
    if wanted.freshness is not None:
        found.append(Service.freshness == wanted.freshness)
    if wanted.unattested:
        kept_back = or_(Phone.attested.is_(False), Phone.call_first)
        found.append(exists().where(Phone.service_id == Service.id, kept_back))
    if wanted.waiting:
        found.append(
            exists().where(
                ListingChange.service_id == Service.id,
                ListingChange.status == ChangeStatus.PENDING,
            )
        )
    if wanted.reported:
        open_one = ListingReport.resolved_at.is_(None)
        found.append(exists().where(ListingReport.service_id == Service.id, open_one))
    return found


def _says(word: str) -> ColumnElement[bool]:
    """Lower case on both sides: SQLite folds ASCII alone, so accents are matched as written."""
    folded = word.lower()
    digits = digits_of(word)
    of_a_number: ColumnElement[bool] = false()
    if len(digits) >= _LEAST_DIGITS and not any(letter.isalpha() for letter in word):
        plain = func.replace(func.replace(Phone.number, "-", ""), " ", "")
        of_a_number = exists().where(Phone.service_id == Service.id, plain.contains(digits))
    return or_(
        func.lower(Service.name).contains(folded, autoescape=True),
        func.lower(Organization.name).contains(folded, autoescape=True),
        of_a_number,
    )


_OPEN = Service.status.in_(("active", "temporarily closed"))
_ITSELF = Service.merged_into_id.is_(None)
_STANDING: dict[Standing, tuple[Any, ...]] = {
    Standing.LISTED: (_ITSELF, _OPEN),
    Standing.SHOWN: SHOWN,
    Standing.HELD: (_ITSELF, _OPEN, Service.published.is_(False)),
    Standing.CLOSED: (_ITSELF, Service.status.in_(("inactive", "defunct"))),
    Standing.MERGED: (Service.merged_into_id.is_not(None),),
    Standing.EVERYTHING: (),
}
