"""Multiplies the real services to 10,000 and 100,000, by rules that anybody can repeat.

1. Round after round, each real service in its fixed order is copied once, until there are enough.
   Everything random comes from a generator seeded with the service's id and the round.
2. A copy has another name, made of two words and what such a place is called ("Cedar Gate Food
   Pantry"), sometimes with its town; no two services have the same. The words are those that
   such places really bear (Hope, Harvest, Grace), so that names lie close together.
3. It stands in another town, drawn from all towns of the country that lie at least 60 miles from
   every place that a query names and are not called like one. Coordinates lie around the town's
   middle. Its stated areas move with it: a town becomes that town, a county its county, a state
   or the country its state, which then is none that a query's place lies in.
4. Its description is the real one with the old places' names replaced by the new, its weekdays
   and times moved on, ZIPs replaced, and often one sentence left out: alike, never the same, so
   that copies do not tie.
5. Needs, terms, languages, cost and eligibility stay; opening days move on. Copies have no street
   (the word "made up" stands there) and no phone number.

So no copy is near any place that a query names, none has a name that a query means, and for a
query without a place a copy is as good as what it was made from: the judging needs no other rules
(`benchmarks.judging`).
"""

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import count

from benchmarks.corpus import Opening, Record, Source
from benchmarks.places import STATES, Point, Town, county_key, every_town, miles
from benchmarks.queries import LabelledQuery
from directory.listings.ids import stable_id
from directory.places import COUNTRY, folded

AWAY_MILES = 60.0
_FIRST = """
Abundant Amazing Antioch Bethany Bethel Blessed Bright Calvary Canaan Caring Cedar
Central Christ Clear Common Compassion Cornerstone Covenant Cross Daily Eastside
Ebenezer Emmanuel Evergreen Faith Family Fellowship First Fountain Freedom Friendly
Gateway Gilead Glory Golden Good Grace Greater Green Harbor Harvest Healing Helping High
Highland Holy Hope Immanuel Jericho Joyful Jubilee Kingdom Lakeside Liberty Lighthouse
Living Loving Maple Mercy Midtown Morning Mount Mountain Neighbor New Northside Oak
Olive Open Our Peace Pine Pleasant Providence Redeemer Riverside Rock Rose Salem Saint
Second Shalom Shepherd Shiloh Southside Spirit Spring Sunrise Trinity Union United Unity
Valley Victory Walnut Westside Willow Zion
""".split()  # noqa: SIM905
_SECOND = """
Acres Altar Anchor Ark Basket Bridge Brook Chapel Circle City Corner Creek Cross Crown
Cup Door Fields Fire Flame Garden Gate Grove Hands Harbor Haven Heart Hearth Hill Home
Horizon House Island Journey Kettle Ladder Lamp Landing Lane Life Light Loaf Meadow Mill
Mission Nest Orchard Path Place Plate Pointe Porch Ridge River Road Rock Root Sanctuary
Shelter Shore Spring Springs Star Stone Street Table Temple Tower Trail Tree Vine
Vineyard Wagon Way Well Wheel Window Wing Woods
""".split()  # noqa: SIM905
_PANTRIES = (
    "Food Pantry", "Pantry", "Food Closet", "Food Bank", "Community Cupboard", "Outreach Pantry",
    "Baptist Church", "Methodist Church", "Church of God", "Community Center", "Food Shelf",
    "Ministries", "Community Services", "Fellowship", "Food Distribution", "Outreach",
)  # fmt: skip
_MEALS = ("Soup Kitchen", "Community Meal", "Community Kitchen", "Meal Site", "Dining Room")
_CALLED = {
    "mental_health": ("Crisis Line", "Counseling", "Behavioral Health", "Crisis Center"),
    "peer_support": ("Peer Support", "Living Room", "Support Groups"),
    "substance_use": ("Recovery Help Line", "Treatment Center", "Recovery Services"),
    "domestic_violence": ("Domestic Violence Hotline", "Family Shelter", "Safe Home"),
    "sexual_assault": ("Sexual Assault Hotline", "Rape Crisis Center"),
    "elder": ("Senior Services", "Agency on Aging", "Meals on Wheels", "Caregiver Center"),
    "adult_protective": ("Adult Protective Services",),
    "utilities": ("Energy Assistance", "LIHEAP Office", "Utility Help"),
    "rent": ("Rental Assistance", "Township Assistance", "Rent Help"),
    "shelter": ("Shelter", "Day Center", "Street Outreach", "Housing Center"),
    "housing": ("Family Housing", "Housing Services"),
    "transportation": ("Transportation", "Ride Program", "Car Program"),
    "legal": ("Legal Aid", "Legal Services", "Court Help"),
    "health": ("Health Coalition", "Community Clinic"),
    "benefits": ("Benefits Help Line", "Human Services"),
    "veterans": ("Veterans Assistance", "Veterans Line"),
    "childcare_youth": ("Child Care Assistance", "Youth Line"),
    "lgbtq": ("LGBTQ Youth Line",),
    "information": ("Information Line",),
}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY_NAME = re.compile(r"\b(" + "|".join(_DAYS) + r")(s?)\b")
_CLOCK = re.compile(r"\b(\d{1,2}):(\d{2})\b")
_ZIP = re.compile(r"\b\d{5}\b")
_COUNTY = re.compile(r"\b(?:[A-Z][\w'.]+ )?[A-Z][\w'.]+ County\b|\bcondado de [A-Z]\w+")
_SENTENCES = re.compile(r"(?<=[.!?])\s+")
_OLD_HOME = ("DuPage", "Naperville", "Wheaton", "Lisle", "Bolingbrook", "Romeoville", "Plainfield",
             "Aurora", "Illinois", "Kane", "Kendall", "Glen Ellyn", "Joliet")  # fmt: skip


