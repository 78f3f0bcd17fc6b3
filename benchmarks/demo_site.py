"""The whole site over the fictional year, with somebody of each role signed in.

Nothing works in the background, and nothing is sent: the pages stand as the year left them.
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.app import create_app
from api.console import access as console
from api.partners.pages import access as partner_pages
from api.public.pages.safety import is_sensitive_listing
from api.services import Services, build, prepare_search
from benchmarks import load_set
from bot.demo import year
from directory import database, migrations
from directory.clock import ProductClock, wall_now
from directory.database import Database, new_id
from directory.listings import publication
from directory.listings.load import load_partners
from directory.listings.models import Organization, Service
from directory.listings.service import catalogue_version
from directory.messages.models import InboundMessage
from directory.partners import links, listing_links
from directory.partners import service as partners
from directory.partners.models import Channel, PartnerContact, PartnerSession
from directory.referrals.models import Referral
from directory.referrals.states import Status
from directory.settings import ROOT, Settings, load_settings
from directory.staff import queries as staff
from directory.staff import sessions
from directory.staff.models import Role
from directory.visits.models import Visit

PARTNERS = ROOT / "data" / "partners.yml"
FRONT_DESK = "+16305550150"  # set aside for fiction
_EMAILS = {
    Role.CLINICIAN: "clinician1@demo.example",
    Role.SUPERVISOR: "supervisor@demo.example",
    Role.ADMIN: "admin@demo.example",
}


class Visitor(StrEnum):
    """Who looks at a page."""

    PUBLIC = "public"
    PARTNER = "partner"
    CLINICIAN = "clinician"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


STAFF = (Visitor.CLINICIAN, Visitor.SUPERVISOR, Visitor.ADMIN)


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows of the year to look at: those with most to show, so that no page looks lighter than it
    can be. `own_*`: the partner's."""

    person_id: str
    visit_id: str
    referral_id: str
    service_id: str
    slug: str
    sensitive_slug: str
    compared: tuple[str, ...]
    own_referral_id: str
    own_service_id: str
    referral_token: str
    listing_token: str


@dataclass(frozen=True, slots=True)
class DemoSite:
    app: Any
    services: Services
    cookies: dict[Visitor, dict[str, str]]
    examples: Examples


@contextmanager
def demo_site(folder: Path, *, database_url: str = "", texts: int = 0) -> Iterator[DemoSite]:
    """The site over the year in `folder`, which is made up where there is none yet.

    `database_url`: of an empty PostgreSQL database, or of one that this has filled before.
    `texts`: the year is copied there until it has so many.
    """
    settings = _settings(folder, database_url)
    _fill(settings, texts)
    services = build(settings)
    try:
        prepare_search()
        with database.session_scope() as session:
            contact = _front_desk(session)
            examples = _examples(session, contact)
            cookies = {Visitor.PUBLIC: {}, Visitor.PARTNER: _at_front_desk(session, contact)}
            for visitor, (role, email) in zip(STAFF, _EMAILS.items(), strict=True):
                member = staff.active_by_email(session, email)
                if member is None:
                    raise LookupError(f"nobody in {folder} is a {role}: is it a demo's?")
                token = sessions.open_session(session, member, agent="Chromium", wall=wall_now())
                cookies[visitor] = {"handoff": token}
        cookies = {who: _named(found, services) for who, found in cookies.items()}
        yield DemoSite(create_app(services, work=False), services, cookies, examples)
    finally:
        services.database.close()


def _settings(folder: Path, database_url: str) -> Settings:
    folder.mkdir(parents=True, exist_ok=True)
    return load_settings(
        data_dir=folder,
        demo=True,
        database_url=database_url,
        public_url="",
        smtp_url="",
        alarm_ping_url="",
        carrier="simulated",
        clock_speed=1.0,
    )


