"""Which services come first, and why. Pure: listings and a question in, an order out.

For one need the order is decided by, in turn:
1. a number that may be given (without one a listing is a web page only: last);
2. whether it is the service's main need;
3. known to be open, when the person asked for open now: open, then unknown, then closed;
4. reach: local before statewide before national. Where minutes count (CRISIS_NEEDS) a line that
   is known to answer now comes before a nearer one that may not;
5. known to be open now before hours unknown: within one reach, unknown never stands before open;
6. the person's language;
7. nearness, in steps, so that half a mile does not outweigh a current listing;
8. how lately the listing was checked; a number meant for new callers;
9. distance, name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from zoneinfo import ZoneInfo

from directory.hours import HoursKind, HoursNow, state_at
from directory.places import Place, PlaceKind, distance_miles, folded
from directory.search.index import Area, Listing
from directory.search.model import Reason

# Where somebody who answers now counts for more than somebody in the same town.
CRISIS_NEEDS = frozenset(
    {
        "adult_protective",
        "domestic_violence",
        "mental_health",
        "sexual_assault",
        "shelter",
        "substance_use",
    }
)
NEAR_MILES = 5.0
_STEPS_MILES = (3.0, 8.0, 15.0)
_FRESH_DAYS, _AGING_DAYS = 365, 3 * 365


class Reach(IntEnum):
    """How closely a service's area fits the place; the smaller the closer."""

    TOWN = 0
    COUNTY = 1
    STATE = 2
    COUNTRY = 3
    OUTSIDE = 4

    @property
    def tier(self) -> int:
        """Local, statewide, national, outside its area."""
        return max(0, self - 1)


@dataclass(frozen=True, slots=True)
class Question:
    """What the order depends on. `home`: where people most likely are who name no place."""

    place: Place | None
    home: Place | None
    language: str | None
    open_now: bool
    at: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Ranked:
    listing: Listing
    need: str
    reach: Reach
    hours: HoursNow
    distance: float | None

    @property
    def is_open(self) -> bool:
        return self.hours.kind in (HoursKind.OPEN, HoursKind.ALWAYS)


def reach_of(  # a ladder: the first step that holds
    area: Area, *, county: str, place: Place | None
) -> Reach:
    """How the area fits the place; OUTSIDE when it leaves it out. `county`: of the address.

    Without a place nothing is outside. An area that nobody stated is taken to be the county of
    the address.
    """
    if place is None:
        local = bool(area.towns or area.zips or area.counties or not area.stated)
        return Reach.COUNTY if local else Reach.STATE if area.state else Reach.COUNTRY
    names = {folded(town) for town in place.towns}
    if names & area.towns or set(place.zips) & area.zips:
        # A county asked for is not the town served, though it holds the ZIP.
        return Reach.COUNTY if place.kind is PlaceKind.COUNTY else Reach.TOWN
    if set(place.counties) & area.counties:
        return Reach.COUNTY
    if place.kind is PlaceKind.COUNTY and place.name in area.around:
        return Reach.COUNTY
    if area.state:
        return Reach.STATE
    if area.country:
        return Reach.COUNTRY
    if not area.stated and (not county or county in place.counties):
        return Reach.COUNTY
    return Reach.OUTSIDE


def touches_counties_of(area: Area, *, county: str, place: Place) -> bool:
    """Whether the area has anything in the counties that the place lies in."""
    return bool(set(place.counties) & (area.counties | area.around | {county}))


def consider(listing: Listing, need: str, question: Question) -> Ranked:
    """The listing with everything that the order and the reasons are taken from."""
    place = question.place
    return Ranked(
        listing=listing,
        need=need,
        reach=reach_of(listing.area, county=listing.county, place=place),
        hours=state_at(listing.hours, question.at, question.zone),
        distance=_distance(listing, place),
    )


def in_order(found: Iterable[Ranked], question: Question) -> list[Ranked]:
    """The order described above. What only repeats a number that stands above goes to the end:
    three services behind one switchboard are one chance to get through, not three."""
    ranked = sorted(found, key=lambda one: _sort_key(one, question))
    heard: set[str] = set()
    first: list[Ranked] = []
    repeats: list[Ranked] = []
    for one in ranked:
        number = one.listing.phones[0].number if one.listing.phones else None
        (repeats if number in heard else first).append(one)
        if number is not None:
            heard.add(number)
    return first + repeats


