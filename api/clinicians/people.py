"""People's records: found, read, changed; what they agree to; whose caseload they are in."""

from typing import Annotated

from fastapi import Query
from sqlalchemy.orm import Session

from api.clinicians import person_schemas as schemas
from api.clinicians.access import (
    EVERYONE,
    RESPONSIBLE,
    audit,
    reads_words,
    router_for,
    the_person,
)
from api.deps import Id, TheServices, TheStaffMember, WritingSession
from api.services import Services
from directory.errors import Conflict
from directory.follow_up import end_texting
from directory.languages import Language
from directory.people import caseload, consents, queries
from directory.people import service as people
from directory.people.consents import Said
from directory.people.models import Consent, ConsentMethod, Person, Purpose
from directory.people.phone import to_e164
from directory.referrals import actors
from directory.referrals import queries as referrals
from directory.staff.models import Role, StaffMember
from directory.tasks import queries as tasks
from directory.visits import queries as visits
from directory.visits.models import CallType

router = router_for(*EVERYONE)
supervising = router_for(*RESPONSIBLE)
LAST_VISITS = 5
PhoneQuery = Annotated[
    str, Query(min_length=4, max_length=24, description="A phone number, in any usual writing.")
]


@router.post("/people/find")
def find_person(
    body: schemas.Sought, session: WritingSession, services: TheServices, member: TheStaffMember
) -> schemas.PersonPage:
    """The person behind a number, or nobody. The search is noted, whatever it finds."""
    return _found(session, services, member, body.phone)


@router.get("/people", deprecated=True)
def find_person_by_address(
    phone: PhoneQuery, session: WritingSession, services: TheServices, member: TheStaffMember
) -> schemas.PersonPage:
    """The same with the number in the address, where logs on the way may keep it: better ask
    `POST /api/v1/people/find`."""
    return _found(session, services, member, phone)


def _found(
    session: Session, services: Services, member: StaffMember, phone: str
) -> schemas.PersonPage:
    person = queries.by_phone(session, to_e164(phone))
    audit(session, services, member, "people.search", person_id=person.id if person else None)
    found = [record_of(session, services, member, person)] if person else []
    return schemas.PersonPage(items=found)


@router.get("/people/{person_id}", responses={404: {}})
def read_person(
    person_id: Id, session: WritingSession, services: TheServices, member: TheStaffMember
) -> schemas.PersonOut:
    """One person's record; the reading is noted."""
    person = the_person(session, person_id)
    audit(session, services, member, "person.read", person_id=person.id)
    return record_of(session, services, member, person)


@router.patch("/people/{person_id}", responses={404: {}})
def change_person(
    person_id: Id,
    body: schemas.PersonChange,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> schemas.PersonOut:
    """Change what is known of a person."""
    person = the_person(session, person_id)
    change(session, services, member, person, body)
    return record_of(session, services, member, person)


def change(
    session: Session,
    services: Services,
    member: StaffMember,
    person: Person,
    body: schemas.PersonChange,
) -> None:
    """What a member of staff says of a person; texts end at once where they are not safe."""
    for field in sorted(body.model_fields_set):
        setattr(person, field, getattr(body, field))
    if "safe_to_text" in body.model_fields_set and body.safe_to_text is not True:
        end_texting(session, person, reason="not_safe_to_text", now=services.clock.now())
    audit(session, services, member, "person.change", person_id=person.id)


@router.post("/people/{person_id}/consents", status_code=201, responses={404: {}})
def record_consent(
    person_id: Id,
    body: schemas.ConsentBody,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> schemas.ConsentOut:
    """Note what the person said. A no ends at once what the purpose covered."""
    person, now = the_person(session, person_id), services.clock.now()
    said = Said(body.purpose, body.given, body.method, body.expires_at)
    consent = consents.record(session, person, said, actor=actors.staff(member.id), now=now)
    audit(
        session,
        services,
        member,
        "consent.record",
        person_id=person.id,
        subject_id=consent.id,
    )
    return _consent(consent, valid=consent.given)


@router.post("/people/{person_id}/reassigned", responses={404: {}, 409: {}})
def mark_reassigned(
    person_id: Id, session: WritingSession, services: TheServices, member: TheStaffMember
) -> schemas.PersonOut:
    """The number is somebody else's now: nothing more goes there, and who texts from it is new.

    Tasks stay open: a person in danger has to be reached in another way.
    """
    person, now = the_person(session, person_id), services.clock.now()
    if person.reassigned_at is not None:
        raise Conflict("already_reassigned", "This number was given up before.")
    people.give_up_number(session, person, now=now)
    end_texting(session, person, reason=people.REASSIGNED, now=now)
    audit(session, services, member, "person.reassigned", person_id=person.id)
    return record_of(session, services, member, person)


@supervising.post("/caseload/handover", responses={404: {}})
def hand_over_caseload(
    body: schemas.Handover,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> schemas.HandedOver:
    """People, open tasks and open referrals of one colleague become another's."""
    moved = caseload.hand_over(
        session, from_id=body.from_id, to_id=body.to_id, by=member.id, now=services.clock.now()
    )
    return schemas.HandedOver(people=moved.people, tasks=moved.tasks, referrals=moved.referrals)


def record_of(
    session: Session, services: Services, member: StaffMember, person: Person
) -> schemas.PersonOut:
    """A person's record as this member of staff may see it. Who shows it notes the reading."""
    now, standing = services.clock.now(), visits.standing_of(session, person.id)
    valid = {
        consent.id
        for purpose in Purpose
        if (consent := queries.valid_consent(session, person.id, purpose, now=now)) is not None
    }
    return schemas.PersonOut(
        id=person.id,
        phone=person.phone,
        name=person.name,
        language=Language(person.language) if person.language else None,
        safe_to_text=person.safe_to_text,
        number_shared=person.number_shared,
        has_code_word=person.code_word is not None,
        code_word=person.code_word if _needs_code_word(session, member, person) else None,
        clinician_id=person.clinician_id,
        opted_out_at=person.opted_out_at,
        unreachable_because=person.unreachable_because,
        reassigned_at=person.reassigned_at,
        consents=[
            _consent(each, valid=each.id in valid)
            for each in queries.consents_of(session, person.id)
        ],
        open_referrals=len(referrals.open_of_person(session, person.id)),
        visits=len(standing),
        last_visits=[
            schemas.PastVisit(
                id=each.id,
                call_type=CallType(each.call_type),
                occurred_at=each.occurred_at,
                clinician_id=each.clinician_id,
            )
            for each in standing[:LAST_VISITS]
        ],
    )


def _needs_code_word(session: Session, member: StaffMember, person: Person) -> bool:
    """Who calls the person back has to know it; others need not. Of administrators nobody does."""
    return reads_words(member) and (
        member.role == Role.SUPERVISOR
        or person.clinician_id == member.id
        or tasks.has_claimed(session, member.id, person.id)
    )


def _consent(consent: Consent, *, valid: bool) -> schemas.ConsentOut:
    return schemas.ConsentOut(
        purpose=Purpose(consent.purpose),
        given=consent.given,
        method=ConsentMethod(consent.method),
        recorded_at=consent.recorded_at,
        recorded_by=consent.recorded_by,
        expires_at=consent.expires_at,
        revoked_at=consent.revoked_at,
        valid=valid,
    )
