"""A referral as its partner's system reads it: no more than the partner may know at the time."""

from datetime import datetime

from sqlalchemy.orm import Session

from api.partners import schemas
from api.referrals.schemas import EventOut, Named, RemarkOut
from directory.people import service as people
from directory.referrals import queries
from directory.referrals.actors import Actor
from directory.referrals.disclosure import SharedPerson, remarks_shown, to_partner
from directory.referrals.models import Priority, Referral, ReferralEvent
from directory.referrals.states import Party, Status, allowed

PARTNERS_OWN = f"{Party.PARTNER.value}:"


def for_partner(
    session: Session, referral: Referral, *, reader: Actor, now: datetime
) -> schemas.PartnerReferral:
    """What `reader` may see of it; when that names the person, the reading is noted."""
    disclosed = to_partner(session, referral, now=now)
    if disclosed.person is not None:
        people.audit(
            session,
            actor=reader.by,
            action="referral.read",
            person_id=disclosed.person.id,
            subject_id=referral.id,
            now=now,
        )
    status = Status(referral.status)
    return schemas.PartnerReferral(
        id=referral.id,
        status=status,
        priority=Priority(referral.priority),
        service_id=referral.service_id,
        service=Named(id=referral.service_id, name=disclosed.service_name),
        need=referral.need,
        language=disclosed.language,
        town=disclosed.town,
        person=_person(disclosed.person) if disclosed.person else None,
        withheld=disclosed.withheld,
        history=[
            _event(each, whole=disclosed.person is not None)
            for each in queries.history(session, referral.id)
            if each.status != Status.DRAFT
        ],
        remarks=[
            RemarkOut(id=each.id, by=by_party(each.by), text=each.text, at=each.at)
            for each in remarks_shown(session, referral, disclosed)
        ],
        allowed=sorted(allowed(status, Party.PARTNER)),
        created_at=referral.created_at,
        changed_at=referral.changed_at,
        answered_at=referral.answered_at,
    )


def _person(shared: SharedPerson) -> schemas.SharedPersonOut:
    return schemas.SharedPersonOut(
        name=shared.name,
        phone=shared.phone,
        reason=shared.reason,
        safe_to_text=shared.safe_to_text,
        number_shared=shared.number_shared,
        note=_note(shared),
    )


def _note(shared: SharedPerson) -> str:
    """How to call without putting the person in danger."""
    if shared.phone is None:
        return "This number is somebody else's now: ask us how to reach the person."
    texts = "Texts are fine." if shared.safe_to_text else "Do not text and do not leave a message."
    if shared.number_shared:
        return f"{texts} Others use this phone: ask for the person and say nothing of why you call."
    return texts


def _event(event: ReferralEvent, *, whole: bool) -> EventOut:
    """Staff's reasons may speak of the person; the partner's own it knows already."""
    own = event.by.startswith(PARTNERS_OWN)
    return EventOut(
        status=Status(event.status),
        at=event.at,
        by=by_party(event.by),
        reason=event.reason if own or whole else None,
    )


def by_party(by: str) -> str:
    """Partners tell their own people apart; of our side they learn which party it was."""
    return by if by.startswith(PARTNERS_OWN) else by.split(":", 1)[0]
