"""What a notice is about, gathered from the directory: the minimum that its reader may know."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.checkin_texts import first_name
from directory import database
from directory.checkins import queries as checkins
from directory.languages import Language
from directory.notices.models import Notice
from directory.partners import queries as partners
from directory.partners.links import link_for, token_of
from directory.partners.models import PartnerContact
from directory.people.models import Person
from directory.referrals import queries as referrals
from directory.referrals.disclosure import to_partner
from directory.referrals.models import Priority, Referral
from directory.referrals.states import OPEN, Status


@dataclass(frozen=True, slots=True)
class ResidentFacts:
    """`name`: the first name, where nobody else should be reading."""

    language: Language
    name: str | None


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """`language`: of the contact; `speaks`, `town`: of the person. Nothing else of the person.

    `code`, `link`: by which this contact answers, where there is something to answer.
    """

    language: Language
    service_id: str | None
    service: str
    referral_id: str | None = None
    status: Status | None = None
    priority: Priority = Priority.ROUTINE
    speaks: Language | None = None
    town: str | None = None
    code: str = ""
    link: str | None = None


def of_resident(session: Session, person: Person) -> ResidentFacts:
    """Who reads along must learn nothing: not the name, where that alone could harm."""
    unnamed = person.number_shared or checkins.after_domestic_violence(session, person.id)
    language = Language(person.language or Language.EN)
    return ResidentFacts(language, None if unnamed else first_name(person.name))


def of_contact(
    session: Session, notice: Notice, contact: PartnerContact, *, now: datetime, wall: datetime
) -> PartnerFacts:
    """What this notice tells this contact. Makes the contact's link, or renews it."""
    referral = referrals.by_id(session, notice.referral_id) if notice.referral_id else None
    language = Language(contact.language)
    if referral is None:  # `refusal` has seen to it that there is one
        return PartnerFacts(language=language, service_id=None, service="")
    shown = to_partner(session, referral, now=now)
    code, link = _way_to_answer(session, referral, contact, wall=wall)
    return PartnerFacts(
        language=language,
        service_id=referral.service_id,
        service=shown.service_name or "",
        referral_id=referral.id,
        status=Status(referral.status),
        priority=Priority(referral.priority),
        speaks=shown.language,
        town=shown.town,
        code=code,
        link=link,
    )


def _way_to_answer(
    session: Session, referral: Referral, contact: PartnerContact, *, wall: datetime
) -> tuple[str, str | None]:
    """The letter and the address by which this contact answers; no address once it has ended."""
    if referral.status not in OPEN:
        link = partners.link_for(session, referral.id, contact.id)
        return (link.code if link else ""), None
    link = link_for(session, referral, contact, wall=wall)
    base_url = database.current().settings.base_url
    return link.code, f"{base_url}/r/{token_of(link)}"
