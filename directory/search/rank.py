"""Which services come first, and why. Pure: listings and a question in, an order out.

For one need the order is decided by, in turn:
1. a number to call or a place to go to (without either a listing is a web page only: last);
2. known to be open, when the person asked for open now: open, then unknown, then closed;
   and then, for a need, who takes in all before who takes in survivors, veterans, the young… only,
   unless the person has said to be one of them;
3. where minutes count (CRISIS_NEEDS): a line that is to the point and known to answer now, before a
   nearer one that may not;
4. reach: local, before statewide or a drive away, before national;
5. in steps: how much of what the person said the listing says (see `relevance`), whether the need
   is its main one, whether it is in the town itself, and for people like the person;
6. known to be open now before hours unknown: within one reach, and as much to the point, unknown
   never stands before open;
7. confirmed, and with room as far as is known, before what nobody has confirmed or is full;
8. whom it is for: for people like the person, for all, for others;
9. the person's language;
10. nearness, in steps, so that half a mile does not outweigh a current listing;
11. how lately the listing was checked; a number meant for new callers;
12. distance, name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from directory.hours import HoursKind, HoursNow, state_at
from directory.places import HOME_STATE, Place, PlaceKind, distance_miles, folded
from directory.search.audience import Fit, fit, groups_asked, groups_of_need
from directory.search.listing import Area, Listing, Passing

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
# Who says nothing of whom it serves is taken to serve those so near, whatever their county…
NEIGHBOUR_MILES = 10.0
# …and, after all who are nearer, those that are no further away than this.
FAR_MILES = 30.0
STEPS_MILES = (3.0, 8.0, 15.0, 30.0, 60.0, 150.0, 500.0)
# The step of what may be anywhere in the state.
NOWHERE = len(STEPS_MILES)
# So many steps less to the point is something else.
FAR_FROM_THE_POINT = 3
# So many steps it counts that the need is not the service's main one, that it is not in the town
# that was asked for, and that it is not for people like the person.
SECOND_NEED, NOT_FOR_THEM = 2, 1
BESIDE_MILES = (3.0, 8.0)
FRESH_DAYS, AGING_DAYS = 365, 3 * 365
# How long somebody's word on free places counts: `directory.listings.capacity.STALE_AFTER`.
ROOM_COUNTS = timedelta(hours=48)


class Reach(IntEnum):
    """How closely a service's area fits the place; the smaller the closer."""

    TOWN = 0
    COUNTY = 1
    STATE = 2
    COUNTRY = 3
    FAR = 4  # says nothing of whom it serves, and is a drive away
    OUTSIDE = 5

    @property
    def tier(self) -> int:
        """Local; statewide or a drive away; national; outside its area."""
        return _TIERS[self]


_TIERS = {
    Reach.TOWN: 0,
    Reach.COUNTY: 0,
    Reach.STATE: 1,
    Reach.FAR: 1,
    Reach.COUNTRY: 2,
    Reach.OUTSIDE: 3,
}


@dataclass(frozen=True, slots=True)
class Question:
    """What the order depends on. `home`: where people most likely are who name no place.

    `groups`, `age`: of whom the question is about, as far as it says.
    """

    place: Place | None
    home: Place | None
    language: str | None
    open_now: bool
    at: datetime
    zone: ZoneInfo
    groups: int = 0
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    listing: Listing
    need: str
    reach: Reach
    hours: HoursNow
    distance: float | None
    relevance: int = 0  # 0 is most to the point
    fit: Fit = Fit.FOR_ALL
    room: float | None = None  # free places, when somebody has lately said
    notice: Passing | None = None  # a passing word that holds now

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
        statewide = area.state or area.states
        return Reach.COUNTY if local else Reach.STATE if statewide else Reach.COUNTRY
    towns, zips, counties = _names_of(place)
    if towns & area.towns or zips & area.zips:
        # A county asked for is not the town served, though it holds the ZIP.
        return Reach.COUNTY if place.kind is PlaceKind.COUNTY else Reach.TOWN
    if counties & area.counties:
        return Reach.COUNTY
    if place.kind is PlaceKind.COUNTY and place.name in area.around:
        return Reach.COUNTY
    if place.state in area.states or (area.state and place.state == HOME_STATE):
        return Reach.STATE
    if area.country:
        return Reach.COUNTRY
    if not area.stated and county in place.counties:
        return Reach.COUNTY
    return Reach.OUTSIDE


