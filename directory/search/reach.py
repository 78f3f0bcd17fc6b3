"""How far a place is from every listing, and which of them serve it: as arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from directory.places import EARTH_RADIUS_MILES, HOME_STATE, Place, PlaceKind, folded
from directory.search.columns import (
    COUNTIES,
    COUNTRY_WIDE,
    HAS_COUNTY,
    HAS_STATE,
    HOME_STATE_WIDE,
    NAMED,
    STATED,
    Columns,
    on_globe,
)
from directory.search.fields import state_key, town_key
from directory.search.index import Index
from directory.search.rank import (
    BESIDE_MILES,
    FAR_MILES,
    NEIGHBOUR_MILES,
    NOWHERE,
    STEPS_MILES,
    Reach,
)

_VIEWS_KEPT = 32
A_DAY_MILES = 150.0
_SIXTEENTHS = np.float32(16.0)
_FURTHEST, _UNKNOWN_MILES = np.float32(4_000.0), np.float32(1_000.0)
_EDGES = np.array(STEPS_MILES, np.float32)
_TIERS = np.array([reach.tier for reach in Reach], np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """All rows as seen from one place. `reach`, and its `tier`, as of `rank.Reach`; `steps` of
    nearness; `sixteenths` of a mile, for what is equally near; `beside`: steps for who is
    not in the town itself."""

    reach: NDArray[np.uint8]
    tier: NDArray[np.uint8]
    steps: NDArray[np.uint8]
    sixteenths: NDArray[np.uint16]
    beside: NDArray[np.uint8]


def seen_from(index: Index, place: Place | None, home: Place | None) -> View:
    """Distances are to `home` where no place was named. The last few are kept with the index."""
    views: dict[tuple[Place | None, Place | None], View] = index.worked_out.setdefault(View, {})
    view = views.get((place, home))
    if view is None:
        if len(views) >= _VIEWS_KEPT:
            views.clear()
        view = views[place, home] = _seen_from(index, place, home)
    return view


def _seen_from(index: Index, place: Place | None, home: Place | None) -> View:
    columns = index.columns
    whole = place is not None and place.kind is PlaceKind.COUNTY  # nowhere to measure from
    miles = _miles(columns, None if whole else place or home)
    nowhere = np.isnan(miles)
    if place is None:
        reach = _without_place(columns)
    else:
        reach = _reach(index, place, np.where(nowhere, np.float32(np.inf), miles), nowhere)
    steps = np.zeros(len(miles), np.uint8)
    for edge in _EDGES:
        steps += miles > edge
    town, county = reach == Reach.TOWN, reach == Reach.COUNTY
    steps[town & (steps > 1)] = 1
    steps[nowhere] = 2
    steps[nowhere & county] = 1
    steps[nowhere & town] = 0
    steps[nowhere & (reach == Reach.FAR)] = NOWHERE
    if place is not None:
        elsewhere = county & ((columns.wide & COUNTIES) > 0)
        elsewhere[index.rows_of_key(f"county {place.county}")] = False
        steps += elsewhere
    told = np.where(nowhere, _UNKNOWN_MILES, np.minimum(miles, _FURTHEST))
    beside = np.zeros(len(miles), np.uint8)
    if place is not None:
        for limit in BESIDE_MILES:
            beside += ~town & (miles > limit)
    return View(reach, _TIERS[reach], steps, (told * _SIXTEENTHS).astype(np.uint16), beside)


def touching(index: Index, place: Place) -> NDArray[np.bool_]:
    """The rows whose area has anything in the counties that the place lies in."""
    found = np.zeros(len(index.live), np.bool_)
    for county in place.counties:
        for kind in ("county", "around", "address"):
            found[index.rows_of_key(f"{kind} {county}")] = True
    return found


def within_a_day(index: Index, place: Place) -> NDArray[np.bool_]:
    """The rows that are in the state of the place or a few hours away, or nobody says where."""
    columns = index.columns
    miles = _miles(columns, place)
    found: NDArray[np.bool_] = (miles <= A_DAY_MILES) | (
        np.isnan(miles) & ((columns.wide & HAS_STATE) == 0)
    )
    found[index.rows_of_key(state_key(place.state))] = True
    return found


def _without_place(columns: Columns) -> NDArray[np.uint8]:
    wide = columns.wide
    found = np.full(len(wide), Reach.STATE, np.uint8)
    found[(wide & (COUNTRY_WIDE | HOME_STATE_WIDE)) == COUNTRY_WIDE] = Reach.COUNTRY
    found[((wide & NAMED) > 0) | ((wide & STATED) == 0)] = Reach.COUNTY
    return found


def _reach(
    index: Index, place: Place, miles: NDArray[np.float32], nowhere: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """The ladder of `rank`, from its last step to its first."""
    wide = index.columns.wide
    reach = np.full(len(wide), Reach.OUTSIDE, np.uint8)
    reach[(wide & COUNTRY_WIDE) > 0] = Reach.COUNTRY
    if place.state == HOME_STATE:
        reach[(wide & HOME_STATE_WIDE) > 0] = Reach.STATE
    reach[index.rows_of_key(f"state {place.state}")] = Reach.STATE
    unstated = (wide & STATED) == 0
    reach[unstated & (miles <= FAR_MILES)] = Reach.FAR
    reach[unstated & (miles <= NEIGHBOUR_MILES)] = Reach.COUNTY
    somewhere = nowhere & ((wide & (STATED | HAS_COUNTY)) == 0)
    if somewhere.any():
        inside = index.rows_of_key(state_key(place.state))
        nearby = (wide & HAS_STATE) == 0
        nearby[inside] = True
        reach[somewhere & nearby] = Reach.FAR
    for county in place.counties:
        rows = index.rows_of_key(f"address {county}")
        reach[rows[unstated[rows]]] = Reach.COUNTY
        reach[index.rows_of_key(f"county {county}")] = Reach.COUNTY
    if place.kind is PlaceKind.COUNTY:
        reach[index.rows_of_key(f"around {place.name}")] = Reach.COUNTY
    closest = Reach.COUNTY if place.kind is PlaceKind.COUNTY else Reach.TOWN
    for name in place.towns:
        reach[index.rows_of_key(f"town {folded(name)}")] = closest
        rows = index.rows_of_key(town_key(folded(name), place.state))
        reach[rows[unstated[rows] | (reach[rows] == Reach.COUNTY)]] = closest
    for code in place.zips:
        reach[index.rows_of_key(f"zip {code}")] = closest
    return reach


def _miles(columns: Columns, place: Place | None) -> NDArray[np.float32]:
    """Great-circle distances by way of the chord; not a number where one end is not known."""
    if place is None:
        return np.full(len(columns), np.nan, np.float32)
    x, y, z = map(np.float32, on_globe(place.latitude, place.longitude))
    squared = (columns.x - x) ** 2 + (columns.y - y) ** 2 + (columns.z - z) ** 2
    half = np.minimum(np.sqrt(squared) / 2, np.float32(1))
    miles: NDArray[np.float32] = np.float32(2 * EARTH_RADIUS_MILES) * np.arcsin(half)
    return miles
