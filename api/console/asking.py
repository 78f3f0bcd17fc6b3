"""Asked in place: consent that a page needs and does not have yet, recorded where it is needed."""

from sqlalchemy.orm import Session

from api.clinicians.access import audit
from api.console.access import Visitor
from api.services import Services
from directory.people import consents
from directory.people.consents import Said
from directory.people.models import ConsentMethod, Person, Purpose
from directory.referrals import actors


def agreed(
    session: Session,
    services: Services,
    visitor: Visitor,
    person: Person,
    *purposes: Purpose,
    method: ConsentMethod,
) -> None:
    """Note that the person has just said yes to these."""
    for purpose in purposes:
        said = Said(purpose, True, method)
        consent = consents.record(
            session,
            person,
            said,
            actor=actors.staff(visitor.member.id),
            now=services.clock.now(),
        )
        audit(
            session,
            services,
            visitor.member,
            "consent.record",
            person_id=person.id,
            subject_id=consent.id,
        )


def agreed_to_texts(
    session: Session, services: Services, visitor: Visitor, person: Person, method: ConsentMethod
) -> None:
    """Both were asked: that this phone is safe, and that we may text it."""
    if person.safe_to_text is not True:
        person.safe_to_text = True
        audit(session, services, visitor.member, "person.change", person_id=person.id)
    agreed(session, services, visitor, person, Purpose.SMS, method=method)