def _fill(settings: Settings, texts: int) -> None:
    opened = database.use(Database(settings))
    try:
        migrations.migrate()
        now = ProductClock().now()
        with database.read_scope() as session:
            filled, listed = year.is_filled(session), catalogue_version(session) is not None
        if not listed:
            with database.session_scope() as session:
                load_partners(session, PARTNERS, now=now)
        if not filled:
            with database.session_scope() as session:
                year.fill(session, now=now, password=secrets.token_urlsafe(12))
        if texts:
            with opened.engine.begin() as connection:
                load_set.multiply(connection, texts=texts)
    finally:
        opened.close()


def _front_desk(session: Session) -> PartnerContact:
    """A contact of the organisation that waits with the most referrals."""
    busiest = (
        select(Organization)
        .join(Service, Service.organization_id == Organization.id)
        .join(Referral, Referral.service_id == Service.id)
        .where(Referral.status == Status.REQUESTED)
        .group_by(Organization.id, Organization.slug)
        .order_by(func.count().desc(), Organization.slug)
        .limit(1)
    )
    organization = session.scalars(busiest).one()
    of_it = select(PartnerContact).where(PartnerContact.organization_id == organization.id)
    found = session.scalars(of_it.order_by(PartnerContact.created_at).limit(1)).first()
    new = partners.NewContact("Front desk", Channel.SMS, FRONT_DESK)
    return found or partners.add_contact(session, organization.id, new, now=ProductClock().now())


def _at_front_desk(session: Session, contact: PartnerContact) -> dict[str, str]:
    """Signed in as by a link, without one."""
    wall, cookie = wall_now(), secrets.token_urlsafe(32)
    session.add(
        PartnerSession(
            id=new_id(),
            contact_id=contact.id,
            link_hash=_hash(new_id()),
            link_expires_at=wall,
            token_hash=_hash(cookie),
            created_at=wall,
            seen_at=wall,
            expires_at=wall + timedelta(hours=12),
        )
    )
    return {"handoff-partner": cookie}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("ascii")).hexdigest()


def _named(cookies: dict[str, str], services: Services) -> dict[str, str]:
    """The cookies under the names that the pages know them by."""
    names = {
        "handoff": console.COOKIE.name(services),
        "handoff-partner": partner_pages.COOKIE.name(services),
    }
    return {names[name]: value for name, value in cookies.items()}


def _examples(session: Session, contact: PartnerContact) -> Examples:
    texts = select(InboundMessage.person_id).group_by(InboundMessage.person_id)
    person_id = session.scalars(texts.order_by(func.count().desc()).limit(1)).one()
    services = list(session.scalars(select(Service).order_by(Service.slug)))
    listed = [each for each in services if publication.is_published(each) and each.needs]
    plain = [each for each in listed if not is_sensitive_listing(each)]
    longest = max(plain, key=lambda each: (bool(each.schedules), len(each.description or "")))
    sensitive = next(each for each in listed if each.needs[0] == "domestic_violence")
    theirs = (
        select(Referral)
        .join(Service, Referral.service_id == Service.id)
        .where(
            Service.organization_id == contact.organization_id, Referral.status == Status.REQUESTED
        )
        .order_by(Referral.created_at.desc())
        .limit(1)
    )
    referral = session.scalars(theirs).one()
    wall = wall_now()
    link = links.link_for(session, referral, contact, wall=wall)
    listing_link = listing_links.link_for(session, contact, wall=wall)
    oldest = select(Referral.id).where(Referral.status == Status.COMPLETED)
    visit = select(Visit.id).where(Visit.person_id == person_id, Visit.voided_at.is_(None))
    return Examples(
        person_id=person_id,
        visit_id=session.scalars(visit.order_by(Visit.occurred_at.desc()).limit(1)).one(),
        referral_id=session.scalars(oldest.order_by(Referral.created_at.desc()).limit(1)).one(),
        service_id=longest.id,
        slug=longest.slug,
        sensitive_slug=sensitive.slug,
        compared=tuple(each.id for each in listed if each.needs[0] == "food")[:3],
        own_referral_id=referral.id,
        own_service_id=referral.service_id,
        referral_token=links.token_of(link),
        listing_token=listing_links.token_of(listing_link),
    )
