"""Towns of the United States, for the benchmark: their middle, their counties, and distances.

From the package `zipcodes` (ZIP centroids). The product's own `directory.places` knows Illinois;
the services here lie in seventeen states.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import zipcodes

from directory.places import distance_miles, folded

Point = tuple[float, float]

STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia",
    "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
    "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York",
    "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon",
    "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia",
    "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Town:
    """`counties`: folded, without the word ("du page" is "dupage"); most towns lie in one."""

    name: str
    state: str
    middle: Point
    counties: frozenset[str]
    zips: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}, {self.state}"


@dataclass(frozen=True, slots=True)
class ZipArea:
    """What a ZIP says of an address."""

    first_town: str
    towns: frozenset[str]  # folded names of its post offices
    state: str
    county: str
    middle: Point


def town(name: str) -> Town:
    """The town called "Clinton, MD". Raises KeyError for one that no ZIP belongs to."""
    return _towns()[town_key(*name.rsplit(", ", 1))]


def town_key(name: str, state: str) -> str:
    return f"{folded(name)}, {state}"


def is_town(name: str, state: str) -> bool:
    return town_key(name, state) in _towns()


def every_town() -> list[Town]:
    """All towns that are the first name of a ZIP, in the order of their names."""
    return [found for key, found in sorted(_towns().items()) if key in _first_names()]


@lru_cache(maxsize=50_000)
def zip_area(zip_code: str) -> ZipArea | None:
    row = _zips().get(zip_code[:5])
    if row is None:
        return None
    names = [row["city"], *row["acceptable_cities"]]
    county = county_key(row["county"])
    return ZipArea(row["city"], frozenset(map(folded, names)), row["state"], county, _at(row))


def county_key(name: str) -> str:
    """ "Prince George's County" and "Prince Georges" are one county: "princegeorges"."""
    plain = folded(name).removesuffix(" county").removesuffix(" parish")
    return "".join(letter for letter in plain if letter.isalnum())


def miles(one: Point, other: Point) -> float:
    return distance_miles(one, other)


@cache
def _zips() -> dict[str, dict[str, Any]]:
    """The ZIPs of places: one that belongs to a single firm or to the army names no place."""
    rows: list[dict[str, Any]] = zipcodes.list_all()  # type: ignore[no-untyped-call]
    return {row["zip_code"]: row for row in rows if row["state"] in STATES and row["lat"]}


@cache
def _first_names() -> frozenset[str]:
    return frozenset(town_key(row["city"], row["state"]) for row in _zips().values())


@cache
def _towns() -> dict[str, Town]:
    """By "town, ST". Another accepted name of a ZIP counts where no ZIP has it as its first."""
    first: dict[str, list[dict[str, Any]]] = defaultdict(list)
    other: dict[str, list[dict[str, Any]]] = defaultdict(list)
    names: dict[str, str] = {}
    for row in _zips().values():
        for name in [row["city"], *row["acceptable_cities"]]:
            key = town_key(name, row["state"])
            names.setdefault(key, name)
            (first if name == row["city"] else other)[key].append(row)
    rows = dict(other) | dict(first)
    return {key: _town(names[key], found) for key, found in rows.items()}


def _town(name: str, rows: list[dict[str, Any]]) -> Town:
    """Its middle is that of its delivery ZIPs: a post-office box is no place to live."""
    lived_in = [row for row in rows if row["zip_code_type"] == "STANDARD"] or rows
    points = [_at(row) for row in lived_in]
    middle = (
        sum(point[0] for point in points) / len(points),
        sum(point[1] for point in points) / len(points),
    )
    return Town(
        name=name,
        state=rows[0]["state"],
        middle=middle,
        counties=frozenset(county_key(row["county"]) for row in lived_in),
        zips=tuple(sorted(row["zip_code"] for row in rows)),
    )


def _at(row: dict[str, Any]) -> Point:
    return float(row["lat"]), float(row["long"])
