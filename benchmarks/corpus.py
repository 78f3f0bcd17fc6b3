"""The services that are searched: real ones, read into one plain form.

Two sources:
- the published services of `data/partners.yml`, so that there are other needs than food;
- 2,849 food pantries of HAARRRvest (CC0) as HSDS `service` objects, one a line. Their folder is
  given with --corpus or SERVICES_CC0; else it is looked for in ../shared/data/services-cc0,
  beside this repository. Old data: for measuring only, never shown to a person looking for help.

`benchmarks.copies` multiplies them.
"""

import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.places import STATES, Point, county_key, is_town, zip_area
from directory.languages import Language
from directory.listings import partner_schema as schema
from directory.listings.ids import service_id
from directory.listings.partner_file import read_partners
from directory.needs import taxonomy
from directory.places import folded
from directory.settings import ROOT

PARTNERS_FILE = ROOT / "data" / "partners.yml"
USUAL_FOLDER = ROOT.parent / "shared" / "data" / "services-cc0"
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREE = re.compile(r"\bfree\b", re.IGNORECASE)
_NOT_A_NAME = re.compile(r"^[\d\s.,]+")
AnyFact = TypeVar("AnyFact", bound=schema.Fact)
_LISTER = re.compile(r"listed by (.+?)\.?$")


class Source(StrEnum):
    PARTNERS = "partners"
    FOOD_BANKS = "food banks"


class MissingCorpus(Exception):
    """The CC0 services are not where they were looked for. The text says what to do."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Once a week, local time. `day`: 0 is Monday. `opens` and `closes`: "09:00"."""

    day: int
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class Record:
    """One service. Texts are as the source writes them; what it does not say is empty.

    `key`: the id in partners.yml, or the HSDS id; a copy's is its own. `areas`: as stated.
    `county_areas`: folded counties that a food bank files the pantry under, of state `state`.
    `opening_hours`: OpenStreetMap's syntax (partners); `openings`: weekly ones (food banks).
    """

    id: str
    key: str
    source: Source
    name: str
    organization: str
    other_names: tuple[str, ...] = ()
    description: str = ""
    description_es: str = ""
    eligibility: str = ""
    eligibility_es: str = ""
    cost: str = ""
    terms: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    street: str = ""
    town: str = ""
    state: str = ""
    zip_code: str = ""
    coordinates: Point | None = None
    areas: tuple[str, ...] = ()
    county_areas: tuple[str, ...] = ()
    openings: tuple[Opening, ...] = ()
    opening_hours: str | None = None
    languages: tuple[str, ...] = ("en",)
    free: bool = False
    copy_of: str | None = None


def corpus_folder(given: str | None = None) -> Path:
    """The folder of the CC0 services. Raises MissingCorpus."""
    folder = Path(given or os.environ.get("SERVICES_CC0") or USUAL_FOLDER)
    if not any(folder.glob("*.jsonl")):
        raise MissingCorpus(
            f"no *.jsonl in {folder}: name the folder of the CC0 services with --corpus FOLDER "
            "or SERVICES_CC0, or leave them out with --quick"
        )
    return folder


def real_services(folder: Path | None) -> list[Record]:
    """All partners' services and all food banks' (none without a folder), in a fixed order."""
    return [*partner_services(), *(food_bank_services(folder) if folder else [])]


@cache
def partner_services() -> tuple[Record, ...]:
    """The published ones, with the ids that the product gives them."""
    file = read_partners(PARTNERS_FILE, today=datetime.now(UTC).date())
    return tuple(
        _partner(organization, service)
        for organization in file.organizations
        for service in organization.services
        if service.publish
    )


def _partner(organization: schema.Organization, service: schema.Service) -> Record:
    address = None if service.confidential else _told(service.address)
    eligibility, cost = _told(service.eligibility), _told(service.cost)
    area, hours = _told(service.area), _told(service.hours)
    return Record(
        id=service_id(service.id),
        key=service.id,
        source=Source.PARTNERS,
        name=service.name,
        organization=organization.name,
        other_names=(*service.also_known_as, *organization.also_known_as),
        description=service.description.en,
        description_es=service.description.es,
        eligibility=eligibility.en if eligibility else "",
        eligibility_es=eligibility.es if eligibility else "",
        cost=cost.en if cost else "",
        terms=need_terms(service.needs),
        needs=tuple(service.needs),
        street=address.street if address else "",
        town=address.city if address else "",
        state=address.state if address else "",
        zip_code=(address.postal_code or "") if address else "",
        coordinates=_zip_middle((address.postal_code or "") if address else ""),
        areas=tuple(area.values) if area else (),
        opening_hours=hours.value if hours else None,
        languages=tuple(dict.fromkeys(["en", *service.languages])),
        free=bool(cost and _FREE.match(cost.en)),
    )


