"""Logging a visit: the person is found or met, consent recorded, check-ins planned."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from directory.checkins.models import CheckIn
from directory.errors import Invalid
from directory.languages import Language
from directory.people import consents
from directory.people import service as people
from directory.people.consents import Said
from directory.people.models import ConsentMethod, Person, Purpose
from directory.people.phone import to_e164
from directory.quiet_hours import QuietHours
from directory.referrals import actors
from directory.visits import follow_up as following
from directory.visits import replaced
from directory.visits.models import CallType, Visit

# A date longer ago than this is a slip of the pen.
PLAUSIBLE = timedelta(days=3660)
# What has not happened yet is no visit; clocks differ, though, and so do time zones' summers.
AHEAD_AT_MOST = timedelta(hours=1)
# One letter would be in any text.
SHORTEST_CODE_WORD = 2


@dataclass(frozen=True, slots=True)
class NewVisit:
    """What a clinician says after a response.

    `follow_up`: the id of a check-in plan; None: the default of the call type. What is None was
    not asked: consents and `number_shared` then stay as they are.
    `consent_expires_at`: when what is agreed to now ends; None: when it is taken back.
    """

    phone: str
    name: str | None
    language: Language | None
    safe_to_text: bool | None
    call_type: CallType
    occurred_at: datetime
    consent_sms: bool | None
    consent_referral: bool | None
    consent_method: ConsentMethod
    disposition: str | None
    follow_up: str | None
    consent_substance_use: bool | None = None
    consent_expires_at: datetime | None = None
    number_shared: bool | None = None
    code_word: str | None = None


def log_visit(
    session: Session,
    new: NewVisit,
    *,
    clinician_id: str,
    quiet: QuietHours,
    now: datetime,
) -> tuple[Visit, list[CheckIn]]:
    """Store a visit and plan its check-ins, in one transaction.

    Raises Invalid on a number that nobody can be texted at, an implausible date, an unknown plan,
    a code word that any text would hold.
    """
    if new.code_word is not None and len(new.code_word) < SHORTEST_CODE_WORD:
        raise Invalid("code_word_invalid", "A code word has 2 to 40 letters.")
    require_plausible(new.occurred_at, now=now)
    consents.require_sensible_expiry(new.consent_expires_at, now=now)
    plan_id = following.plan_id(session, new.call_type, new.follow_up)
    # Locked: logged twice at once, the second replaces what the first has planned.
    person = people.find_or_create(session, to_e164(new.phone), now=now, locked=True)
    kept = _update(person, new, clinician_id)
    visit = Visit(
        person_id=person.id,
        call_type=new.call_type,
        occurred_at=new.occurred_at,
        disposition=new.disposition,
        follow_up=plan_id,
        clinician_id=clinician_id,
        safe_to_text=new.safe_to_text,
        created_at=now,
        replaced=kept,
    )
    session.add(visit)
    session.flush()
    for said in _said(new):
        consents.record(
            session, person, said, actor=actors.staff(clinician_id), now=now, visit_id=visit.id
        )
    return visit, following.plan(session, visit, person, quiet=quiet, now=now)


def require_plausible(occurred_at: datetime, *, now: datetime) -> None:
    """Raise Invalid for what cannot have happened then. By subtraction: the ends of the calendar
    cannot be converted to another zone."""
    if now - occurred_at > PLAUSIBLE:
        raise Invalid("occurred_at_implausible", "Look at the date of the visit again.")
    if occurred_at - now > AHEAD_AT_MOST:
        raise Invalid(
            "occurred_at_implausible", "A visit is logged when it has been: look at its date again."
        )


def _said(new: NewVisit) -> list[Said]:
    words = {
        Purpose.SMS: new.consent_sms,
        Purpose.REFERRAL: new.consent_referral,
        Purpose.SUBSTANCE_USE: new.consent_substance_use,
    }
    return [
        Said(purpose, given, new.consent_method, new.consent_expires_at)
        for purpose, given in words.items()
        if given is not None
    ]


def _update(person: Person, new: NewVisit, clinician_id: str) -> str:
    """What was not asked stays as it was known, except whether texting is safe: ask each time.

    Returns what the visit keeps of it, for the case that it is voided.
    """
    asked = {
        "name": new.name,
        "language": new.language,
        "number_shared": new.number_shared,
        "code_word": new.code_word,
        replaced.CLINICIAN: clinician_id if person.clinician_id is None else None,
    }
    said: dict[str, Any] = {field: value for field, value in asked.items() if value is not None}
    person.safe_to_text = new.safe_to_text
    if new.safe_to_text is True and people.number_may_be_tried(person):
        # Whoever was met says that it takes texts: if it does not, the carrier says so again.
        said[replaced.UNREACHABLE] = None
    return replaced.say(person, said)