def multiplied(records: list[Record], size: int, places: Iterable[Town]) -> list[Record]:
    """The real services and as many copies as make `size` together. `places`: of the queries."""
    found = list(records[:size])
    taken = {folded(name) for record in records for name in (record.name, record.organization)}
    near = list(places)
    towns = _towns_away_from(near)
    states = {place.state for place in near}
    in_other_states = [town for town in towns if town.state not in states]
    old_places = _place_names(records)
    for round_number in count(1):
        for record in records:
            if len(found) >= size:
                return found
            seed = f"{record.id}/{round_number}"
            choice = in_other_states if _is_wide(record) else towns
            found.append(_copy(record, seed, choice, old_places, taken))
    return found


def _is_wide(record: Record) -> bool:
    return any(area == COUNTRY or area in STATES.values() for area in record.areas)


def _towns_away_from(places: list[Town]) -> list[Town]:
    names = {folded(place.name) for place in places}
    middles = {place.middle for place in places}
    return [
        town
        for town in every_town()
        if folded(town.name) not in names
        and not any(_is_near(town.middle, middle) for middle in middles)
    ]


def _is_near(one: Point, other: Point) -> bool:
    """Degrees first: most pairs are a continent apart. A degree of latitude is 69 miles, one of
    longitude at least 20 where anybody lives."""
    if abs(one[0] - other[0]) > 1 or abs(one[1] - other[1]) > 3:
        return False
    return miles(one, other) < AWAY_MILES


def _place_names(records: list[Record]) -> re.Pattern[str]:
    """The towns of the real services, to be replaced where a description names them."""
    names = {record.town for record in records if len(record.town) >= 5} | set(_OLD_HOME)
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(r"\b(" + "|".join(map(re.escape, longest_first)) + r")\b")


def _copy(
    record: Record, seed: str, towns: list[Town], old_places: re.Pattern[str], taken: set[str]
) -> Record:
    chance = random.Random(seed)
    town = chance.choice(towns)
    name = _name(record, town, chance, taken)
    identity = stable_id("copy", seed)
    shift = chance.randrange(1, 7)
    description, spanish = (
        _moved(text, town, shift, chance, old_places)
        for text in (record.description, record.description_es)
    )
    placed = bool(record.town)
    return replace(
        record,
        id=identity,
        key=identity,
        copy_of=record.key,
        name=name,
        organization=name,
        other_names=(),
        description=description,
        description_es=spanish,
        eligibility=old_places.sub(town.name, record.eligibility),
        eligibility_es=old_places.sub(town.name, record.eligibility_es),
        street="made up" if placed else "",
        town=town.name if placed else "",
        state=town.state if placed or record.source is Source.FOOD_BANKS else "",
        zip_code=chance.choice(town.zips) if placed else "",
        coordinates=_around(town, chance) if placed else None,
        areas=tuple(dict.fromkeys(_area(area, town, record.source) for area in record.areas)),
        county_areas=tuple(sorted(town.counties)) if record.county_areas else (),
        openings=tuple(
            Opening((one.day + shift) % 7, one.opens, one.closes) for one in record.openings
        ),
    )


def _name(record: Record, town: Town, chance: random.Random, taken: set[str]) -> str:
    kinds = _CALLED.get(record.needs[0] if record.needs else "information", _PANTRIES)
    if record.source is Source.FOOD_BANKS and "meal" in folded(record.description):
        kinds = _MEALS
    for attempt in count():
        parts = [chance.choice(_FIRST), chance.choice(_SECOND), chance.choice(kinds)]
        if chance.random() < 0.25 or attempt > 2:
            parts.append(f"of {town.name}")
        name = " ".join(parts)
        if folded(name) not in taken:
            taken.add(folded(name))
            return name
    raise AssertionError("the loop ends by returning")


def _moved(
    text: str, town: Town, shift: int, chance: random.Random, old_places: re.Pattern[str]
) -> str:
    text = _COUNTY.sub(f"{_county_of(town)} County", text)
    text = old_places.sub(town.name, text)
    text = _ZIP.sub(lambda _: chance.choice(town.zips), text)
    text = _DAY_NAME.sub(lambda day: _DAYS[(_DAYS.index(day[1]) + shift) % 7] + day[2], text)
    text = _CLOCK.sub(lambda clock: f"{(int(clock[1]) + shift) % 12 + 1}:{clock[2]}", text)
    sentences = _SENTENCES.split(text)
    if len(sentences) > 2 and chance.random() < 0.5:
        del sentences[chance.randrange(1, len(sentences))]
    return " ".join(sentences)


def _area(area: str, town: Town, source: Source) -> str:
    """In the source's own way of writing areas; a partner's with its state."""
    if source is Source.FOOD_BANKS:
        return f"{town.state} {_county_of(town)} County"
    if area == COUNTRY or area in STATES.values():
        return STATES[town.state]
    return f"{_county_of(town)} County, {town.state}" if "County" in area else str(town)


@cache
def _county_of(town: Town) -> str:
    """The county's key with a capital: it is only ever compared by its key."""
    return sorted(town.counties)[0].capitalize() if town.counties else county_key(town.name)


def _around(town: Town, chance: random.Random) -> tuple[float, float]:
    """Within about two miles of the town's middle."""
    latitude, longitude = (value + chance.uniform(-0.025, 0.025) for value in town.middle)
    return round(latitude, 5), round(longitude, 5)


def places_of(queries: Iterable[LabelledQuery]) -> Iterator[Town]:
    """Every place that a query means or filters by."""
    for query in queries:
        for place in (query.meant.place, query.filters.place):
            if place is not None:
                yield place
