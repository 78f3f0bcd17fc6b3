"""Every SELECT on referrals as others ask for them: by who may see them, and when they changed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlalchemy.orm import Session

from directory.partners.models import PartnerKey
from directory.referrals.models import Referral
from directory.referrals.queries import known_to_partner
from directory.referrals.states import Status


class Comparison(StrEnum):
    """FHIR's prefixes of a date."""

    EQUAL = "eq"
    LATER = "gt"
    EARLIER = "lt"
    FROM = "ge"
    UNTIL = "le"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose referrals: of an organisation what was sent to it and what it has sent; else all.

    `sender_names`: `created_by` of what its keys have sent, revoked ones included.
    """

    organization_id: str | None = None
    sender_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of them. `updated`: bounds on the last change, all of which hold."""

    person_id: str | None = None
    statuses: tuple[Status, ...] = ()
    updated: tuple[tuple[Comparison, datetime], ...] = ()
    created_until: datetime | None = None


EVERYTHING = Wanted()


def key_ids(session: Session, organization_id: str) -> list[str]:
    """Every key that an organisation has or had."""
    return list(
        session.scalars(select(PartnerKey.id).where(PartnerKey.organization_id == organization_id))
    )


def organizations_of_keys(session: Session, ids: Collection[str]) -> dict[str, str]:
    """The organisation of each of these keys."""
    keys = session.scalars(select(PartnerKey).where(PartnerKey.id.in_(tuple(ids))))
    return {key.id: key.organization_id for key in keys}


def page(
    session: Session,
    scope: Scope,
    wanted: Wanted = EVERYTHING,
    *,
    after: tuple[datetime, str] | None = None,
    limit: int,
) -> list[Referral]:
    """Referrals, the oldest first: an order that changes to them do not change."""
    statement = _within(select(Referral), scope, wanted)
    if after is not None:
        at, referral_id = after
        later = and_(Referral.created_at == at, Referral.id > referral_id)
        statement = statement.where(or_(Referral.created_at > at, later))
    return list(session.scalars(statement.order_by(Referral.created_at, Referral.id).limit(limit)))


def people_of(session: Session, scope: Scope, wanted: Wanted = EVERYTHING) -> list[str]:
    """Whose referrals these are, each once."""
    statement = select(Referral.person_id).distinct()
    return sorted(session.scalars(_within(statement, scope, wanted)))


def one(session: Session, scope: Scope, referral_id: str) -> Referral | None:
    """The referral with this id, if it is theirs to know."""
    statement = _within(select(Referral), scope, EVERYTHING).where(Referral.id == referral_id)
    found: Referral | None = session.scalars(statement).first()
    return found


def sent_before(session: Session, scope: Scope, external_id: str) -> Referral | None:
    """What the same sender has sent under its own identifier; of staff, whoever it was."""
    if scope.organization_id is None:
        by: ColumnElement[bool] = Referral.created_by.startswith("staff:", autoescape=True)
    else:
        by = Referral.created_by.in_(scope.sender_names)
    return session.scalar(select(Referral).where(Referral.external_id == external_id, by).limit(1))


def _within(statement: Select[Any], scope: Scope, wanted: Wanted) -> Select[Any]:
    conditions = [_theirs(scope)]
    if wanted.person_id is not None:
        conditions.append(Referral.person_id == wanted.person_id)
    if wanted.statuses:
        conditions.append(Referral.status.in_(wanted.statuses))
    if wanted.created_until is not None:
        conditions.append(Referral.created_at <= wanted.created_until)
    conditions += [_updated(comparison, moment) for comparison, moment in wanted.updated]
    return statement.where(*(each for each in conditions if each is not None))


def _theirs(scope: Scope) -> ColumnElement[bool] | None:
    if scope.organization_id is None:
        return None
    received = and_(Referral.organization_id == scope.organization_id, known_to_partner())
    return or_(received, Referral.created_by.in_(scope.sender_names))


def _updated(comparison: Comparison, moment: datetime) -> ColumnElement[bool]:
    # What came of a referral is a change of it too, and has a time of its own.
    changed, outcome = Referral.changed_at, Referral.outcome_at
    last = case((outcome > changed, outcome), else_=changed)
    match comparison:
        case Comparison.EQUAL:
            return last == moment
        case Comparison.LATER:
            return last > moment
        case Comparison.EARLIER:
            return last < moment
        case Comparison.FROM:
            return last >= moment
    return last <= moment
