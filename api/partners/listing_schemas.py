"""Bodies of the partner API for listings: HSDS 3.2.3 objects, and ours beside them.

What is sent is read by `directory.listings.edit_schema`, which explains; these are the answers.
Nothing in them is null: HSDS leaves out what is not there.
"""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from directory.listings.change_models import ChangeStatus
from directory.listings.notices import NoticeType


class ListedLanguage(BaseModel):
    id: str
    code: str | None = None
    name: str | None = None
    note: str | None = None


class ListedPhone(BaseModel):
    """From `description_es` on ours: HSDS has no name for them."""

    id: str
    number: str
    type: str
    extension: int | None = None
    description: str | None = None
    languages: list[ListedLanguage] = []
    description_es: str | None = None
    press: str | None = None
    text_word: str | None = None
    say_label: bool | None = None
    answered_24h: bool | None = None
    intake: bool | None = None


class ListedSchedule(BaseModel):
    """Times are local, HH:MM:SS."""

    id: str
    freq: str | None = None
    interval: int | None = None
    byday: str | None = None
    opens_at: str | None = None
    closes_at: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    dtstart: date | None = None
    until: date | None = None
    count: int | None = None
    wkst: str | None = None
    byweekno: str | None = None
    bymonthday: str | None = None
    byyearday: str | None = None
    timezone: float | None = None
    description: str | None = None
    schedule_link: str | None = None
    attending_type: str | None = None
    notes: str | None = None


class ListedArea(BaseModel):
    id: str
    name: str | None = None
    description: str | None = None
    extent: str | None = None
    extent_type: str | None = None
    uri: str | None = None


class ListedCost(BaseModel):
    id: str
    option: str | None = None
    currency: str | None = None
    amount: float | None = None
    amount_description: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class ListedDocument(BaseModel):
    id: str
    document: str | None = None
    uri: str | None = None


class ListedUrl(BaseModel):
    id: str
    label: str | None = None
    url: str


class ListedAddress(BaseModel):
    id: str
    address_1: str
    address_2: str | None = None
    attention: str | None = None
    city: str
    region: str | None = None
    state_province: str
    postal_code: str | None = None
    country: str
    address_type: str


class ListedLocation(BaseModel):
    id: str
    location_type: str
    name: str | None = None
    alternate_name: str | None = None
    description: str | None = None
    transportation: str | None = None
    url: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    addresses: list[ListedAddress] = []


class ListedPlace(BaseModel):
    id: str
    location: ListedLocation
    description: str | None = None


class CapacityUnit(BaseModel):
    id: str
    name: str


class ListedCapacity(BaseModel):
    """`stale`: too old to be told to anybody; count again."""

    id: str
    unit: CapacityUnit
    available: float
    maximum: float | None = None
    description: str | None = None
    updated: datetime
    stale: bool


class CapacityOut(BaseModel):
    """`unit`: its name, as it is sent."""

    id: str
    service_id: str
    unit: str
    unit_id: str
    available: float
    maximum: float | None = None
    description: str | None = None
    updated: datetime
    stale: bool


class NoticeOut(BaseModel):
    """`current`: it counts now; else it is still to come."""

    id: str
    kind: NoticeType
    text: str | None = None
    text_es: str | None = None
    starts_at: datetime
    ends_at: datetime
    current: bool


class NoticePage(BaseModel):
    items: list[NoticeOut]
    next: str | None


class PendingOut(BaseModel):
    """What waits for our staff's approval; the listing itself still says what it said."""

    id: str
    field: str
    before: Any = None
    after: Any = None
    at: datetime


class OwnListing(BaseModel):
    """A listing as its own organisation sees it. From `version` on ours.

    `published`: whether our staff has released it; `freshness`: whether it is shown, by how long
    ago somebody has confirmed it. `version` stands in the ETag too.
    """

    id: str
    organization_id: str
    name: str
    alternate_name: str | None = None
    description: str | None = None
    url: str | None = None
    email: str | None = None
    status: str
    interpretation_services: str | None = None
    application_process: str | None = None
    fees_description: str | None = None
    wait_time: str | None = None
    fees: str | None = None
    accreditations: str | None = None
    licenses: str | None = None
    eligibility_description: str | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    alert: str | None = None
    assured_date: date | None = None
    last_modified: datetime
    phones: list[ListedPhone]
    schedules: list[ListedSchedule]
    service_areas: list[ListedArea]
    languages: list[ListedLanguage]
    cost_options: list[ListedCost]
    required_documents: list[ListedDocument]
    additional_urls: list[ListedUrl]
    service_at_locations: list[ListedPlace]
    capacities: list[ListedCapacity]
    version: int
    slug: str
    published: bool
    freshness: str
    needs: list[str]
    opening_hours: str | None = None
    accepts_referrals: bool
    confidential: bool
    description_es: str | None = None
    eligibility_description_es: str | None = None
    fees_description_es: str | None = None
    application_process_es: str | None = None
    notices: list[NoticeOut]
    pending: list[PendingOut]


class OwnListingPage(BaseModel):
    items: list[OwnListing]
    next: str | None


class HistoryLine(BaseModel):
    """One field of one change. `change_set`: what was sent together. `by`: which party.

    `reason`: why it was declined, or that a newer change has taken its place.
    """

    id: str
    change_set: str
    field: str
    before: Any = None
    after: Any = None
    at: datetime
    by: str
    status: ChangeStatus
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: str | None = None


class HistoryPage(BaseModel):
    items: list[HistoryLine]
    next: str | None = None
