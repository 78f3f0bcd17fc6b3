"""HSDS 3.2.3 objects as they come in: which fields there are and what may stand in each.

Field names are HSDS's, in the order of its tables. Ids are kept as the source gives them: whose
row they become is decided by `directory.imports`. Properties that HSDS does not have are passed
over, except the two by which a source holds a listing back (`Service.confidential`,
`Service.published`). What is read here has been through `directory.hsds.plain` before.
"""

from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from directory.hsds.dialling import read_line
from directory.hsds.fields import (
    LARGEST_NUMBER,
    Age,
    Amount,
    Clock,
    Country,
    Day,
    Email,
    Frequency,
    Id,
    Name,
    PlaceType,
    Short,
    Status,
    Text,
    Uri,
    Weekday,
    Whole,
    many,
    mistake,
)
from directory.hsds.object_base import Attribute, HsdsObject, Metadata, Taxonomy, TaxonomyTerm
from directory.listings.numbers import NumberError

__all__ = ["Attribute", "HsdsObject", "Metadata", "Taxonomy", "TaxonomyTerm"]


class Language(HsdsObject):
    name: Short | None = None
    code: Annotated[str, Field(max_length=10)] | None = None
    note: Text | None = None


class Phone(HsdsObject):
    """`doubtful`: ten digits that no US number has, as far as the numbering plan is known here."""

    number: Annotated[str, Field(min_length=1, max_length=80)]
    extension: Whole | None = None
    type: Annotated[str, Field(max_length=20)] = "voice"
    description: Text | None = None
    languages: list[Language] = many()
    doubtful: bool = False

    @model_validator(mode="after")
    def _as_dialled(self) -> "Phone":
        try:
            line = read_line(self.number, self.type)
        except NumberError as error:
            raise mistake("is not a number that can be dialled", str(error)) from error
        self.number, self.type, self.doubtful = line.number, line.kind, line.doubtful
        return self


class Contact(HsdsObject):
    name: Name | None = None
    title: Short | None = None
    department: Short | None = None
    email: Email | None = None
    phones: list[Phone] = many()


class Schedule(HsdsObject):
    valid_from: Day | None = None
    valid_to: Day | None = None
    dtstart: Day | None = None
    timezone: Annotated[str, Field(max_length=60)] | None = None
    until: Day | None = None
    count: Whole | None = None
    wkst: Weekday | None = None
    freq: Frequency | None = None
    interval: Whole | None = None
    byday: Short | None = None
    byweekno: Short | None = None
    bymonthday: Short | None = None
    byyearday: Short | None = None
    description: Text | None = None
    opens_at: Clock | None = None
    closes_at: Clock | None = None
    schedule_link: Uri | None = None
    attending_type: Short | None = None
    notes: Text | None = None


class ServiceArea(HsdsObject):
    name: Short | None = None
    description: Text | None = None
    extent: Annotated[str, Field(max_length=200_000)] | None = None  # a polygon can be long
    extent_type: Short | None = None
    uri: Uri | None = None


class Address(HsdsObject):
    """HSDS requires a postal code too; sources lack it often enough, so that it may be missing."""

    attention: Short | None = None
    address_1: Short
    address_2: Short | None = None
    city: Short
    region: Short | None = None
    state_province: Short
    postal_code: Short | None = None
    country: Country = "US"
    address_type: PlaceType = "physical"


class Accessibility(HsdsObject):
    description: Text | None = None
    details: Text | None = None
    url: Uri | None = None


class Location(HsdsObject):
    """`misplaced`: its coordinates are nowhere on Earth, and were left out."""

    location_type: PlaceType = "physical"
    url: Uri | None = None
    organization_id: Id | None = None
    name: Name | None = None
    alternate_name: Name | None = None
    description: Text | None = None
    transportation: Text | None = None
    latitude: float | None = None
    longitude: float | None = None
    external_identifier: Short | None = None
    external_identifier_type: Short | None = None
    languages: list[Language] = many()
    addresses: list[Address] = many()
    contacts: list[Contact] = many()
    accessibility: list[Accessibility] = many()
    phones: list[Phone] = many()
    schedules: list[Schedule] = many()
    misplaced: bool = False

    @model_validator(mode="after")
    def _on_earth(self) -> "Location":
        latitude, longitude = self.latitude, self.longitude
        # Not a number compares as false, and is left out as well.
        there = (
            latitude is not None
            and longitude is not None
            and -90 <= latitude <= 90
            and -180 <= longitude <= 180
        )
        self.misplaced = not there and (latitude, longitude) != (None, None)
        if not there:
            self.latitude = self.longitude = None
        return self


