"""From the rows of the database to listings. What may leave is asked of `publication`.

Nothing that may not leave the directory gets into a listing: numbers and addresses come from
`directory.listings.publication`, which sees here the same attributes as on its own objects.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

from sqlalchemy.orm import Session

from directory.gazetteer import area_places, state_code, town_in, zip_anywhere
from directory.hours import NEVER
from directory.listings import publication
from directory.listings.models import Service
from directory.listings.publication import PublishedAddress, PublishedPhone
from directory.places import COUNTRY, HOME_STATE, STATE, Place, PlaceKind, folded
from directory.search import queries
from directory.search.audience import groups_served
from directory.search.listing import Area, Listing, Passing, Room
from directory.search.model import PhoneLine

_FREE = re.compile(r"^(free|no (cost|charge|fee)s?)\b(?!\s*(or|and|/|for some|to some))", re.I)
_NOT_FOR_CALLING = ("fax",)
_ALWAYS = "24/7"


@dataclass(slots=True)
class _Location:
    latitude: float | None
    longitude: float | None
    confidential: bool
    addresses: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class _Link:
    location: _Location


@dataclass(slots=True)
class _Seen:
    """The attributes of a `Service` that `publication` reads."""

    published: bool
    status: str
    freshness: str
    merged_into_id: str | None
    confidential: bool
    url: str | None
    assured_date: Any
    phones: Sequence[Any]
    service_at_locations: list[_Link]
    organization: Any


@dataclass(slots=True)
class _Hanging:
    """The rows that hang on services, by the service's id."""

    phones: dict[str, list[Any]]
    links: dict[str, list[_Link]]
    areas: dict[str, list[Any]]
    languages: dict[str, list[Any]]
    terms: dict[str, list[Any]]
    rooms: dict[str, list[Any]]
    passing: dict[str, list[Any]]


def every_listing(session: Session) -> Iterator[Listing]:
    """All published listings, as this session sees them."""
    for chunk in queries.chunks(session):
        yield from _listings(session, chunk)


def listings_of(session: Session, service_ids: Iterable[str]) -> dict[str, Listing]:
    """Those of these services that may be shown, by id."""
    return {
        listing.service_id: listing
        for chunk in queries.chosen(session, sorted(set(service_ids)))
        for listing in _listings(session, chunk)
    }


def _listings(session: Session, chunk: queries.Chunk) -> Iterator[Listing]:
    hanging = _Hanging(
        phones=_grouped(queries.phones(session, chunk)),
        links=_links(queries.places(session, chunk)),
        areas=_grouped(queries.areas(session, chunk)),
        languages=_grouped(queries.languages(session, chunk)),
        terms=_grouped(queries.terms(session, chunk), key=0),
        rooms=_grouped(queries.rooms(session, chunk)),
        passing=_grouped(queries.passing_words(session, chunk)),
    )
    for row in chunk.services:
        yield _listing(row, hanging)


def _grouped(rows: Sequence[Any], key: int | None = None) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[key] if key is not None else row.service_id].append(row)
    return found


def _links(rows: Sequence[Any]) -> dict[str, list[_Link]]:
    found: dict[str, list[_Link]] = defaultdict(list)
    made: dict[tuple[str, str], _Location] = {}
    for row in rows:
        location = made.get((row.service_id, row.location_id))
        if location is None:
            location = _Location(row.latitude, row.longitude, row.confidential)
            made[row.service_id, row.location_id] = location
            found[row.service_id].append(_Link(location))
        if row.address_1 is not None:
            location.addresses.append(row)
    return found


@dataclass(frozen=True, slots=True)
class _Site:
    """Where a service stands, as far as it may be told. `county`: with its state, or ""."""

    address: PublishedAddress | None
    coordinates: tuple[float, float] | None
    county: str
    state: str | None


