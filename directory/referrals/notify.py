"""Who is to be told of what happens to a referral. Words and sending are the bot's."""

from datetime import datetime

from sqlalchemy.orm import Session

from directory.discretion import told_by_a_person
from directory.notices import service as notices
from directory.notices.models import NoticeKind
from directory.partners import queries as partners
from directory.partners.models import PartnerContact
from directory.people.models import Person
from directory.people.service import may_be_texted
from directory.referrals.actors import Actor
from directory.referrals.models import Referral
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind

# What the partner need not hear any more once the referral has ended or was answered.
ASKING = (NoticeKind.REFERRAL_NEW, NoticeKind.REFERRAL_REMINDER)
TO_THE_RESIDENT = (
    NoticeKind.REFERRAL_SENT,
    NoticeKind.REFERRAL_ACCEPTED,
    NoticeKind.REFERRAL_ON_HOLD,
    NoticeKind.OUTCOME_QUESTION,
)
_BY_A_PERSON = (
    "No text speaks of this referral, for somebody else may hold the phone (domestic violence, or "
    "a code word). When it is safe to talk, please "
)
_PLEASE = {
    NoticeKind.REFERRAL_SENT: "tell the person that the request was passed on.",
    NoticeKind.REFERRAL_ACCEPTED: "tell the person that the partner has accepted.",
    NoticeKind.REFERRAL_ON_HOLD: "tell the person that the partner has put them on a waiting list.",
    NoticeKind.OUTCOME_QUESTION: "ask the person whether the service was received.",
}


def requested(session: Session, referral: Referral, *, now: datetime) -> bool:
    """Tell the partner's contacts; False when there is nobody to tell."""
    contacts = _contacts(session, referral)
    for contact in contacts:
        _tell(session, contact, referral, NoticeKind.REFERRAL_NEW, now=now)
    return bool(contacts)


def reminded(session: Session, referral: Referral, *, now: datetime) -> None:
    for contact in _contacts(session, referral):
        _tell(session, contact, referral, NoticeKind.REFERRAL_REMINDER, now=now)


def withdrawn(session: Session, referral: Referral, *, now: datetime) -> None:
    """It ended on our side: nobody is asked any more, and whoever knew of it is told."""
    notices.cancel(session, referral_id=referral.id, reason="referral_ended")
    for contact in _contacts(session, referral):
        _tell(session, contact, referral, NoticeKind.REFERRAL_WITHDRAWN, now=now)


def accepted(
    session: Session, referral: Referral, person: Person, *, by: Actor, now: datetime
) -> None:
    """Tell the person, and those at the partner who were asked as well."""
    notices.cancel(session, referral_id=referral.id, kinds=ASKING, reason="answered")
    for contact in _contacts(session, referral):
        if contact.id != by.id:
            _tell(session, contact, referral, NoticeKind.REFERRAL_TAKEN, now=now)
    _tell_resident(session, referral, person, NoticeKind.REFERRAL_ACCEPTED, now=now)


def answered(session: Session, referral: Referral, remark_id: str, *, now: datetime) -> None:
    """Staff has answered the partner's question."""
    for contact in _contacts(session, referral):
        notices.to_contact(
            session,
            contact,
            NoticeKind.REFERRAL_ANSWERED,
            reference=remark_id,
            referral_id=referral.id,
            now=now,
        )


def sent(session: Session, referral: Referral, person: Person, *, now: datetime) -> None:
    _tell_resident(session, referral, person, NoticeKind.REFERRAL_SENT, now=now)


def on_hold(session: Session, referral: Referral, person: Person, *, now: datetime) -> None:
    _tell_resident(session, referral, person, NoticeKind.REFERRAL_ON_HOLD, now=now)


def ask_outcome(session: Session, referral: Referral, person: Person, *, now: datetime) -> bool:
    """Ask the person whether the service was received; False when we may not text them, or not
    of this."""
    if not may_be_texted(session, person, now=now) or told_by_a_person(session, person):
        return False
    notices.to_resident(
        session,
        person,
        NoticeKind.OUTCOME_QUESTION,
        reference=f"{referral.id}/{referral.asked_times}",
        referral_id=referral.id,
        now=now,
    )
    return True


def leave_to_a_person(
    session: Session, referral: Referral, kind: NoticeKind, *, now: datetime
) -> None:
    """A task in place of a text to the resident (see directory.discretion)."""
    tasks.open_task(
        session,
        TaskKind.CALL_BACK,
        person_id=referral.person_id,
        referral_id=referral.id,
        service_id=referral.service_id,
        assigned_to=referral.clinician_id,
        note=_BY_A_PERSON + _PLEASE[kind],
        now=now,
    )


def _contacts(session: Session, referral: Referral) -> list[PartnerContact]:
    return partners.contacts_for(session, referral.organization_id, referral.service_id)


def _tell(
    session: Session,
    contact: PartnerContact,
    referral: Referral,
    kind: NoticeKind,
    *,
    now: datetime,
) -> None:
    notices.to_contact(
        session, contact, kind, reference=referral.id, referral_id=referral.id, now=now
    )


def _tell_resident(
    session: Session, referral: Referral, person: Person, kind: NoticeKind, *, now: datetime
) -> None:
    """What cannot be texted is told by the clinician, who sees the referral."""
    if told_by_a_person(session, person):
        leave_to_a_person(session, referral, kind, now=now)
    elif may_be_texted(session, person, now=now):
        notices.to_resident(
            session, person, kind, reference=referral.id, referral_id=referral.id, now=now
        )
