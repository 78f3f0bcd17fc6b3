"""What happens to people: found or first met, consent given and withdrawn, silence kept."""

from datetime import datetime

from sqlalchemy.orm import Session

from directory import database
from directory.errors import Invalid
from directory.people import queries
from directory.people.models import AuditEntry, Consent, ConsentMethod, Person, Purpose

REASSIGNED = "reassigned"


def find_or_create(session: Session, phone: str, *, now: datetime, locked: bool = False) -> Person:
    """The person behind an E.164 number; a number is one person, however often it is met.

    `locked`: whoever else wants this person locked waits until the transaction ends.
    """
    person = queries.by_phone(session, phone, for_update=locked)
    if person is not None:
        if not person.phone:  # erased once, and kept silent: whoever it is has to be reached now
            person.phone = phone
        return person
    index = database.current().cipher.blind_index(phone)
    facts = {"phone": phone, "phone_index": index, "created_at": now}
    new = database.insert_unless_there(session, Person, facts, unique="phone_index")
    return new or queries.met(session, phone, for_update=locked)


def record_consent(  # a consent is exactly these facts
    session: Session,
    person: Person,
    purpose: Purpose,
    *,
    given: bool,
    method: ConsentMethod,
    by: str | None,
    now: datetime,
    expires_at: datetime | None = None,
) -> Consent:
    """Note what the person said about one purpose; the newest word counts.

    Raises Invalid on a yes to telling of substance use that is not in writing (42 CFR 2.31).
    """
    in_writing = method is ConsentMethod.WRITTEN
    if given and purpose is Purpose.SUBSTANCE_USE and not in_writing:
        raise Invalid(
            "consent_not_written",
            "A yes to telling a partner of substance use must be in writing, on a form of its own. "
            "Until it is signed, leave it as not asked.",
            purpose=purpose.value,
        )
    consent = Consent(
        person_id=person.id,
        purpose=purpose,
        given=given,
        method=method,
        recorded_by=by,
        recorded_at=now,
        expires_at=expires_at,
    )
    session.add(consent)
    return consent


def revoke(session: Session, person: Person, purpose: Purpose, *, now: datetime) -> None:
    """Nothing that this purpose covered may be done any more."""
    for consent in queries.standing_consents(session, person.id, purpose):
        consent.revoked_at = now


def may_be_texted(session: Session, person: Person, *, now: datetime) -> bool:
    """Whether we may start a text to this person: consent, safety, and a number that is theirs."""
    return (
        person.opted_out_at is None
        and person.safe_to_text is True
        and person.unreachable_because is None
        and queries.valid_consent(session, person.id, Purpose.SMS, now=now) is not None
    )


def give_up_number(session: Session, person: Person, *, now: datetime) -> None:
    """The number is somebody else's now: nothing goes there, and whoever texts from it is new."""
    person.reassigned_at = now
    person.unreachable_because = REASSIGNED
    person.safe_to_text = False
    person.phone_index = f"reassigned {person.id}"
    session.flush()


def number_may_be_tried(person: Person) -> bool:
    """Whether the word of somebody who met them counts for more than what the carrier said of the
    number. A number that is somebody else's stays given up."""
    return person.reassigned_at is None and person.erased_at is None


def opt_out(session: Session, person: Person, *, now: datetime) -> None:
    """Nothing more goes to this number until START; consent to be texted is withdrawn."""
    person.opted_out_at = now
    for consent in queries.standing_consents(session, person.id, Purpose.SMS):
        consent.revoked_at = now


def opt_in(session: Session, person: Person, *, now: datetime) -> None:
    """START: the person asks for texts again, which is consent by text."""
    person.opted_out_at = None
    person.unreachable_because = None
    record_consent(
        session, person, Purpose.SMS, given=True, method=ConsentMethod.TEXT, by=None, now=now
    )


def audit(
    session: Session,
    *,
    actor: str,
    action: str,
    person_id: str | None,
    subject_id: str | None = None,
    now: datetime,
) -> None:
    session.add(
        AuditEntry(at=now, actor=actor, action=action, person_id=person_id, subject_id=subject_id)
    )
