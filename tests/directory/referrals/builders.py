"""Referrals of people who agreed to them, to the partners of the fixture."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import database
from directory.listings.models import Service
from directory.partners import service as partners
from directory.partners.models import Channel, PartnerContact
from directory.people import service as people
from directory.people.models import ConsentMethod, Purpose
from directory.referrals import service as referrals
from directory.referrals.actors import staff
from directory.referrals.models import Referral
from directory.referrals.service import NewReferral
from tests.factories import CLINICIAN, PHONE
from tests.fakes import MORNING

BY_CLINICIAN = staff(CLINICIAN)


def agreed(
    session: Session,
    *purposes: Purpose,
    phone: str = PHONE,
    safe_to_text: bool | None = True,
    now: datetime = MORNING,
) -> str:
    """The id of a person who agreed to these purposes, by default to texts and referrals."""
    person = people.find_or_create(session, phone, now=now)
    person.safe_to_text = safe_to_text
    for purpose in purposes or (Purpose.SMS, Purpose.REFERRAL):
        people.record_consent(
            session,
            person,
            purpose,
            given=True,
            method=ConsentMethod.WRITTEN,
            by=CLINICIAN,
            now=now,
        )
    session.flush()
    return person.id


def a_service(session: Session, need: str = "food", *, takes_referrals: bool = True) -> Service:
    """Any published service whose main need this is. The listings must be loaded."""
    for service in session.scalars(select(Service).order_by(Service.slug)):
        fits = service.published and service.accepts_referrals is takes_referrals
        if fits and service.needs[:1] == [need]:
            return service
    raise LookupError(f"no published service for {need}")


def a_contact(
    session: Session,
    service: Service,
    *,
    channel: Channel = Channel.SMS,
    address: str = "+16305550150",
    name: str = "Front desk",
) -> PartnerContact:
    new = partners.NewContact(name=name, channel=channel, address=address)
    return partners.add_contact(session, service.organization_id, new, now=MORNING)


def a_referral(session: Session, *, need: str = "food", contact: bool = True, **given: Any) -> str:
    """The id of a referral of somebody who agreed; its partner has a contact who texts."""
    service = a_service(session, need)
    if contact:
        a_contact(session, service)
    now = given.pop("now", MORNING)
    new = NewReferral(
        person_id=given.pop("person_id", None) or agreed(session, now=now),
        service_id=service.id,
        clinician_id=CLINICIAN,
        **given,
    )
    return referrals.create(session, new, actor=BY_CLINICIAN, now=now).id


def read(referral_id: str) -> Referral:
    with database.read_scope() as session:
        return session.get_one(Referral, referral_id)
