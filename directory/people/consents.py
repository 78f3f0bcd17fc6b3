"""What a person says about one purpose, and what ends at once when it is a no."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import Invalid
from directory.follow_up import end_texting
from directory.people import service as people
from directory.people.models import Consent, ConsentMethod, Person, Purpose
from directory.referrals import service as referrals
from directory.referrals.actors import Actor

# An expiry that is further off is a slip of the pen.
LONGEST = timedelta(days=3660)
CONSENT_MISSING = "consent_missing"


@dataclass(frozen=True, slots=True)
class Said:
    """A person's word on one purpose. `expires_at`: aware; None: until it is taken back."""

    purpose: Purpose
    given: bool
    method: ConsentMethod
    expires_at: datetime | None = None


def record(
    session: Session,
    person: Person,
    said: Said,
    *,
    actor: Actor,
    now: datetime,
    visit_id: str | None = None,
) -> Consent:
    """Note it; the newest word counts. A no ends what the purpose covered, at once.

    No to texts: what we planned to start is cancelled. No to referrals, or to telling of
    substance use: referrals that no partner has taken up are withdrawn, the clinician is told of
    the others. Raises Invalid on an expiry that is past or implausible, and on a yes to telling of
    substance use that is not in writing.
    """
    if said.given:
        require_sensible_expiry(said.expires_at, now=now)
    elif said.purpose is Purpose.SMS:
        end_texting(session, person, reason=CONSENT_MISSING, now=now)
    else:
        substance_use = said.purpose is Purpose.SUBSTANCE_USE
        referrals.withdraw_for(
            session, person, actor=actor, now=now, only_substance_use=substance_use
        )
    consent = people.record_consent(
        session,
        person,
        said.purpose,
        given=said.given,
        method=said.method,
        by=actor.id,
        now=now,
        expires_at=said.expires_at if said.given else None,
    )
    consent.visit_id = visit_id
    session.flush()
    return consent


def require_sensible_expiry(expires_at: datetime | None, *, now: datetime) -> None:
    """Raise Invalid unless a consent that is given now can end then."""
    if expires_at is not None and not timedelta(0) < expires_at - now <= LONGEST:
        raise Invalid("expires_at_implausible", "Look at the date when this consent ends again.")