def _told(fact: AnyFact | None) -> AnyFact | None:
    """Only what a source attests: what the product shows."""
    return fact if fact is not None and fact.attested else None


def need_terms(needs: Iterable[str]) -> tuple[str, ...]:
    """The labels of needs in both languages: the taxonomy terms that a listing is filed under."""
    labels = taxonomy()
    return tuple(labels[need].label[language] for need in needs for language in Language)


def food_bank_services(folder: Path) -> list[Record]:
    """The food pantries, in the order of their files."""
    rows: list[dict[str, Any]] = [
        json.loads(line)
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    home = _home_states(rows)
    return [_food_bank(row, home.get(_lister(row), "")) for row in rows]


def _home_states(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Each food bank -> the state that most of its pantries' addresses lie in."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for address in _addresses(row):
            counted[_lister(row)][address["state_province"]] += 1
    return {lister: states.most_common(1)[0][0] for lister, states in counted.items()}


def _food_bank(row: dict[str, Any], home_state: str) -> Record:
    address = next(iter(_addresses(row)), {})
    location = row["service_at_locations"][0]["location"]
    description = row.get("description") or ""
    zip_code = address.get("postal_code", "")[:5]
    stated = location.get("latitude"), location.get("longitude")
    areas = [area["name"] for area in row.get("service_areas", [])]
    terms = [one["taxonomy_term"]["name"] for one in row.get("attributes", [])]
    return Record(
        id=row["id"],
        key=row["id"],
        source=Source.FOOD_BANKS,
        name=row["name"],
        organization=row["organization"]["name"],
        description=description,
        eligibility=row.get("eligibility_description") or "",
        terms=(*dict.fromkeys(terms), *need_terms(["food"])),
        needs=("food",),
        street=address.get("address_1", ""),
        town=_town_name(address.get("city", ""), address.get("state_province", ""), zip_code),
        state=address.get("state_province", home_state),
        zip_code=zip_code,
        coordinates=stated if None not in stated else _zip_middle(zip_code),
        areas=tuple(areas),
        county_areas=tuple(_county(name) for name in areas),
        openings=tuple(_openings(row.get("schedules", []))),
        free=bool(_FREE.search(description)),
    )


def _addresses(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        address
        for link in row["service_at_locations"]
        for address in link["location"].get("addresses", [])
    ]


def _lister(row: dict[str, Any]) -> str:
    found = _LISTER.search(row["organization"].get("description") or "")
    return found[1] if found else ""


def _town_name(city: str, state: str, zip_code: str) -> str:
    """The source has slips ("178 Jay", ". Mobile", "Silver Springs"): then the ZIP decides."""
    name = _NOT_A_NAME.sub("", city)
    area = zip_area(zip_code)
    if area is None or folded(name) in area.towns or is_town(name, state):
        return name
    return area.first_town


def _county(area: str) -> str:
    """ "MD Prince George's County", "Albany", "DC Ward 8": the county's key."""
    prefix, _, rest = area.partition(" ")
    if prefix == "DC":
        return county_key("District of Columbia")
    return county_key(rest if prefix in STATES and rest else area)


def _openings(schedules: list[dict[str, Any]]) -> Iterator[Opening]:
    """Weekly openings; those of single dates and of some weeks of a month are left out."""
    for schedule in schedules:
        if schedule.get("freq") == "WEEKLY" and schedule.get("opens_at"):
            opens, closes = schedule["opens_at"][:5], schedule["closes_at"][:5]
            for day in schedule["byday"].split(","):
                yield Opening(_DAYS.index(day), opens, closes)


def _zip_middle(zip_code: str) -> Point | None:
    area = zip_area(zip_code)
    return area.middle if area else None
