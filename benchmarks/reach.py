"""How well a service reaches a town: one ladder, for the filters and for the judging."""

from enum import IntEnum
from functools import lru_cache

from benchmarks.corpus import Record, Source
from benchmarks.places import STATES, Town, county_key, miles, zip_area
from directory.places import COUNTRY, folded

NEAR_MILES = 10.0
FAR_MILES = 30.0


class Reach(IntEnum):
    """The values are grades: need in that town 3, near it 2, a long drive 1, elsewhere 0."""

    NONE = 0
    FAR = 1
    NEAR = 2
    SERVES = 3


@lru_cache(maxsize=200_000)
def reach(record: Record, place: Town) -> Reach:
    """SERVES: its address is in the town, or a partner says that it serves the town, its county,
    its state or the country. NEAR: in one of the town's counties (or filed under it by its food
    bank), or within ten miles of the town's middle. FAR: within thirty miles.

    A partner's stated area is the last word: who serves Aurora only does not serve Naperville,
    however near; beside its area it is NEAR at ten miles, as people move and areas blur.
    """
    if _serves(record, place):
        return Reach.SERVES
    distance = miles(record.coordinates, place.middle) if record.coordinates else None
    if distance is not None and distance <= NEAR_MILES:
        return Reach.NEAR
    if record.state == place.state and _counties(record) & place.counties:
        return Reach.NEAR
    if distance is not None and distance <= FAR_MILES:
        return Reach.FAR
    return Reach.NONE


def _serves(record: Record, place: Town) -> bool:
    if record.areas and record.source is Source.PARTNERS:
        return any(_covers(area, place) for area in record.areas)
    return record.state == place.state and folded(record.town) == folded(place.name)


def _covers(area: str, place: Town) -> bool:
    """Areas of copies name their state ("Lane County, OR"); the partners' are Illinois'."""
    if area == COUNTRY or area == STATES[place.state]:
        return True
    name, _, state = area.partition(", ")
    if (state or "IL") != place.state:
        return False
    if folded(name).endswith(" county"):
        return county_key(name) in place.counties
    return folded(name) == folded(place.name)


def _counties(record: Record) -> frozenset[str]:
    """Of the address; of a pantry without one, what its food bank files it under."""
    area = zip_area(record.zip_code) if record.zip_code else None
    if area is not None:
        return frozenset([area.county])
    if record.source is Source.PARTNERS and record.areas:
        return frozenset()
    return frozenset(record.county_areas)
