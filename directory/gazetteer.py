"""Places anywhere in the United States, by ZIP, town or county; those of Illinois first.

A place of another state is named with its state ("Boston, MA", "Suffolk County, MA"), so that no
two places share a name. Tables are made a state at a time, when first asked for.
"""

import re
from collections import Counter
from functools import cache, lru_cache
from typing import Any

import zipcodes

from directory.places import (
    HOME_STATE,
    Place,
    PlaceKind,
    counties_of,
    distance_miles,
    folded,
    place_named,
    spoken,
    town_of,
    town_place,
    zips_of,
)

_STATES = """
AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|
DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|
KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|
MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|
NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|
PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|
VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming|PR Puerto Rico
"""
HOME_TOWN = "Naperville"
_NEAR_MILES = 60.0
_TIMES_AS_LARGE = 10
_ZIP = re.compile(r"\b\d{5}\b")
_CITY = re.compile(r"^city of (.+)$|^(.+?) city$", re.IGNORECASE)


@cache
def state_names() -> dict[str, str]:
    """Folded name -> postal abbreviation ("maryland": "MD")."""
    pairs = (entry.strip().split(" ", 1) for entry in _STATES.replace("\n", "").split("|"))
    return {folded(name): code for code, name in pairs}


def state_code(text: str) -> str | None:
    """ "MD" of "MD", "md" or "Maryland"."""
    text = text.strip().rstrip(".")
    if text.upper() in _codes():
        return text.upper()
    return state_names().get(folded(text))


@cache
def _codes() -> frozenset[str]:
    return frozenset(state_names().values())


@lru_cache(maxsize=4_000)
def zip_anywhere(zip_code: str, state: str | None = None) -> Place | None:
    """The place of any US ZIP ("20735"). `state`: where it is looked for first."""
    if not _ZIP.fullmatch(zip_code):
        return None
    if state is not None and (place := zips_of(state).get(zip_code)):
        return place
    found: list[Any] = zipcodes.matching(zip_code)  # type: ignore[no-untyped-call]
    return zips_of(found[0]["state"]).get(zip_code) if found else None


def town_in(name: str, state: str) -> Place | None:
    """The town of that exact name in a state ("MD")."""
    return town_of(state, name)


def county_in(name: str, state: str) -> Place | None:
    """The county of a state: "Suffolk" or "Suffolk County"; an independent city too."""
    plain = spoken(name)
    counties = counties_of(state)
    city = _CITY.match(plain)
    bare = (city.group(1) or city.group(2)) if city else plain
    return (
        counties.get(plain.removesuffix(" county"))
        or counties.get(f"{bare} city")
        or _squeezed(state).get(plain.removesuffix(" county").replace(" ", ""))
    )


@cache
def _squeezed(state: str) -> dict[str, Place]:
    """Without spaces: "prince george s" and "princegeorges"."""
    return {name.replace(" ", ""): place for name, place in counties_of(state).items()}


@lru_cache(maxsize=4_000)
def place_anywhere(text: str) -> Place | None:
    """The place that is called exactly so: a ZIP, "Town", "Town, ST", "X County, ST".

    Without a state, the one in Illinois, unless it is a village far from home and another state
    has a city of that name ("Cleveland"); else that of the state that has most ZIPs of it.
    """
    text = " ".join(text.split())
    if _ZIP.fullmatch(text):
        return zip_anywhere(text)
    written, state = _apart(text)
    if state and written:
        if spoken(written).endswith(" county"):
            return county_in(written, state)
        return town_in(written, state) or county_in(written, state)
    at_home = place_named(text)
    if at_home is not None and _is_near(at_home):
        return at_home
    likely = _most_likely(text)
    if at_home is None or (likely and len(likely.zips) >= _TIMES_AS_LARGE * len(at_home.zips)):
        return likely
    return at_home


def _apart(text: str) -> tuple[str, str | None]:
    """ "Boston, MA", "Boston MA", "Boston Massachusetts", "MD Prince George's County"."""
    head, _, tail = text.rpartition(",")
    if head and (code := state_code(tail)):
        return head, code
    words = text.split(" ")
    for length in (1, 2):
        if len(words) > length and (code := state_code(" ".join(words[-length:]))):
            return " ".join(words[:-length]), code
    if len(words) > 1 and words[0].isupper() and (code := state_code(words[0])):
        return " ".join(words[1:]), code
    return text, None


def most_likely_town(name: str) -> Place | None:
    """The town of that name in the state that has most ZIPs of it."""
    title = _title(name)
    state = _state_with_most(city=title) if title else None
    return town_in(title, state) if state else None


def _most_likely(name: str) -> Place | None:
    title = _title(name)
    if not title.endswith(" County"):
        return most_likely_town(name)
    state = _state_with_most(county=title)
    return county_in(title, state) if state else None


def _title(name: str) -> str:
    return " ".join(word.capitalize() for word in spoken(name).split())


def _state_with_most(**where: str) -> str | None:
    found: list[Any] = zipcodes.filter_by(**where)  # type: ignore[no-untyped-call]
    counted = Counter(record["state"] for record in found if record["state"] in _codes())
    return counted.most_common(1)[0][0] if counted else None


def _is_near(place: Place) -> bool:
    home = town_place(HOME_TOWN)
    if home is None or place.kind is not PlaceKind.TOWN:
        return True
    here, there = (home.latitude, home.longitude), (place.latitude, place.longitude)
    return distance_miles(here, there) <= _NEAR_MILES


def area_places(name: str, *, state: str | None, county: str) -> list[Place]:
    """The places that a stated area means, for a service whose address is in `state`, `county`.

    "60540", "Naperville", "MD Prince George's County", "VA City of Alexandria", "ZIP codes 94116,
    94122", and "Albany" of a service in Albany County: sources leave the word out.
    """
    codes = _ZIP.findall(name)
    if codes:
        return [place for code in codes if (place := zip_anywhere(code))]
    elsewhere = state is not None and state != HOME_STATE
    if elsewhere and state is not None and folded(county).startswith(f"{folded(name)} county"):
        place = county_in(name, state)
        return [place] if place else []
    written, said = _apart(name)
    if said is None and elsewhere and state is not None:
        found = county_in(name, state) or town_in(name, state)
        return [found] if found else []
    if said == "DC":
        return list(counties_of("DC").values())[:1]
    if said is not None and said != HOME_STATE:
        found = county_in(written, said) or town_in(written, said)
        return [found] if found else []
    found = place_anywhere(name)
    return [found] if found else []