def _listing(row: Any, hanging: _Hanging) -> Listing:
    identity = row.id
    seen = _seen(row, hanging)
    published = publication.published_phones(seen)
    phones = [phone for phone in published if phone.kind not in _NOT_FOR_CALLING]
    phones.sort(key=_first_to_use)
    site = _site(seen)
    names = tuple(area.name for area in hanging.areas.get(identity, ()) if area.name)
    terms = hanging.terms.get(identity, ())
    needs = _texts(row.needs)
    return Listing(
        service_id=identity,
        slug=row.slug,
        name=row.name,
        organization=row.organization_name,
        also_known_as=tuple(filter(None, (row.alternate_name, *_texts(row.also_known_as)))),
        needs=needs,
        phones=tuple(_line(phone) for phone in phones),
        has_intake=any(phone.intake for phone in phones),
        hours=_hours(row, phones),
        description=_both(row.description or "", row.description_es) or {},
        eligibility=_both(row.eligibility_description, row.eligibility_description_es),
        cost=_both(row.fees_description, row.fees_description_es),
        apply=_both(row.application_process, row.application_process_es),
        free=bool(_FREE.match(row.fees_description or "")),
        url=publication.published_url(seen),
        address=str(site.address) if site.address else None,
        coordinates=site.coordinates,
        county=site.county,
        area=area_of(names, site.state, site.county),
        languages=tuple(one.code for one in hanging.languages.get(identity, ()) if one.code),
        accepts_referrals=row.accepts_referrals,
        last_checked=publication.last_checked(seen, published),
        town=folded(site.address.city or "") if site.address else "",
        state=site.state or "",
        place=_place_words(site, names),
        terms=tuple(dict.fromkeys(name for one in terms for name in one[1:] if name)),
        minimum_age=row.minimum_age,
        maximum_age=row.maximum_age,
        lowered=row.freshness == "lowered",
        room=tuple(Room(one.available, one.updated) for one in hanging.rooms.get(identity, ())),
        passing=tuple(map(_passing, hanging.passing.get(identity, ()))),
        groups=groups_served(row.name, row.eligibility_description or "", needs[:1]),
    )


def _texts(value: Any) -> tuple[str, ...]:
    """A column of JSON, which is one of a few values in most rows: taken apart once."""
    return _loaded(value) if isinstance(value, str) else tuple(value or ())


@lru_cache(maxsize=2_000)
def _loaded(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text) or ())


def _seen(row: Any, hanging: _Hanging) -> Service:
    seen = _Seen(
        published=row.published,
        status=row.status,
        freshness=row.freshness,
        merged_into_id=row.merged_into_id,
        confidential=row.confidential,
        url=row.url,
        assured_date=row.assured_date,
        phones=hanging.phones.get(row.id, ()),
        service_at_locations=hanging.links.get(row.id, []),
        organization=row,  # of which only the website is read
    )
    return cast(Service, seen)


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


def _passing(row: Any) -> Passing:
    english, spanish = row.text or "", row.text_es or ""
    return Passing(
        closure=row.kind == "closure",
        text=english or spanish,
        text_es=spanish or english,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def _hours(row: Any, phones: list[PublishedPhone]) -> str | None:
    """The stated hours; without any, a line that says it answers day and night is always open."""
    if row.status != "active":
        return NEVER
    if row.opening_hours:
        return str(row.opening_hours)
    return _ALWAYS if phones and phones[0].intake and phones[0].answered_24h else None


def _both(english: str | None, spanish: str | None) -> dict[str, str] | None:
    if not english and not spanish:
        return None
    return {"en": english or spanish or "", "es": spanish or english or ""}


def _site(seen: Service) -> _Site:
    """Coordinates as a source states them, else the middle of the ZIP or the town: good to a
    mile or two."""
    addresses = publication.published_addresses(seen)
    if not addresses:
        return _Site(None, None, "", None)
    address = addresses[0]
    state = state_code(address.state)
    place = zip_anywhere((address.postal_code or "")[:5], state) or _town(address.city, state)
    coordinates = (place.latitude, place.longitude) if place else None
    if address.latitude is not None and address.longitude is not None:
        coordinates = (address.latitude, address.longitude)
    return _Site(address, coordinates, place.county if place else "", state)


def _town(city: str, state: str | None) -> Place | None:
    return town_in(city, state) if city and state else None


@lru_cache(maxsize=4_000)
def area_of(names: tuple[str, ...], state: str | None, county: str) -> Area:
    """What the stated areas mean, for a service whose address lies in `state` and `county`."""
    places = [
        place
        for name in names
        if name not in (STATE, COUNTRY)
        for place in area_places(name, state=state, county=county)
    ]
    states = {code for name in names if (code := state_code(name))} - {HOME_STATE}
    return Area(
        towns=frozenset(folded(p.name) for p in places if p.kind is PlaceKind.TOWN),
        zips=frozenset(p.name for p in places if p.kind is PlaceKind.ZIP),
        counties=frozenset(p.name for p in places if p.kind is PlaceKind.COUNTY),
        around=frozenset(county for p in places for county in p.counties),
        state=STATE in names,
        country=COUNTRY in names,
        states=frozenset(states),
    )


def _place_words(site: _Site, names: tuple[str, ...]) -> str:
    address = site.address
    parts = [*names, site.county]
    if address is not None:
        parts += [address.city, address.state, address.postal_code or ""]
    return " ".join(filter(None, parts))
