"""A few services as the benchmark's corpus has them."""

from dataclasses import replace
from typing import Any

from benchmarks.corpus import Record, Source
from benchmarks.places import town

PANTRY = Record(
    id="pantry",
    key="pantry",
    source=Source.FOOD_BANKS,
    name="Example Food Pantry",
    organization="Example Food Pantry",
    description="Choice Pantry",
    needs=("food",),
    town="Kent",
    state="OH",
    zip_code="44240",
    coordinates=town("Kent, OH").middle,
    county_areas=(),
)


def a_pantry(**changes: Any) -> Record:
    if "name" in changes:
        changes.setdefault("organization", changes["name"])
    return replace(PANTRY, **changes)


def a_partner(**changes: Any) -> Record:
    return a_pantry(
        **{"source": Source.PARTNERS, "town": "", "state": "", "zip_code": "", "coordinates": None}
        | changes
    )