def _distance(listing: Listing, place: Place | None) -> float | None:
    """Miles; None where either end is not known. A county's middle is nobody's whereabouts."""
    if place is None or place.kind is PlaceKind.COUNTY or listing.coordinates is None:
        return None
    return distance_miles((place.latitude, place.longitude), listing.coordinates)


def _sort_key(ranked: Ranked, question: Question) -> tuple[object, ...]:
    listing = ranked.listing
    not_open = 0 if ranked.is_open else 1
    asked_open = 2 if question.open_now and ranked.hours.kind is HoursKind.CLOSED else not_open
    crisis = ranked.need in CRISIS_NEEDS
    home = ranked.distance if question.place else _distance(listing, question.home)
    return (
        not listing.phones,
        listing.needs[:1] != (ranked.need,),
        asked_open if question.open_now else 0,
        not_open if crisis else ranked.reach.tier,
        ranked.reach.tier if crisis else not_open,
        _speaks(listing, question.language) is False,
        _nearness(ranked, home) + _beside_the_main_county(ranked, question.place),
        _staleness(listing.last_checked, question.at),
        not listing.has_intake,
        home if home is not None else 1000.0,
        listing.name,
        listing.service_id,
    )


def _nearness(ranked: Ranked, distance: float | None) -> int:
    if distance is None:
        # A line without a place to go to: as near as the area that it serves.
        return {Reach.TOWN: 0, Reach.COUNTY: 1}.get(ranked.reach, 2)
    step = sum(distance > limit for limit in _STEPS_MILES)
    return min(step, 1) if ranked.reach is Reach.TOWN else step


def _beside_the_main_county(ranked: Ranked, place: Place | None) -> bool:
    """Will County serves some of Naperville; DuPage County serves most of it."""
    if place is None or ranked.reach is not Reach.COUNTY:
        return False
    area = ranked.listing.area
    return bool(area.counties) and place.county not in area.counties


def _staleness(checked: date | None, at: datetime) -> int:
    if checked is None:
        return 2
    age = (at.date() - checked).days
    return 0 if age <= _FRESH_DAYS else 1 if age <= _AGING_DAYS else 2


def _speaks(listing: Listing, language: str | None) -> bool | None:
    """None when it makes no difference: English is spoken everywhere."""
    if language in (None, "en"):
        return None
    return language in listing.languages


def reasons(ranked: Ranked, question: Question, *, by_name: bool) -> tuple[Reason, ...]:
    """Everything that speaks for it, then what to mind about it."""
    listing, hours = ranked.listing, ranked.hours.kind
    spoken = _speaks(listing, question.language)
    near = ranked.distance is not None and ranked.distance <= NEAR_MILES
    placed = question.place is not None
    checks = (
        (Reason.NAME_MATCH, by_name),
        (Reason.SERVES_YOUR_TOWN, placed and ranked.reach is Reach.TOWN),
        (Reason.NEAR, near),
        (Reason.SERVES_YOUR_COUNTY, placed and ranked.reach is Reach.COUNTY),
        (Reason.ALWAYS_OPEN, hours is HoursKind.ALWAYS),
        (Reason.OPEN_NOW, hours is HoursKind.OPEN),
        (Reason.SPEAKS_SPANISH, spoken is True and question.language == "es"),
        (Reason.SPEAKS_YOUR_LANGUAGE, spoken is True and question.language != "es"),
        (Reason.FREE, listing.free),
        (Reason.HOTLINE, bool(listing.phones) and listing.phones[0].kind == "hotline"),
        (Reason.STATEWIDE, ranked.reach is Reach.STATE),
        (Reason.NATIONAL, ranked.reach is Reach.COUNTRY),
        (Reason.OUTSIDE_ITS_AREA, ranked.reach is Reach.OUTSIDE),
        (Reason.CLOSED_NOW, hours is HoursKind.CLOSED),
        (Reason.HOURS_UNKNOWN, hours is HoursKind.UNKNOWN),
        (Reason.NO_PHONE, not listing.phones),
    )
    return tuple(reason for reason, holds in checks if holds)
