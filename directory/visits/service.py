"""Logging a visit: the person is found or met, consent recorded, check-ins planned."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.checkins import service as checkins
from directory.checkins.models import CheckIn
from directory.errors import Invalid
from directory.languages import Language
from directory.people import service as people
from directory.people.models import ConsentMethod, Person, Purpose
from directory.people.phone import to_e164
from directory.quiet_hours import QuietHours
from directory.visits.models import CallType, FollowUp, Visit

# A date further off than this, either way, is a slip of the pen.
PLAUSIBLE = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class NewVisit:
    """What a clinician says after a response. `follow_up` None: the default of the call type."""

    phone: str
    name: str | None
    language: Language | None
    safe_to_text: bool | None
    call_type: CallType
    occurred_at: datetime
    consent_sms: bool
    consent_referral: bool
    consent_method: ConsentMethod
    disposition: str | None
    follow_up: FollowUp | None


def default_follow_up(call_type: CallType) -> FollowUp:
    """After domestic violence no automatic text goes out unless the clinician asks for it."""
    return FollowUp.NONE if call_type is CallType.DOMESTIC_VIOLENCE else FollowUp.STANDARD


def log_visit(
    session: Session,
    new: NewVisit,
    *,
    clinician_id: str,
    quiet: QuietHours,
    now: datetime,
) -> tuple[Visit, list[CheckIn]]:
    """Store a visit and plan its check-ins, in one transaction.

    Raises Invalid on a number that nobody can be texted at, and on an implausible date.
    """
    if abs(now - new.occurred_at) > PLAUSIBLE:
        raise Invalid("occurred_at_implausible", "Look at the date of the visit again.")
    person = people.find_or_create(session, to_e164(new.phone), now=now)
    _update(person, new)
    for purpose, given in (
        (Purpose.SMS, new.consent_sms),
        (Purpose.REFERRAL, new.consent_referral),
    ):
        people.record_consent(
            session,
            person,
            purpose,
            given=given,
            method=new.consent_method,
            by=clinician_id,
            now=now,
        )
    follow_up = new.follow_up or default_follow_up(new.call_type)
    visit = Visit(
        person_id=person.id,
        call_type=new.call_type,
        occurred_at=new.occurred_at,
        disposition=new.disposition,
        follow_up=follow_up,
        clinician_id=clinician_id,
        created_at=now,
    )
    session.add(visit)
    session.flush()
    wanted = follow_up is FollowUp.STANDARD and new.consent_sms
    if not wanted or person.safe_to_text is not True:
        # A later "not safe" or "don't text me" also ends what an earlier visit has planned, and
        # so does a visit that calls for no texts, such as one for domestic violence.
        checkins.cancel_planned(session, person.id)
        return visit, []
    if person.opted_out_at is not None:
        return visit, []
    planned = checkins.plan_for_visit(session, visit, quiet=quiet, now=now)
    return visit, planned


def _update(person: Person, new: NewVisit) -> None:
    if new.name is not None:
        person.name = new.name
    if new.language is not None:
        person.language = new.language
    person.safe_to_text = new.safe_to_text
