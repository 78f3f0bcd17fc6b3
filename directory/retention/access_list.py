"""Whose records were read or changed in a period, by whom: what a breach notice needs.

The audit is the source, so this knows what went through the product; not what somebody read in
the database itself, in a backup, or at the carrier.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.people import service as people
from directory.people.models import AuditEntry, Person
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


def accesses(
    session: Session, *, since: datetime, until: datetime, actor: str | None = None
) -> list[Access]:
    """From `since` to before `until`. `actor`: the id of one account, key or contact only."""
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
    if actor is not None:
        statement = statement.where(AuditEntry.actor == actor)
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
