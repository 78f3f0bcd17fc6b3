"""Places of Illinois, offline: ZIPs, towns and counties with their middle and their county.

From the package `zipcodes` (1,590 Illinois ZIPs). A town's middle is the mean of its ZIPs, so a
distance to it is good to a mile or two: enough to rank by, not to navigate by. Reading places
out of what people write is `directory.search.places`; places elsewhere in the United States are
`directory.gazetteer`, which names them with their state ("Boston, MA").
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import zipcodes

EARTH_RADIUS_MILES = 3958.8
HOME_STATE = "IL"
STATE = "Illinois"
COUNTRY = "United States"


class PlaceKind(StrEnum):
    ZIP = "zip"
    TOWN = "town"
    COUNTY = "county"


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a person can name.

    `county` is where most of its ZIPs lie, `counties` every one that it reaches into (Naperville
    lies in two). `towns` are the post offices of a ZIP, or the town itself.
    """

    name: str
    kind: PlaceKind
    latitude: float
    longitude: float
    county: str
    zips: tuple[str, ...]
    counties: tuple[str, ...] = ()
    towns: tuple[str, ...] = ()
    state: str = HOME_STATE

    def __hash__(self) -> int:
        """By its name, which no other place of its kind has: some have hundreds of ZIPs."""
        return hash((self.kind, self.name))


@dataclass(frozen=True, slots=True)
class _Row:
    zip_code: str
    town: str
    other_names: tuple[str, ...]
    county: str
    latitude: float
    longitude: float


def folded(text: str) -> str:
    """Lower case, without accents: how names are compared."""
    if text.isascii():
        return text.lower()
    marks = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in marks if not unicodedata.combining(letter))


