"""Whom at a partner we tell of referrals; supervisors and administrators see to it."""

from fastapi import APIRouter, Depends

from api.clinicians.access import RESPONSIBLE, audit
from api.deps import (
    Id,
    ReadingSession,
    StaffRoute,
    TheServices,
    TheStaffMember,
    WritingSession,
    require,
)
from api.partners import schemas
from api.public.endpoints import ServiceKey
from directory.errors import NotFound
from directory.languages import Language
from directory.partners import queries
from directory.partners import service as partners
from directory.partners.models import Channel, PartnerContact

router = APIRouter(
    prefix="/api/v1/organizations/{organization_id}/contacts",
    tags=["partner contacts"],
    dependencies=[Depends(require(*RESPONSIBLE))],
    responses={401: {}, 403: {}, 404: {}, 422: {}},
    route_class=StaffRoute,
)
# An organisation's HSDS id or slug.
OrganizationKey = ServiceKey


@router.get("")
def list_contacts(organization_id: OrganizationKey, session: ReadingSession) -> schemas.ContactPage:
    """Everybody at this organisation who is told of referrals."""
    organization = partners.organization(session, organization_id)
    return schemas.ContactPage(
        items=[_out(each) for each in queries.contacts_for(session, organization.id)]
    )


@router.post("", status_code=201)
def add_contact(
    organization_id: OrganizationKey,
    body: schemas.NewContactBody,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> schemas.AddedContact:
    """Register somebody to be told; a webhook's signing secret is in this answer and no other."""
    organization = partners.organization(session, organization_id)
    now = services.clock.now()
    new = partners.NewContact(
        name=body.name,
        channel=body.channel,
        address=body.address,
        language=body.language,
        service_id=body.service_id,
    )
    contact = partners.add_contact(session, organization.id, new, now=now)
    audit(session, services, member, "contact.add", subject_id=contact.id)
    return schemas.AddedContact(**_out(contact).model_dump(), secret=contact.secret)


@router.delete("/{contact_id}", status_code=204)
def remove_contact(
    organization_id: OrganizationKey,
    contact_id: Id,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> None:
    """Nothing more goes to this contact, and its links open nothing."""
    organization = partners.organization(session, organization_id)
    contact = queries.contact_by_id(session, contact_id)
    gone = contact is None or contact.removed_at is not None
    if contact is None or gone or contact.organization_id != organization.id:
        raise NotFound("contact_unknown", "This organisation has no such contact.")
    now = services.clock.now()
    partners.remove_contact(contact, now=now)
    audit(session, services, member, "contact.remove", subject_id=contact.id)


def _out(contact: PartnerContact) -> schemas.ContactOut:
    return schemas.ContactOut(
        id=contact.id,
        organization_id=contact.organization_id,
        service_id=contact.service_id,
        name=contact.name,
        language=Language(contact.language),
        channel=Channel(contact.channel),
        address=contact.address,
        created_at=contact.created_at,
    )