@lru_cache(maxsize=500)
def _names_of(place: Place) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Its towns, ZIPs and counties, as areas name them."""
    return frozenset(map(folded, place.towns)), frozenset(place.zips), frozenset(place.counties)


def consider(listing: Listing, need: str, question: Question, *, relevance: int = 0) -> Ranked:
    """The listing with everything that the order and the reasons are taken from.

    `need`: "" when the question was answered by its words alone.
    """
    place = question.place
    distance = distance_to(listing, place)
    notice = passing_at(listing, question.at)
    hours = state_at(listing.hours, question.at, question.zone)
    if notice is not None and notice.closure:
        hours = HoursNow(HoursKind.CLOSED)
    return Ranked(
        listing=listing,
        need=need,
        reach=_reach(listing, place, distance),
        hours=hours,
        distance=distance,
        relevance=relevance,
        fit=fit(
            listing.groups,
            question.groups | groups_of_need(need),
            age=question.age,
            minimum=listing.minimum_age,
            maximum=listing.maximum_age,
        ),
        room=room_at(listing, question.at),
        notice=notice,
    )


def _reach(listing: Listing, place: Place | None, distance: float | None) -> Reach:
    """With what its distance tells of a service that says nothing of whom it serves."""
    reach = reach_of(listing.area, county=listing.county, place=place)
    if place is None:
        return reach
    unstated = not listing.area.stated
    if unstated or reach is Reach.COUNTY:
        is_there = listing.state == place.state and listing.town in _names_of(place)[0]
        if is_there:
            return Reach.COUNTY if place.kind is PlaceKind.COUNTY else Reach.TOWN
    if not unstated or reach is not Reach.OUTSIDE:
        return reach
    if distance is None:
        nearby = not listing.county and listing.state in ("", place.state)
        return Reach.FAR if nearby else Reach.OUTSIDE
    if distance <= NEIGHBOUR_MILES:
        return Reach.COUNTY
    return Reach.FAR if distance <= FAR_MILES else Reach.OUTSIDE


def passing_at(listing: Listing, at: datetime) -> Passing | None:
    """The word that holds at an instant; of several a closure, then the latest."""
    holding = [one for one in listing.passing if one.starts_at <= at < one.ends_at]
    return max(holding, key=lambda one: (one.closure, one.starts_at), default=None)


def room_at(listing: Listing, at: datetime) -> float | None:
    """How many are free, when somebody has said so of late."""
    counted = [one.available for one in listing.room if at - one.updated <= ROOM_COUNTS]
    return max(counted, default=None)


def in_order(found: Iterable[Ranked], question: Question) -> list[Ranked]:
    """The order described above. What only repeats a number that stands above goes to the end:
    three services behind one switchboard are one chance to get through, not three."""
    ranked = sorted(found, key=lambda one: _sort_key(one, question))
    heard: set[str] = set()
    first: list[Ranked] = []
    repeats: list[Ranked] = []
    for one in ranked:
        number = one.listing.number
        (repeats if number in heard else first).append(one)
        if number is not None:
            heard.add(number)
    return first + repeats


def distance_to(listing: Listing, place: Place | None) -> float | None:
    """Miles; None where either end is not known. A county's middle is nobody's whereabouts."""
    if place is None or place.kind is PlaceKind.COUNTY or listing.coordinates is None:
        return None
    return distance_miles((place.latitude, place.longitude), listing.coordinates)


def _sort_key(ranked: Ranked, question: Question) -> tuple[object, ...]:
    listing = ranked.listing
    not_open = 0 if ranked.is_open else 1
    asked_open = 2 if question.open_now and ranked.hours.kind is HoursKind.CLOSED else not_open
    crisis = ranked.need in CRISIS_NEEDS
    home = ranked.distance if question.place else distance_to(listing, question.home)
    return (
        not listing.phones and listing.coordinates is None,
        asked_open if question.open_now else 0,
        is_for_others(listing, ranked.need, question),
        not_open + beside_the_point(ranked.relevance) if crisis else 0,
        ranked.reach.tier,
        ranked.relevance + steps_beside(ranked, question),
        not_open,
        listing.lowered + (ranked.room == 0),
        ranked.fit,
        speaks(listing, question.language) is False,
        _nearness(ranked, home) + _beside_the_main_county(ranked, question.place),
        _staleness(listing.last_checked, question.at),
        not listing.has_intake,
        home if home is not None else 1000.0,
        listing.name,
        listing.service_id,
    )


def is_for_others(listing: Listing, need: str, question: Question) -> bool:
    """Whether it takes in some people only, and the question is not known to be of them."""
    limited = listing.limited if need else 0
    return bool(limited) and not limited & groups_asked(question.groups, question.age, need)


def beside_the_point(relevance: int) -> int:
    """Where minutes count: a line that answers now but is for something else is no answer."""
    return 2 * (relevance >= FAR_FROM_THE_POINT)


def beside_the_town(reach: Reach, distance: float | None) -> int:
    if reach is Reach.TOWN or distance is None:
        return 0
    return sum(distance > limit for limit in BESIDE_MILES)


def steps_beside(ranked: Ranked, question: Question) -> int:
    """The steps that it is beside what was asked for, apart from what it says."""
    listing = ranked.listing
    return (
        SECOND_NEED * (bool(ranked.need) and listing.needs[:1] != (ranked.need,))
        + beside_the_town(ranked.reach, ranked.distance)
        + NOT_FOR_THEM * (bool(question.groups) and not listing.groups & question.groups)
    )


def _nearness(ranked: Ranked, distance: float | None) -> int:
    if distance is None:
        # A line without a place to go to: as near as the area that it serves.
        return {Reach.TOWN: 0, Reach.COUNTY: 1, Reach.FAR: NOWHERE}.get(ranked.reach, 2)
    step = sum(distance > limit for limit in STEPS_MILES)
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
    return 0 if age <= FRESH_DAYS else 1 if age <= AGING_DAYS else 2


def speaks(listing: Listing, language: str | None) -> bool | None:
    """None when it makes no difference: English is spoken everywhere."""
    if language in (None, "en"):
        return None
    return language in listing.languages
