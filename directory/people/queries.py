"""Every SELECT on people, consents and the audit trail."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ScalarResult, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from directory import database
from directory.people.models import AuditEntry, Consent, Person, Purpose

# Asked for every text, so they are built once.
_BY_PHONE = select(Person).where(Person.phone_index == bindparam("number"))
_BY_PHONE_LOCKED = _BY_PHONE.with_for_update(key_share=True).execution_options(
    populate_existing=True
)
_NEWEST_CONSENT = (
    select(Consent)
    .where(
        Consent.person_id == bindparam("person"),
        Consent.purpose == bindparam("consent_for"),
        Consent.voided_at.is_(None),
    )
    .order_by(Consent.recorded_at.desc(), Consent.id.desc())
    .limit(1)
)


def by_id(session: Session, person_id: str, *, for_update: bool = False) -> Person | None:
    """`for_update`: locked, and read anew."""
    if for_update:
        session.flush()  # what is not written yet would be lost
    lock = database.LOCKED if for_update else None
    return session.get(Person, person_id, with_for_update=lock, populate_existing=for_update)


def by_ids(session: Session, person_ids: Collection[str]) -> dict[str, Person]:
    people = session.scalars(select(Person).where(Person.id.in_(person_ids)))
    return {person.id: person for person in people}


def by_phone(session: Session, phone: str, *, for_update: bool = False) -> Person | None:
    """The person with this E.164 number. `for_update`: locked, and read anew."""
    return _of_number(session, phone, for_update=for_update).one_or_none()


def met(session: Session, phone: str, *, for_update: bool = False) -> Person:
    """As `by_phone`, where somebody has this number for certain."""
    return _of_number(session, phone, for_update=for_update).one()


def _of_number(session: Session, phone: str, *, for_update: bool) -> ScalarResult[Person]:
    index = database.current().cipher.blind_index(phone)
    statement = _BY_PHONE_LOCKED if for_update else _BY_PHONE
    return session.scalars(statement, {"number": index})


def valid_consent(
    session: Session, person_id: str, purpose: Purpose, *, now: datetime
) -> Consent | None:
    """The newest word on this purpose, when it is a yes that still stands."""
    newest = session.scalar(_NEWEST_CONSENT, {"person": person_id, "consent_for": purpose})
    if newest is None or not newest.given or newest.revoked_at is not None:
        return None
    if newest.expires_at is not None and newest.expires_at <= now:
        return None
    return newest


def standing_consents(session: Session, person_id: str, purpose: Purpose) -> list[Consent]:
    return list(
        session.scalars(
            select(Consent).where(
                Consent.person_id == person_id,
                Consent.purpose == purpose,
                Consent.given.is_(True),
                Consent.revoked_at.is_(None),
                Consent.voided_at.is_(None),
            )
        )
    )


def consents_of(session: Session, person_id: str) -> list[Consent]:
    """Every word of this person on consent, the oldest first; what was voided was never said."""
    return list(
        session.scalars(
            select(Consent)
            .where(Consent.person_id == person_id, Consent.voided_at.is_(None))
            .order_by(Consent.recorded_at, Consent.id)
        )
    )


def consents_of_visit(session: Session, visit_id: str) -> list[Consent]:
    return list(session.scalars(select(Consent).where(Consent.visit_id == visit_id)))


def caseload(session: Session, staff_id: str) -> list[Person]:
    """The people whom a colleague looks after."""
    return list(session.scalars(select(Person).where(Person.clinician_id == staff_id)))


def audit_page(  # the filters of the list
    session: Session,
    *,
    actor: str | None = None,
    action: str | None = None,
    person_id: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 100,
) -> list[AuditEntry]:
    """Who did what with whose record, the newest first; from `after` on, backwards."""
    statement = select(AuditEntry).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    if actor is not None:
        statement = statement.where(AuditEntry.actor == actor)
    if action is not None:
        statement = statement.where(AuditEntry.action == action)
    if person_id is not None:
        statement = statement.where(AuditEntry.person_id == person_id)
    if after is not None:
        at, entry_id = after
        earlier = and_(AuditEntry.at == at, AuditEntry.id < entry_id)
        statement = statement.where(or_(AuditEntry.at < at, earlier))
    return list(session.scalars(statement.limit(limit)))


def audit_actions(session: Session) -> list[str]:
    """Every kind of deed that the log has."""
    return list(session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def audit_of(session: Session, person_id: str) -> list[AuditEntry]:
    return list(
        session.scalars(
            select(AuditEntry).where(AuditEntry.person_id == person_id).order_by(AuditEntry.at)
        )
    )
