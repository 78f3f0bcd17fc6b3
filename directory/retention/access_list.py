"""Whose records were read or changed in a period, by whom: what a breach notice needs.

The audit is the source, so this knows what went through the product; not what somebody read in
the database itself, in a backup, or at the carrier.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.errors import NotFound
from directory.partners.models import PartnerContact, PartnerKey
from directory.people import service as people
from directory.people.models import AuditEntry, Person
from directory.referrals.actors import Actor
from directory.referrals.states import Party
from directory.staff import queries as staff


@dataclass(frozen=True, slots=True)
class Access:
    """One person's record as one actor met it. `actor`: an e-mail address, or an id as stored."""

    person_id: str
    actor: str
    actions: tuple[str, ...]
    times: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Affected:
    """A person to be told. Both None: erased since, so that nobody can be told."""

    person_id: str
    name: str | None
    phone: str | None


def names_of(session: Session, actor: str) -> tuple[str, ...]:
    """How the audit names this account, key or contact: by an e-mail address, or an id.

    Raises NotFound for who is none of these and stands nowhere in the audit: a slip of the pen
    must not read as "nobody was affected".
    """
    member = staff.any_by_email(session, actor)
    if member is not None:
        return (member.id,)
    said = actor.strip()
    names = (said, Actor(Party.PARTNER, said).by)
    known = (
        staff.by_id(session, said)
        or session.get(PartnerContact, said)
        or session.get(PartnerKey, said)
        or session.scalar(select(AuditEntry.id).where(AuditEntry.actor.in_(names)).limit(1))
    )
    if not known:
        raise NotFound(
            "actor_unknown", "--actor: there is no such account, nor anybody in the audit."
        )
    return names


def accesses(
    session: Session, *, since: datetime, until: datetime, actors: Collection[str] | None = None
) -> list[Access]:
    """From `since` to before `until`. `actors`: of these only, as the audit names them."""
    statement = (
        select(
            AuditEntry.person_id,
            AuditEntry.actor,
            AuditEntry.action,
            func.count(),
            func.min(AuditEntry.at),
            func.max(AuditEntry.at),
        )
        .where(AuditEntry.at >= since, AuditEntry.at < until, AuditEntry.person_id.is_not(None))
        .group_by(AuditEntry.person_id, AuditEntry.actor, AuditEntry.action)
        .order_by(AuditEntry.person_id, AuditEntry.actor, AuditEntry.action)
    )
    if actors is not None:
        statement = statement.where(AuditEntry.actor.in_(actors))
    emails = {each.id: each.email for each in staff.everyone(session)}
    found: dict[tuple[str, str], Access] = {}
    for person_id, by, action, times, first, last in session.execute(statement):
        if person_id is None:
            continue
        known = found.get((person_id, by))
        found[person_id, by] = Access(
            person_id,
            emails.get(by, by),
            (*(known.actions if known else ()), action),
            times + (known.times if known else 0),
            min(first, known.first) if known else first,
            max(last, known.last) if known else last,
        )
    return list(found.values())


def affected(session: Session, found: list[Access], *, by: str, now: datetime) -> list[Affected]:
    """Name and number of each of these people, to be told; that they were taken out is noted."""
    told = []
    for person_id in dict.fromkeys(each.person_id for each in found):
        person = session.get(Person, person_id)
        known = person is not None and person.erased_at is None
        told.append(
            Affected(
                person_id,
                person.name if known and person else None,
                (person.phone or None) if known and person else None,
            )
        )
        people.audit(session, actor=by, action="breach.list", person_id=person_id, now=now)
    return told
