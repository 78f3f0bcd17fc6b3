"""Referring somebody on: to the next best service, when one came to nothing."""

from datetime import datetime

from sqlalchemy.orm import Session

from directory.errors import Invalid, NotFound
from directory.referrals import queries
from directory.referrals import service as referrals
from directory.referrals.actors import Actor
from directory.referrals.models import Priority, Referral
from directory.referrals.service import NewReferral
from directory.referrals.states import OPEN, Status

TAKEN_BACK = "The person was referred to another service."


def refer_on(
    session: Session,
    referral_id: str,
    service_id: str,
    *,
    actor: Actor,
    clinician_id: str | None,
    now: datetime,
) -> Referral:
    """A new referral to one of the suggestions of an earlier one, which it replaces.

    An earlier one that is still open is taken back: two partners must not both call the person.
    Consent is asked for again. Raises NotFound; Invalid `not_suggested` and whatever
    `referrals.service.create` raises: then nothing has changed.
    """
    earlier = queries.by_id(session, referral_id, for_update=True)
    if earlier is None:
        raise NotFound("referral_unknown", "There is no such referral.")
    if service_id not in earlier.suggestions:
        raise Invalid(
            "not_suggested",
            "This service is none of the referral's suggestions: make a referral of its own.",
        )
    new = NewReferral(
        person_id=earlier.person_id,
        service_id=service_id,
        reason=earlier.reason,
        priority=Priority(earlier.priority),
        need=earlier.need,
        clinician_id=clinician_id or earlier.clinician_id,
        visit_id=earlier.visit_id,
        replaces_id=earlier.id,
    )
    referral = referrals.create(session, new, actor=actor, now=now)
    if earlier.status in OPEN:
        referrals.move(
            session, earlier.id, Status.CANCELLED, actor=actor, reason=TAKEN_BACK, now=now
        )
    # A suggestion that was taken up is none any more, so that a second tap refers nobody twice.
    earlier.suggestions = [each for each in earlier.suggestions if each != service_id]
    return referral
