"""Visits that come in a file: days late, and perhaps a second time.

What a file says is older than what we know. So a row is known again, however often it is sent, and
nothing in it undoes what the person has said since: there the row is refused, and a person looks.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from directory import database
from directory.errors import Conflict, Invalid
from directory.people import queries as people
from directory.people.models import Consent, Person, Purpose
from directory.people.phone import to_e164
from directory.quiet_hours import QuietHours
from directory.visits import queries
from directory.visits.models import Visit
from directory.visits.service import NewVisit, log_visit


def take(
    session: Session,
    new: NewVisit,
    *,
    reference: str | None,
    clinician_id: str,
    quiet: QuietHours,
    now: datetime,
) -> tuple[Visit, bool]:
    """The visit of a row, and whether it was logged just now; once logged a row changes nothing.

    `reference`: the agency's own number of the visit; without one the phone, the time and the call
    type tell it apart. Raises Conflict where the row was logged before and says something else
    now, where a later visit is known, or where the person has taken back since what the row says;
    Invalid as for any visit.
    """
    phone = to_e164(new.phone)
    index = _index(new, phone, reference)
    known = queries.by_upload_index(session, index)
    person = people.by_phone(session, phone)
    if known is not None:
        _require_the_same(session, known, new, person)
        return known, False
    if person is not None:
        _require_the_latest(session, person, new)
        _require_not_taken_back(session, person, new)
    visit, _ = log_visit(session, new, clinician_id=clinician_id, quiet=quiet, now=now)
    visit.upload_index = index
    session.flush()
    return visit, True


def _index(new: NewVisit, phone: str, reference: str | None) -> str:
    """A keyed hash: it says nothing to who has no key of ours."""
    own = f"{phone} {new.occurred_at.timestamp()} {new.call_type.value}"
    told = f"reference {reference}" if reference else f"content {own}"
    return database.current().cipher.blind_index(f"visit upload {told}")


def _require_the_same(session: Session, known: Visit, new: NewVisit, person: Person | None) -> None:
    """What was corrected or voided since stays so: then the old row says nothing new."""
    if person is None or known.person_id != person.id:
        raise Conflict(
            "reference_taken",
            "This reference stands for the visit of another person: each visit has its own.",
        )
    if known.corrected_at is not None or known.voided_at is not None:
        return
    before = (known.occurred_at, known.call_type, known.disposition, known.safe_to_text)
    again = (new.occurred_at, new.call_type, new.disposition, new.safe_to_text)
    said = {each.purpose: each.given for each in people.consents_of_visit(session, known.id)}
    told = {purpose.value: given for purpose, given in _consents(new).items() if given is not None}
    another_plan = new.follow_up is not None and new.follow_up != known.follow_up
    if before != again or said != told or another_plan:
        raise Conflict(
            "visit_differs",
            "This visit is logged already, and this row says something else: correct it there.",
        )


def _require_the_latest(session: Session, person: Person, new: NewVisit) -> None:
    """A later visit has said how the person is followed up: an older one must not say otherwise."""
    standing = queries.standing_of(session, person.id)
    if any(each.occurred_at > new.occurred_at for each in standing):
        raise Conflict(
            "later_visit_known",
            "A later visit of this person is logged: an older one is not taken from a file.",
        )


def _require_not_taken_back(session: Session, person: Person, new: NewVisit) -> None:
    consents = people.consents_of(session, person.id)
    for purpose, given in _consents(new).items():
        noes = [_said_no_at(session, each) for each in consents if each.purpose == purpose]
        if given and any(no is not None and no > new.occurred_at for no in noes):
            raise Invalid(
                "consent_missing",
                f"The person has taken this back since ({purpose.value}): leave the cell empty.",
                purpose=purpose.value,
            )
    standing = queries.standing_of(session, person.id)
    # A no that no visit has brought came after the last of them.
    no_since = person.safe_to_text is False and (
        not standing or standing[0].safe_to_text is not False
    )
    if new.safe_to_text and no_since:
        raise Invalid(
            "not_safe_to_text",
            "This person was marked as not safe to text since: leave the cell empty.",
        )


def _consents(new: NewVisit) -> dict[Purpose, bool | None]:
    return {
        Purpose.SMS: new.consent_sms,
        Purpose.REFERRAL: new.consent_referral,
        Purpose.SUBSTANCE_USE: new.consent_substance_use,
    }


def _said_no_at(session: Session, consent: Consent) -> datetime | None:
    """When a consent was refused or taken back; what was said on a visit, when that was."""
    if consent.revoked_at is not None or consent.given:
        return consent.revoked_at
    visit = queries.by_id(session, consent.visit_id) if consent.visit_id else None
    return visit.occurred_at if visit is not None else consent.recorded_at
