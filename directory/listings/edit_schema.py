"""What the partner API takes and gives of a listing: HSDS 3.2.3 objects under HSDS names.

What HSDS has no field for stands under "ours". The same classes read a change and write a
listing, so that what was read may be sent back. A list is replaced as a whole; an entry that
carries the `id` it was read with, or says the same as before, keeps its row.
"""

from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from directory.listings import edit_values as values
from directory.listings.known_lines import mistyped_line
from directory.listings.numbers import NumberError, dialled, digits_of
from directory.listings.partner_schema import mistake
from directory.listings.schedule_hours import days_named

MOST_ENTRIES = 100
# HSDS puts them into every object; whose row it is, the address of the request says.
_LINKS = frozenset(
    {
        "attributes", "metadata", "service_id", "organization_id", "location_id", "phone_id",
        "contact_id", "service_at_location_id",
    }
)  # fmt: skip
# Of those that are often sent by their name; search knows languages by their code.
LANGUAGE_CODES = {
    "english": "en", "spanish": "es", "español": "es", "polish": "pl", "arabic": "ar",
    "american sign language": "ase", "asl": "ase", "chinese": "zh", "mandarin": "zh",
    "cantonese": "yue", "gujarati": "gu", "hindi": "hi", "urdu": "ur", "french": "fr",
    "tagalog": "tl", "vietnamese": "vi", "korean": "ko", "russian": "ru", "ukrainian": "uk",
    "portuguese": "pt", "lithuanian": "lt", "italian": "it", "greek": "el",
}  # fmt: skip