class ServiceAtLocation(HsdsObject):
    location_id: Id | None = None
    description: Text | None = None
    service_areas: list[ServiceArea] = many()
    contacts: list[Contact] = many()
    phones: list[Phone] = many()
    schedules: list[Schedule] = many()
    location: Location


class CostOption(HsdsObject):
    valid_from: Day | None = None
    valid_to: Day | None = None
    option: Text | None = None
    currency: Annotated[str, Field(max_length=3)] | None = None
    amount: Amount | None = None
    amount_description: Text | None = None


class RequiredDocument(HsdsObject):
    document: Text | None = None
    uri: Uri | None = None


class Url(HsdsObject):
    label: Short | None = None
    url: Uri


class Funding(HsdsObject):
    source: Text | None = None


class Unit(HsdsObject):
    name: Name
    scheme: Short | None = None
    identifier: Short | None = None
    uri: Uri | None = None


class ServiceCapacity(HsdsObject):
    unit: Unit
    available: Annotated[float, Field(ge=0, le=LARGEST_NUMBER)]
    maximum: Annotated[float, Field(ge=0, le=LARGEST_NUMBER)] | None = None
    description: Text | None = None
    updated: AwareDatetime


class Program(HsdsObject):
    name: Name
    alternate_name: Name | None = None
    description: Text = ""


class OrganizationIdentifier(HsdsObject):
    identifier_scheme: Short | None = None
    identifier_type: Short
    identifier: Short


class Organization(HsdsObject):
    id: Id
    name: Name
    alternate_name: Name | None = None
    description: Text = ""
    email: Email | None = None
    website: Uri | None = None
    additional_websites: list[Url] = many()
    tax_status: Short | None = None
    tax_id: Short | None = None
    year_incorporated: Annotated[int, Field(ge=1000, le=9999)] | None = None
    legal_status: Short | None = None
    logo: Text | None = None
    uri: Uri | None = None
    parent_organization_id: Id | None = None
    funding: list[Funding] = many()
    contacts: list[Contact] = many()
    phones: list[Phone] = many()
    programs: list[Program] = many()
    organization_identifiers: list[OrganizationIdentifier] = many()


class Service(HsdsObject):
    """A whole service. The last fields are ours: HSDS has no place for them."""

    id: Id
    program_id: Id | None = None
    name: Name
    alternate_name: Name | None = None
    description: Text | None = None
    url: Uri | None = None
    additional_urls: list[Url] = many()
    email: Email | None = None
    status: Status
    interpretation_services: Text | None = None
    application_process: Text | None = None
    fees_description: Text | None = None
    wait_time: Text | None = None
    fees: Text | None = None
    accreditations: Text | None = None
    eligibility_description: Text | None = None
    minimum_age: Age | None = None
    maximum_age: Age | None = None
    assured_date: Day | None = None
    assurer_email: Email | None = None
    licenses: Text | None = None
    alert: Text | None = None
    last_modified: AwareDatetime | None = Field(None, exclude=True)
    phones: list[Phone] = many()
    schedules: list[Schedule] = many()
    service_areas: list[ServiceArea] = many()
    service_at_locations: list[ServiceAtLocation] = many()
    languages: list[Language] = many()
    organization: Organization
    funding: list[Funding] = many()
    cost_options: list[CostOption] = many()
    program: Program | None = None
    required_documents: list[RequiredDocument] = many()
    contacts: list[Contact] = many()
    capacities: list[ServiceCapacity] = many()
    # ours
    confidential: bool = False
    published: bool = True
    needs: list[Short] = many()
    opening_hours: Text | None = None
    description_es: Text | None = None
    eligibility_description_es: Text | None = None
    fees_description_es: Text | None = None
    application_process_es: Text | None = None

    @model_validator(mode="after")
    def _ages_in_order(self) -> "Service":
        if None not in (self.minimum_age, self.maximum_age) and (self.minimum_age or 0) > (
            self.maximum_age or 0
        ):
            raise mistake("minimum_age is above maximum_age", "exchange them or correct one")
        return self
