"""What data/partners.yml may say: one class for each kind of entry, each field checked alone.

Every check raises a `mistake` with the problem and the remedy in words that a social worker
understands. What needs more than one field to judge is in `partner_rules`.
"""

import re
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from directory.hours import HoursError, check_opening_hours
from directory.listings.mistakes import nearest
from directory.needs import taxonomy
from directory.places import COUNTRY, STATE, county_names, place_named, town_names

MISTAKE = "mistake"
LONGEST_DESCRIPTION = 25
_SLUG = re.compile(r"[a-z0-9]+(-{1,2}[a-z0-9]+)*")
_LANGUAGE_NAMES = {"english": "en", "spanish": "es", "español": "es", "polish": "pl"}


def mistake(problem: str, remedy: str) -> PydanticCustomError:
    """A mistake in one field; `problem` follows the field's name in a sentence."""
    return PydanticCustomError(MISTAKE, "{problem}", {"problem": problem, "remedy": remedy})


def _number_as_text(value: Any) -> Any:
    # 988 and 60540 without quotes are numbers to YAML.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _filled(value: str) -> str:
    if not value.strip():
        raise mistake("is empty", "write something, or remove the line")
    if "\x00" in value or "<" in value:
        raise mistake("holds characters that cannot be shown", "remove < and control characters")
    return " ".join(value.split())


def _slug(value: str) -> str:
    if not _SLUG.fullmatch(value) or len(value) > 120:
        raise mistake(f'"{value}" is not an id', "use a-z, 0-9 and hyphens, such as food-pantry")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https"):
        raise mistake(f'"{value}" is not a full address', f"write it as https://{value}")
    if not parts.netloc or re.search(r'[\s<>"]', value):
        raise mistake(f'"{value}" is not a web address', "copy it from the browser")
    return value


def _need(value: str) -> str:
    if value not in taxonomy():
        close = nearest(value, taxonomy())
        remedy = f"did you mean {close}?" if close else "the needs are listed in data/taxonomy.yml"
        raise mistake(f'"{value}" is not a need', remedy)
    return value


def _hours(value: str) -> str:
    try:
        check_opening_hours(value)
    except HoursError as error:
        raise mistake(
            f'"{value}" is not opening hours ({error})', "write it as Mo-Fr 09:00-17:00 or 24/7"
        ) from error
    return value


def _short_enough(value: str) -> str:
    words = len(value.split())
    if words > LONGEST_DESCRIPTION:
        raise mistake(f"has {words} words", f"use at most {LONGEST_DESCRIPTION}")
    return value


def _area(value: str) -> str:
    if value in (STATE, COUNTRY) or place_named(value):
        return value
    known = [*(f"{name} county" for name in county_names()), *town_names()]
    close = nearest(value.casefold(), [*known, STATE.casefold(), COUNTRY.casefold()])
    hint = f"did you mean {close.title()}? " if close else ""
    remedy = f'{hint}write an Illinois town or ZIP, "Will County", {STATE} or {COUNTRY}'
    raise mistake(f'"{value}" is not a place that we know', remedy)


def _language(value: str) -> str:
    if re.fullmatch(r"[a-z]{2,3}", value):
        return value
    code = _LANGUAGE_NAMES.get(value.casefold())
    remedy = f"write {code}" if code else "write its two-letter code, such as en, es or pl"
    raise mistake(f'"{value}" is not a language code', remedy)


def _matching(pattern: str, problem: str, remedy: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise mistake(f'"{value}" {problem}', remedy)
        return value

    return AfterValidator(check)


Text = Annotated[str, BeforeValidator(_number_as_text), AfterValidator(_filled)]
Slug = Annotated[Text, AfterValidator(_slug)]
WebAddress = Annotated[Text, AfterValidator(_web_address)]
Need = Annotated[Text, AfterValidator(_need)]
OpeningHoursText = Annotated[Text, AfterValidator(_hours)]
ShortText = Annotated[Text, AfterValidator(_short_enough)]
AreaName = Annotated[Text, AfterValidator(_area)]
LanguageCode = Annotated[Text, AfterValidator(_language)]
Extension = Annotated[Text, _matching(r"\d{1,8}", "is not an extension", "write its digits")]
Press = Annotated[Text, _matching(r"[\d*#]{1,4}", "is not a key to press", "write its digit")]
TextWord = Annotated[
    Text, _matching(r"[A-Za-z0-9 ]{2,20}", "is not a word to text", "write what to send, no quotes")
]
PostalCode = Annotated[
    Text, _matching(r"\d{5}(-\d{4})?", "is not a ZIP code", "write five digits, such as 60540")
]
StateCode = Annotated[
    Text, _matching(r"[A-Z]{2}", "is not a state", "write its two letters, such as IL")
]
Age = Annotated[int, Field(ge=0, le=120)]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Fact(Entry):
    """A fact with where it was read and the date of that page (null: the page has none)."""

    source: WebAddress | None = None
    as_of: date | None = None
    attested: bool = True


class Bilingual(Entry):
    en: Text
    es: Text


class Description(Entry):
    en: ShortText
    es: ShortText


class BilingualFact(Fact):
    en: Text
    es: Text


class Url(Fact):
    value: WebAddress


class Phone(Entry):
    number: Text
    type: Literal["hotline", "voice", "sms", "tty", "fax"] = "voice"
    label: Bilingual | None = None
    say_label: bool = False
    extension: Extension | None = None
    press: Press | None = None
    text: TextWord | None = None
    answered_24h: bool | None = None
    intake: bool = True
    attested: bool
    call_first: bool = False
    sources: list[WebAddress] = []
    as_of: date | None = None
    note: Text | None = None


class Hours(Fact):
    value: OpeningHoursText
    note: Text | None = None


class Address(Fact):
    street: Text
    city: Text
    state: StateCode
    postal_code: PostalCode | None = None
    note: Text | None = None


class Area(Fact):
    values: list[AreaName] = Field(min_length=1)
    note: Text | None = None


class Eligibility(BilingualFact):
    minimum_age: Age | None = None
    maximum_age: Age | None = None


class Service(Entry):
    id: Slug
    name: Text
    also_known_as: list[Text] = []
    # Empty for a line that answers no everyday need, such as a place to report child abuse.
    needs: list[Need]
    description: Description
    publish: bool
    held_because: Text | None = None
    phones: list[Phone] = []
    url: Url | None = None
    hours: Hours | None = None
    address: Address | None = None
    confidential: bool = False
    area: Area | None = None
    languages: list[LanguageCode] = []
    eligibility: Eligibility | None = None
    cost: BilingualFact | None = None
    apply: BilingualFact | None = None
    documents: list[Text] = []
    accepts_referrals: bool
    note: Text | None = None


class Organization(Entry):
    id: Slug
    name: Text
    also_known_as: list[Text] = []
    url: Url | None = None
    services: list[Service] = Field(min_length=1)
    note: Text | None = None


class PartnerFile(Entry):
    organizations: list[Organization]
