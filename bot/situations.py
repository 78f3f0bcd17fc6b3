"""What is known when a text is to be answered, read in one go before the conversation runs.

Every phone that texts with us is a person; whether it is a clinician's or a partner's as well is
looked up by its number. A clinician's comes first: one who answers for a partner too is staff.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.asked import is_set_aside
from bot.held import held_of
from bot.referral_facts import ASKING, TELLING, sent_notice, told_of
from bot.turn import (
    Clinician,
    ListingsAsked,
    OpenCheckIn,
    PartnerReferral,
    SafetyQuestion,
    Situation,
)
from directory import database
from directory.checkins import service as checkins
from directory.checkins.models import CheckInStatus
from directory.conversations import service as conversations
from directory.conversations.memory import Memory, Topic
from directory.discretion import read_by_others, told_by_a_person
from directory.freshness import answers as listing_answers
from directory.languages import Language
from directory.messages.flood import Flood, flood_of
from directory.messages.models import InboundMessage
from directory.on_call import queries as on_call
from directory.partners import queries as partners
from directory.partners.models import PartnerContact
from directory.people.models import Person
from directory.referrals import queries as referrals
from directory.referrals.states import Status
from directory.staff import queries as staff
from directory.ties import ties_of

# A partner who answers this late is still told what became of the referral.
ENDED_LATELY = timedelta(days=14)
# Questions of ours whose answers name services.
_NAMING = (Topic.WHY, Topic.NEXT, Topic.WHICH)


def situation_of(
    session: Session,
    inbound: InboundMessage,
    person: Person,
    *,
    on_shift: bool,
    now: datetime,
) -> Situation:
    """`now`: product time; `on_shift`: staff is there."""
    memory, there = conversations.load(session, person.id), ties_of(session, person, now=now)
    clinician = _clinician(session, person) if there.staff else None
    contacts = _contacts(session, person) if there.contact and clinician is None else []
    is_resident = clinician is None and not contacts
    language = memory.language or person.language or _language_of(contacts)
    news = there.notice and not _names_nobody(session, person)
    if there.notice and not news:
        memory = _without_names(memory)
    told = sent_notice(session, person.id, TELLING, now=now) if news else None
    if told is not None and is_set_aside(told.sent_at, memory):
        told = None
    safety = _safety(session, person, memory, now=now) if there.checkin else None
    return Situation(
        person_id=person.id,
        message_id=inbound.id,
        opted_out=person.opted_out_at is not None,
        language=Language(language or Language.EN),
        memory=memory,
        checkin=_open(session, person, memory, now=now) if there.checkin else None,
        media_count=inbound.media_count,
        on_shift=on_shift,
        now=now,
        safety_asked=safety,
        told=told,
        told_of=told_of(session, person.id, told),
        outcome_asked=sent_notice(session, person.id, ASKING, now=now) if news else None,
        open_referrals=(len(referrals.open_of_person(session, person.id)) if there.referral else 0),
        at_partner=_at_partner(session, contacts, now=now),
        listings_asked=_listings_asked(session, contacts),
        clinician=clinician,
        held=held_of(session, person) if is_resident else None,
        flood=_flood(session, inbound),
        call_awaited=there.call and is_resident,
        unnamed=is_resident
        and (
            safety is not None
            or read_by_others(session, person, after_violence=there.violence, now=now)
        ),
    )


def _flood(session: Session, inbound: InboundMessage) -> Flood | None:
    settings = database.current().settings
    return flood_of(session, inbound, a_minute=settings.sender_rate, speed=settings.clock_speed)


def _names_nobody(session: Session, person: Person) -> bool:
    """Whether what we once texted of a referral is not spoken of any more: whoever answers it
    now may be somebody else, as on a number whose new owner texted that they are."""
    return person.safe_to_text is False or told_by_a_person(session, person)


def _without_names(memory: Memory) -> Memory:
    question = memory.about_referral
    named = question is not None and question.topic in _NAMING
    return replace(memory, about_referral=None) if named else memory


def _contacts(session: Session, person: Person) -> list[PartnerContact]:
    return partners.contacts_by_address(session, person.phone)


def _open(session: Session, person: Person, memory: Memory, *, now: datetime) -> OpenCheckIn | None:
    checkin = checkins.open_for(session, person.id, now=now)
    if checkin is None or checkin.sent_at is None or is_set_aside(checkin.sent_at, memory):
        return None
    return OpenCheckIn(checkin.id, checkin.sent_at)


def _safety(
    session: Session, person: Person, memory: Memory, *, now: datetime
) -> SafetyQuestion | None:
    checkin = checkins.safety_asked_of(session, person.id, now=now)
    if checkin is None or checkin.sent_at is None or is_set_aside(checkin.sent_at, memory):
        return None
    ended = checkin.status != CheckInStatus.SENT
    return SafetyQuestion(checkin.id, checkin.sent_at, person.code_word, ended=ended)


def _clinician(session: Session, person: Person) -> Clinician | None:
    member = staff.active_by_phone(session, person.phone)
    if member is None:
        return None
    return Clinician(member.id, on_call.last_page_at(session, member.id))


def _at_partner(
    session: Session, contacts: list[PartnerContact], *, now: datetime
) -> tuple[PartnerReferral, ...]:
    """What these contacts were told of, the newest first; what has ended lately comes last."""
    known = [
        PartnerReferral(
            code=link.code,
            referral_id=referral.id,
            contact_id=contact.id,
            status=Status(referral.status),
            asked_at=referral.changed_at,
        )
        for contact in contacts
        for link, referral in partners.known_links_of(session, contact.id, since=now - ENDED_LATELY)
    ]
    return tuple(sorted(known, key=lambda each: not each.is_open))


def _listings_asked(session: Session, contacts: list[PartnerContact]) -> tuple[ListingsAsked, ...]:
    asked = []
    for contact in contacts:
        question = listing_answers.last_question(session, contact)
        link = partners.listing_link_of(session, contact.id)
        if question is not None and link is not None:
            is_open = bool(question.open)
            asked.append(ListingsAsked(link.code or "", contact.id, question.asked_at, is_open))
    return tuple(asked)


def _language_of(contacts: list[PartnerContact]) -> str | None:
    return contacts[0].language if contacts else None