class Entry(BaseModel):
    """One object of a list. `id`: as it was read; an unknown one counts as none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str | None = Field(default=None, max_length=100)

    @model_validator(mode="before")
    @classmethod
    def _without_links(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        known = cls.model_fields
        return {
            name: value
            for name, value in given.items()
            # HSDS knows no null: who writes one means that there is none.
            if value is not None and (name in known or name not in _LINKS)
        }

    def content(self) -> dict[str, Any]:
        """What it says, without ids: plain JSON, nothing empty."""
        whole: dict[str, Any] = _said(self.model_dump(mode="json", warnings=False))
        return whole


def _said(value: Any) -> Any:
    if isinstance(value, list):
        return [_said(each) for each in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _said(each) for name, each in value.items() if name != "id"}
    return {name: each for name, each in inner.items() if each not in (None, "", [])}


class Language(Entry):
    code: values.LanguageCode | None = None
    name: values.OptionalLine | None = None
    note: values.Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _code_of_its_name(cls, given: Any) -> Any:
        if not isinstance(given, dict) or given.get("code") is not None:
            return given
        code = LANGUAGE_CODES.get(str(given.get("name")).strip().casefold())
        return given | ({"code": code} if code else {})

    @model_validator(mode="after")
    def _named(self) -> "Language":
        if not self.code and not self.name:
            raise mistake("names no language", "write its code, such as es")
        return self


class Phone(Entry):
    """A number as people dial it: 630-555-0100, 988, 211, 741741."""

    type: values.PhoneType = "voice"
    number: str = Field(max_length=60)
    extension: values.Extension | None = None
    description: values.OptionalLine | None = None
    languages: list[Language] = Field(default=[], max_length=MOST_ENTRIES)
    # ours
    description_es: values.OptionalLine | None = None
    press: values.Press | None = None
    text_word: values.TextWord | None = None
    say_label: values.Truth | None = None
    answered_24h: values.Truth | None = None
    intake: values.Truth | None = None

    @field_validator("number")
    @classmethod
    def _can_be_dialled(cls, number: str, info: ValidationInfo) -> str:
        kind = str(info.data.get("type", "voice"))
        if not number.isascii():
            raise mistake("is not a US phone number", "write it as 630-555-0100")
        if len(digits_of(number)) == 7:
            raise mistake("has no area code", "write it with its area code, as 630-555-0100")
        try:
            written = dialled(number, kind=kind)
        except NumberError as error:
            raise mistake("is not a US phone number", str(error)) from error
        line = mistyped_line(digits_of(written))
        if line is not None:
            raise mistake(f"looks like a slip of {line}", "copy it from the line's own page")
        return written

    def content(self) -> dict[str, Any]:
        """Flags only where they say something unusual."""
        said = super().content()
        usual = {"say_label": False, "intake": True}
        return {name: value for name, value in said.items() if usual.get(name) is not value}

    @model_validator(mode="after")
    def _word_is_texted(self) -> "Phone":
        if self.text_word is not None and self.type != "sms":
            raise mistake("has a text_word but cannot be texted", 'write "type": "sms"')
        return self


class Schedule(Entry):
    """A repeating opening. Times are local; "23:59" stands for the end of the day."""

    freq: values.Frequency | None = None
    interval: values.Whole | None = Field(default=None, ge=1, le=52)
    byday: str | None = Field(default=None, max_length=100)
    opens_at: values.ClockTime | None = None
    closes_at: values.ClockTime | None = None
    valid_from: values.Day | None = None
    valid_to: values.Day | None = None
    dtstart: values.Day | None = None
    until: values.Day | None = None
    count: values.Whole | None = Field(default=None, ge=1, le=10_000)
    wkst: values.Weekday | None = None
    byweekno: values.OptionalLine | None = None
    bymonthday: values.OptionalLine | None = None
    byyearday: values.OptionalLine | None = None
    timezone: float | None = Field(default=None, ge=-14, le=14, allow_inf_nan=False)
    description: values.Text | None = None
    schedule_link: values.WebAddress | None = None
    attending_type: values.OptionalLine | None = None
    notes: values.Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _as_its_days_show(cls, given: Any) -> Any:
        """Without `freq`, "2TU" is of a month, and "TU" of every week."""
        if not isinstance(given, dict) or given.get("freq") is not None:
            return given
        named = days_named(str(given.get("byday") or ""))
        if named is None:
            return given
        monthly = any(each[0] in "-12345" for each in named)
        return given | {"freq": "MONTHLY" if monthly else "WEEKLY"}

    @field_validator("byday")
    @classmethod
    def _days(cls, byday: str) -> str:
        named = days_named(byday)
        if named is None:
            remedy = "write MO,TU,WE,TH,FR,SA,SU, or 2TU for every second Tuesday of a month"
            raise mistake("is not a list of days", remedy)
        return ",".join(dict.fromkeys(named))

    @field_validator("closes_at")
    @classmethod
    def _closes_after_opening(cls, closes_at: str, info: ValidationInfo) -> str:
        opens_at = info.data.get("opens_at")
        closes_at = "23:59" if closes_at == "00:00" else closes_at
        if opens_at is not None and opens_at >= closes_at:
            remedy = (
                "write a later time; what goes on past midnight is two schedules, "
                "one until 23:59 and one from 00:00 on the next day"
            )
            raise mistake("is not after opens_at", remedy)
        return closes_at

    @field_validator("valid_to", "until")
    @classmethod
    def _ends_after_its_start(cls, last: values.Day, info: ValidationInfo) -> values.Day:
        first = info.data.get("valid_from" if info.field_name == "valid_to" else "dtstart")
        if first is not None and last < first:
            raise mistake("is before the day it starts", "swap the two")
        return last

    @model_validator(mode="after")
    def _whole(self) -> "Schedule":
        if (self.opens_at is None) is not (self.closes_at is None):
            raise mistake("has one time only", "write both opens_at and closes_at")
        days = (self.byday, self.bymonthday, self.byweekno, self.byyearday)
        if self.opens_at is not None and not any(days) and self.dtstart is None:
            raise mistake("does not say on which days", 'write "byday": "MO,TU,WE,TH,FR"')
        if self.opens_at is None and not (self.description or self.notes or self.schedule_link):
            raise mistake("says nothing", "write byday, opens_at and closes_at, or a description")
        return self


class ServiceArea(Entry):
    name: values.AreaName
    description: values.Text | None = None
    extent: values.Text | None = None
    extent_type: values.OptionalLine | None = None
    uri: values.OptionalLine | None = None


class CostOption(Entry):
    option: values.Text | None = None
    currency: values.CurrencyCode | None = None
    amount: values.Amount | None = None
    amount_description: values.Text | None = None
    valid_from: values.Day | None = None
    valid_to: values.Day | None = None


class RequiredDocument(Entry):
    document: values.Name
    uri: values.WebAddress | None = None


class Url(Entry):
    label: values.OptionalLine | None = None
    url: values.WebAddress


class Address(Entry):
    address_1: values.Name
    address_2: values.OptionalLine | None = None
    attention: values.OptionalLine | None = None
    city: values.Name
    region: values.OptionalLine | None = None
    state_province: values.StateCode
    postal_code: values.PostalCode | None = None
    country: values.CountryCode = "US"
    address_type: values.PlaceType = "physical"


class Location(Entry):
    """A place. Coordinates belong to the address that they are sent with, and go with it."""

    location_type: values.PlaceType = "physical"
    name: values.OptionalLine | None = None
    alternate_name: values.OptionalLine | None = None
    description: values.Text | None = None
    transportation: values.Text | None = None
    url: values.WebAddress | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    longitude: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    addresses: list[Address] = Field(default=[], max_length=5)

    @model_validator(mode="after")
    def _somewhere(self) -> "Location":
        if (self.latitude is None) is not (self.longitude is None):
            raise mistake("has half of its coordinates", "write latitude and longitude, or neither")
        if self.location_type == "physical" and not self.addresses:
            raise mistake("has no address", 'write "addresses", or "location_type": "virtual"')
        return self


class ServiceAtLocation(Entry):
    location: Location
    description: values.Text | None = None


class ListingPatch(BaseModel):
    """A change of a listing: HSDS fields of `service`, and ours. What is left out stays.

    null (or an empty list) takes a field away. `schedules` and `opening_hours` say the same in
    two ways: only one of them at a time. A hotline's `phones`, `confidential` and a `status` of
    inactive or defunct wait until our staff has approved them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: values.Name = ""
    alternate_name: values.OptionalLine | None = None
    description: values.Text | None = None
    url: values.WebAddress | None = None
    email: values.Email | None = None
    status: values.Status = "active"
    interpretation_services: values.Text | None = None
    application_process: values.Text | None = None
    fees_description: values.Text | None = None
    wait_time: values.Text | None = None
    fees: values.Text | None = None
    accreditations: values.Text | None = None
    licenses: values.Text | None = None
    eligibility_description: values.Text | None = None
    minimum_age: values.Age | None = None
    maximum_age: values.Age | None = None
    alert: values.Text | None = None
    phones: list[Phone] | None = Field(default=None, max_length=MOST_ENTRIES)
    schedules: list[Schedule] | None = Field(default=None, max_length=MOST_ENTRIES)
    service_areas: list[ServiceArea] | None = Field(default=None, max_length=MOST_ENTRIES)
    languages: list[Language] | None = Field(default=None, max_length=MOST_ENTRIES)
    cost_options: list[CostOption] | None = Field(default=None, max_length=MOST_ENTRIES)
    required_documents: list[RequiredDocument] | None = Field(default=None, max_length=MOST_ENTRIES)
    additional_urls: list[Url] | None = Field(default=None, max_length=MOST_ENTRIES)
    service_at_locations: list[ServiceAtLocation] | None = Field(
        default=None, max_length=MOST_ENTRIES
    )
    # ours
    needs: list[values.Need] | None = Field(default=None, max_length=26)
    opening_hours: values.OpeningHoursText | None = None
    accepts_referrals: values.Truth = False
    confidential: values.Truth = False
    description_es: values.Text | None = None
    eligibility_description_es: values.Text | None = None
    fees_description_es: values.Text | None = None
    application_process_es: values.Text | None = None

    @property
    def sent(self) -> tuple[str, ...]:
        """The fields that it speaks of, in the order of this class."""
        return tuple(name for name in type(self).model_fields if name in self.model_fields_set)
