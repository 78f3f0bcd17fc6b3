"""A partner who does not exist: whom to sign in as at /partner, and what waits for review.

Of a real partner nobody says here that it has moved or has a new number. Example House is made up
for that; its listings are not published, so that no search names them. Only its front desk also
answers the referrals of the partner that waits with the most.
"""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.demo.world import World
from directory.duplicates import queries as duplicates
from directory.duplicates.candidates import probable_pairs
from directory.freshness import reports
from directory.freshness.models import Reported
from directory.listings import edit
from directory.listings.change_models import DuplicatePair, DuplicateStatus
from directory.listings.models import Organization, Phone, Service
from directory.partners import service as partners
from directory.partners.models import Channel
from directory.referrals import actors
from directory.referrals.models import Referral
from directory.referrals.states import Status

# The phone that the page of simulated phones calls "Partner".
FRONT_DESK = "+16305550102"
BY_MAIL = "desk@example.org"
_NAME = "Example House (made up)"
_HELD = "Made up for the demo: nobody is sent there."
_LINE, _NEW_LINE = "630-555-0170", "630-555-0171"
_DESK, _RENT = "630-555-0172", "630-555-0173"


def open_its_doors(session: Session, world: World) -> None:
    """The organisation, its contacts and listings; changes, a report and a pair to decide."""
    house = Organization(
        id=world.id(),
        name=_NAME,
        description="Stands in for a partner in the demo.",
        slug="example-house",
        origin="demo",
        last_modified=world.begins,
    )
    session.add(house)
    session.flush()
    line = _listing(world, house, "Example House night line", "mental_health", _LINE, "hotline")
    pantry = _listing(world, house, "Example House food pantry", "food", _DESK)
    twin = _listing(world, house, "Food pantry at Example House", "food", _DESK)
    rent = _listing(world, house, "Example House rent help", "rent", _RENT)
    session.add_all([line, pantry, twin, rent])
    session.flush()
    contact = _contacts(session, world, house)
    _say_what_is_new(session, world, house, (line, rent, pantry), by=actors.partner(contact).by)
    _find_the_pair(session, world, pantry, twin)


def _listing(
    world: World,
    house: Organization,
    name: str,
    need: str,
    number: str,
    kind: str = "voice",
) -> Service:
    return Service(
        id=world.id(),
        organization_id=house.id,
        name=name,
        description="Stands in for a listing in the demo.",
        description_es="Ocupa el lugar de un servicio en la demostración.",
        needs=[need],
        opening_hours="24/7" if kind == "hotline" else "Mo-Fr 09:00-17:00",
        slug=name.lower().replace(" ", "-"),
        published=False,
        held_because=_HELD,
        accepts_referrals=kind != "hotline",
        origin="demo",
        last_modified=world.begins,
        phones=[
            Phone(
                id=world.id(),
                number=number,
                type=kind,
                attested=True,
                as_of=world.begins.astimezone(world.zone).date(),
            )
        ],
    )


def _contacts(session: Session, world: World, house: Organization) -> str:
    """One person at the front desk of two organisations, by text; one by e-mail. The first's id."""
    by_text = partners.NewContact("Front desk (made up)", Channel.SMS, FRONT_DESK)
    first = partners.add_contact(session, house.id, by_text, now=world.begins)
    busiest = _busiest(session)
    if busiest is not None:
        partners.add_contact(session, busiest, by_text, now=world.begins)
    by_mail = partners.NewContact("Office (made up)", Channel.EMAIL, BY_MAIL)
    partners.add_contact(session, house.id, by_mail, now=world.begins)
    return first.id


def _busiest(session: Session) -> str | None:
    """The organisation that waits with the most referrals."""
    return session.scalar(
        select(Referral.organization_id)
        .join(Organization, Organization.id == Referral.organization_id)
        .where(Referral.status == Status.REQUESTED)
        .group_by(Referral.organization_id, Organization.slug)
        .order_by(func.count().desc(), Organization.slug)
        .limit(1)
    )


def _say_what_is_new(
    session: Session,
    world: World,
    house: Organization,
    listings: tuple[Service, Service, Service],
    *,
    by: str,
) -> None:
    """By the doors that a partner uses: what is sensitive waits, and has its task."""
    line, rent, pantry = listings
    at = world.now - timedelta(hours=2)
    number = {"number": _NEW_LINE, "type": "hotline"}
    for service, patch in (
        (line, {"phones": [number]}),
        (rent, {"status": "defunct", "wait_time": "About a week"}),
    ):
        edit.edit(session, house.id, service.id, patch, by=by, based_on=edit.ANY, now=at)
    note = "The door on the parking lot is closed now."
    clinician = actors.staff(world.clinicians[0]).by
    reports.report(session, pantry.id, Reported.OTHER, by=clinician, note=note, now=at)


def _find_the_pair(session: Session, world: World, *listings: Service) -> None:
    """As the search for doubles finds it after an import."""
    ids = {each.id for each in listings}
    for one, other, likeness in probable_pairs(duplicates.sketches(session), ids):
        if {one.id, other.id} != ids:
            continue  # of a listing that is somebody's
        session.add(
            DuplicatePair(
                id=world.id(),
                entity=duplicates.SERVICE,
                first_id=min(ids),
                second_id=max(ids),
                score=likeness.score,
                reasons=dict(likeness.reasons),
                status=DuplicateStatus.OPEN,
                found_at=world.now - timedelta(days=1),
            )
        )
