"""The published listings, ready in memory: one immutable index a process.

It is made anew when the catalogue's version in the database is no longer the one that it was
made from; asking for the version is one read of one row. Nothing that may not leave the
directory is in here: numbers and addresses come from `directory.listings.publication`.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from sqlalchemy.orm import Session

from directory.listings import publication, queries
from directory.listings.models import Service
from directory.listings.publication import PublishedAddress, PublishedPhone
from directory.places import COUNTRY, STATE, PlaceKind, folded, place_named, town_place, zip_place
from directory.search.model import PhoneLine

_FREE = re.compile(r"^(free|no (cost|charge|fee)s?)\b(?!\s*(or|and|/|for some|to some))", re.I)
_NOT_FOR_CALLING = ("fax",)
_ALWAYS, _NEVER = "24/7", "24/7 off"


@dataclass(frozen=True, slots=True)
class Area:
    """Whom a service is for. Names are folded; all empty and False: nobody has said."""

    towns: frozenset[str] = frozenset()
    zips: frozenset[str] = frozenset()
    counties: frozenset[str] = frozenset()
    around: frozenset[str] = frozenset()  # the counties that its towns and ZIPs lie in
    state: bool = False
    country: bool = False

    @property
    def stated(self) -> bool:
        return bool(self.towns or self.zips or self.counties or self.state or self.country)


@dataclass(frozen=True, slots=True)
class Listing:
    """A published service as the ranking sees it."""

    service_id: str
    slug: str
    name: str
    organization: str
    also_known_as: tuple[str, ...]
    needs: tuple[str, ...]
    phones: tuple[PhoneLine, ...]
    has_intake: bool
    hours: str | None
    description: dict[str, str]
    eligibility: dict[str, str] | None
    cost: dict[str, str] | None
    apply: dict[str, str] | None
    free: bool
    url: str | None
    address: str | None
    coordinates: tuple[float, float] | None
    county: str
    area: Area
    languages: tuple[str, ...]
    accepts_referrals: bool
    last_checked: date | None


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Compared by identity, so that what is worked out from one can be kept beside it."""

    version: str | None
    listings: tuple[Listing, ...] = ()
    by_need: dict[str, tuple[Listing, ...]] = field(default_factory=dict)


_lock = Lock()
_current: list[Index] = []


def current_index(session: Session) -> Index:
    """The index of the listings as this session sees them."""
    version = queries.catalogue_version(session)
    index = _current[0] if _current else None
    if index is not None and version is not None and index.version == version:
        return index
    with _lock:
        index = _current[0] if _current else None
        if index is not None and version is not None and index.version == version:
            return index
        index = build_index(queries.published_services(session), version=version)
        _current[:] = [index]
        return index


def build_index(services: list[Service], *, version: str | None) -> Index:
    listings = tuple(_listing(service) for service in services)
    by_need: dict[str, list[Listing]] = defaultdict(list)
    for listing in listings:
        for need in listing.needs:
            by_need[need].append(listing)
    return Index(version, listings, {need: tuple(found) for need, found in by_need.items()})


def _listing(service: Service) -> Listing:
    published = publication.published_phones(service)
    phones = [phone for phone in published if phone.kind not in _NOT_FOR_CALLING]
    phones.sort(key=_first_to_use)
    addresses = publication.published_addresses(service)
    address = addresses[0] if addresses else None
    return Listing(
        service_id=service.id,
        slug=service.slug,
        name=service.name,
        organization=service.organization.name,
        also_known_as=_other_names(service),
        needs=tuple(service.needs),
        phones=tuple(_line(phone) for phone in phones),
        has_intake=any(phone.intake for phone in phones),
        hours=_hours(service, phones),
        description=_both(service.description or "", service.description_es) or {},
        eligibility=_both(service.eligibility_description, service.eligibility_description_es),
        cost=_both(service.fees_description, service.fees_description_es),
        apply=_both(service.application_process, service.application_process_es),
        free=bool(_FREE.match(service.fees_description or "")),
        url=publication.published_url(service),
        address=str(address) if address else None,
        coordinates=_coordinates(address),
        county=_county(address),
        area=_area([area.name for area in service.service_areas if area.name]),
        languages=tuple(language.code for language in service.languages if language.code),
        accepts_referrals=service.accepts_referrals,
        last_checked=publication.last_checked(service, published),
    )


def _first_to_use(phone: PublishedPhone) -> tuple[bool, bool]:
    """Lines that answer new callers first, then those that one can speak on."""
    return (not phone.intake, phone.kind not in ("hotline", "voice"))


def _line(phone: PublishedPhone) -> PhoneLine:
    return PhoneLine(
        number=phone.number,
        kind=phone.kind,
        extension=phone.extension,
        press=phone.press,
        text_word=phone.text_word,
        label=_both(phone.label, phone.label_es),
        say_label=phone.say_label,
        answered_24h=phone.answered_24h,
    )


def _hours(service: Service, phones: list[PublishedPhone]) -> str | None:
    """The stated hours; without any, a line that says it answers day and night is always open."""
    if service.status != "active":
        return _NEVER
    if service.opening_hours:
        return service.opening_hours
    return _ALWAYS if phones and phones[0].intake and phones[0].answered_24h else None


def _both(english: str | None, spanish: str | None) -> dict[str, str] | None:
    if not english and not spanish:
        return None
    return {"en": english or spanish or "", "es": spanish or english or ""}


def _other_names(service: Service) -> tuple[str, ...]:
    names = [service.alternate_name, *service.organization.also_known_as]
    return tuple(name for name in names if name)


def _coordinates(address: PublishedAddress | None) -> tuple[float, float] | None:
    """What the source states, else the middle of the ZIP or the town: good to a mile or two."""
    if address is None:
        return None
    if address.latitude is not None and address.longitude is not None:
        return (address.latitude, address.longitude)
    place = zip_place((address.postal_code or "")[:5]) or town_place(address.city)
    return (place.latitude, place.longitude) if place else None


def _county(address: PublishedAddress | None) -> str:
    if address is None:
        return ""
    place = zip_place((address.postal_code or "")[:5]) or town_place(address.city)
    return place.county if place else ""


def _area(names: list[str]) -> Area:
    places = [place for name in names if (place := place_named(name))]
    return Area(
        towns=frozenset(folded(p.name) for p in places if p.kind is PlaceKind.TOWN),
        zips=frozenset(p.name for p in places if p.kind is PlaceKind.ZIP),
        counties=frozenset(p.name for p in places if p.kind is PlaceKind.COUNTY),
        around=frozenset(county for p in places for county in p.counties),
        state=STATE in names,
        country=COUNTRY in names,
    )
