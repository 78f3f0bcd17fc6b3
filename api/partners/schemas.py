"""Bodies of the partner API, and of the staff's endpoints on partners' contacts."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from api.clinicians.schemas import Body, Name
from api.deps import Id
from api.referrals.schemas import EventOut, Named, RemarkOut
from directory.languages import Language
from directory.partners.models import Channel
from directory.referrals.models import Priority
from directory.referrals.states import Status

Address = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]


class SharedPersonOut(BaseModel):
    """The person, from acceptance until the referral ends. `note`: how to call them safely."""

    name: str | None
    phone: str | None
    reason: str | None
    safe_to_text: bool
    number_shared: bool
    note: str


class PartnerReferral(BaseModel):
    """A referral as its partner sees it. Times are UTC.

    `person` is null before acceptance and after the end; `withheld` says that it is null because
    the person's consent has ended. `allowed`: what the partner may make of it next.
    """

    id: str
    status: Status
    priority: Priority
    service_id: str
    service: Named
    need: str | None
    language: Language | None
    town: str | None
    person: SharedPersonOut | None
    withheld: bool
    history: list[EventOut]
    remarks: list[RemarkOut]
    allowed: list[Status]
    created_at: datetime
    changed_at: datetime
    answered_at: datetime | None


class PartnerReferralPage(BaseModel):
    items: list[PartnerReferral]
    next: str | None


class NewContactBody(Body):
    """Somebody at a partner who is told of referrals. `address`: a number, e-mail or https://…

    `service_id`: of this service only. `language`: in which they are written to.
    """

    name: Name
    channel: Channel
    address: Address
    language: Language = Language.EN
    service_id: Id | None = None


class ContactOut(BaseModel):
    id: str
    organization_id: str
    service_id: str | None
    name: str
    language: Language
    channel: Channel
    address: str
    created_at: datetime


class AddedContact(ContactOut):
    """`secret` signs what goes to a webhook; it is shown this once and null for other channels."""

    secret: str | None


class ContactPage(BaseModel):
    items: list[ContactOut]
    next: str | None = None