def distance_miles(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance between two (latitude, longitude) in degrees; haversine."""
    latitude_1, longitude_1, latitude_2, longitude_2 = map(math.radians, (*one, *other))
    half = (
        math.sin((latitude_2 - latitude_1) / 2) ** 2
        + math.cos(latitude_1)
        * math.cos(latitude_2)
        * math.sin((longitude_2 - longitude_1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_MILES * math.asin(math.sqrt(min(1.0, half)))


def zip_place(zip_code: str) -> Place | None:
    """The place of an Illinois ZIP ("60540")."""
    return zips_of(HOME_STATE).get(zip_code)


def town_place(name: str) -> Place | None:
    """The place of an Illinois town, by its exact name; case, accents and spaces do not matter."""
    return town_of(HOME_STATE, name)


def town_of(state: str, name: str) -> Place | None:
    """The town of a state, by its exact name. Its own people write "LaGrange" and "De Kalb"."""
    plain = spoken(name)
    return towns_of(state).get(plain) or _towns_squeezed(state).get(plain.replace(" ", ""))


def county_place(name: str) -> Place | None:
    """The place of an Illinois county: "DuPage" or "DuPage County"."""
    return counties_of(HOME_STATE).get(spoken(name).removesuffix(" county"))


def place_named(name: str) -> Place | None:
    """The place that is called exactly so: a ZIP, "X County", a town."""
    name = name.strip()
    if re.fullmatch(r"\d{5}", name):
        return zip_place(name)
    return county_place(name) if folded(name).endswith(" county") else town_place(name)


def town_names() -> tuple[str, ...]:
    """Every town name that is known, folded ("glen ellyn")."""
    return tuple(towns_of(HOME_STATE))


def county_names() -> tuple[str, ...]:
    """Every county name, folded, without the word ("dupage")."""
    return tuple(counties_of(HOME_STATE))


def spoken(name: str) -> str:
    """A name as tables of places are asked: folded, "st" and "mt" in full."""
    name = re.sub(r"[^\w\s]|_", " ", folded(name))
    name = re.sub(r"\b(st|ste)\b", "saint", name)
    name = re.sub(r"\b(mt)\b", "mount", name)
    return " ".join(name.split())


@cache
def _rows(state: str) -> tuple[_Row, ...]:
    records: list[Any] = zipcodes.filter_by(state=state)  # type: ignore[no-untyped-call]
    spelling = _usual_spelling(record["county"] for record in records)
    spelling = {key: name + _suffix(state) for key, name in spelling.items()}
    return tuple(
        _Row(
            record["zip_code"],
            record["city"] + _suffix(state),
            tuple(name + _suffix(state) for name in record["acceptable_cities"]),
            spelling.get(folded(record["county"]), ""),
            float(record["lat"]),
            float(record["long"]),
        )
        for record in records
        if record["lat"] and record["long"]
    )


def _usual_spelling(names: Iterable[str]) -> dict[str, str]:
    """Folded name -> the spelling met most often ("DuPage County", not "Dupage County")."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        if name:
            counted[folded(name)][name] += 1
    return {key: spellings.most_common(1)[0][0] for key, spellings in counted.items()}


def _suffix(state: str) -> str:
    """What a name is told apart by from that of another state; nothing at home."""
    return "" if state == HOME_STATE else f", {state}"


@cache
def zips_of(state: str) -> dict[str, Place]:
    """The ZIPs of a state ("MD")."""
    return {row.zip_code: _place(row.zip_code, PlaceKind.ZIP, [row], state) for row in _rows(state)}


@cache
def towns_of(state: str) -> dict[str, Place]:
    """Town name, as `spoken` and without its state -> the town."""
    rows: dict[str, list[_Row]] = defaultdict(list)
    spelling: dict[str, str] = {}
    end = len(_suffix(state))

    def bare(name: str) -> str:
        return spoken(name[: len(name) - end])

    for row in _rows(state):
        rows[bare(row.town)].append(row)
        spelling.setdefault(bare(row.town), row.town)
    lesser: dict[str, list[_Row]] = defaultdict(list)
    for row in _rows(state):
        for name in row.other_names:  # "Burr Ridge" has no ZIP of its own; 60527 delivers there
            if bare(name) not in rows:
                lesser[bare(name)].append(row)
                spelling.setdefault(bare(name), name)
    rows.update(lesser)
    return {key: _place(spelling[key], PlaceKind.TOWN, found, state) for key, found in rows.items()}


@cache
def _towns_squeezed(state: str) -> dict[str, Place]:
    """Names without spaces -> the town, where it is the only one."""
    found: dict[str, list[Place]] = defaultdict(list)
    for name, place in towns_of(state).items():
        found[name.replace(" ", "")].append(place)
    return {name: places[0] for name, places in found.items() if len(places) == 1}


@cache
def counties_of(state: str) -> dict[str, Place]:
    """County name, as `spoken` and without the word and its state -> the county."""
    rows: dict[str, list[_Row]] = defaultdict(list)
    end = len(_suffix(state))
    for row in _rows(state):
        if row.county:
            rows[row.county].append(row)
    return {
        spoken(county[: len(county) - end]).removesuffix(" county"): _place(
            county, PlaceKind.COUNTY, found, state
        )
        for county, found in rows.items()
    }


def _place(name: str, kind: PlaceKind, rows: list[_Row], state: str) -> Place:
    # PO boxes of a town can be booked under a county that the town is not in, and one ZIP under
    # none: the county of a place is where most of its ZIPs are.
    counted = Counter(row.county for row in rows if row.county)
    counties = tuple(county for county, _ in counted.most_common())
    towns = tuple(dict.fromkeys(t for row in rows for t in (row.town, *row.other_names)))
    return Place(
        name=name,
        kind=kind,
        latitude=sum(row.latitude for row in rows) / len(rows),
        longitude=sum(row.longitude for row in rows) / len(rows),
        county=counties[0] if counties else "",
        zips=tuple(row.zip_code for row in rows),
        counties=counties,
        towns=(name,) if kind is PlaceKind.TOWN else towns if kind is PlaceKind.ZIP else (),
        state=state,
    )
