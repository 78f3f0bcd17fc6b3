"""What listings are ordered by, as flat arrays: one number a listing and property.

From these it is worked out which few of many listings come into question; what is shown of those
is worked out from the listings themselves.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from directory.needs import taxonomy
from directory.search.hours_table import HoursTable
from directory.search.listing import Listing

NO_AGE = 255
_NOWHERE = (math.nan, math.nan, math.nan)
# Where an area reaches when it is told by no name: bits of `wide`.
STATED, HOME_STATE_WIDE, COUNTRY_WIDE, NAMED, COUNTIES, HAS_COUNTY = 1, 2, 4, 8, 16, 32
HAS_STATE = 64


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Arrays of one length. `number`: of the phone that is called first, as a hash; 0 for none.

    `x`, `y`, `z`: where it is on a globe of radius 1; not a number where nobody says.
    `checked`: the day as an ordinal, 0 for never. `hours`: numbers of an `HoursTable`.
    `room`: the most that is free of anything, -1 where nobody says; `room_at`: seconds since 1970
    of the newest word on it.
    """

    main_need: NDArray[np.int16]
    number: NDArray[np.int64]
    intake: NDArray[np.bool_]
    hours: NDArray[np.int32]
    passing: NDArray[np.bool_]
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    z: NDArray[np.float32]
    wide: NDArray[np.uint8]
    checked: NDArray[np.int32]
    lowered: NDArray[np.bool_]
    groups: NDArray[np.int16]
    limited: NDArray[np.int16]
    minimum_age: NDArray[np.uint8]
    maximum_age: NDArray[np.uint8]
    room: NDArray[np.float32]
    room_at: NDArray[np.float64]
    name_length: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.number)

    def take(self, rows: NDArray[Any]) -> Self:
        """The same of these rows only, or of those where a mask is true."""
        return type(self)(*(getattr(self, name)[rows] for name in NAMES))


NAMES = tuple(field.name for field in fields(Columns))
_TYPES = (
    np.int16, np.int64, np.bool_, np.int32, np.bool_, np.float32, np.float32, np.float32,
    np.uint8, np.int32, np.bool_, np.int16, np.int16, np.uint8, np.uint8, np.float32, np.float64,
    np.uint8,
)  # fmt: skip


def from_rows(rows: Sequence[tuple[Any, ...]]) -> Columns:
    """From what `row_of` makes of each listing."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(NAMES)
    return Columns(*(np.array(values, kind) for values, kind in zip(columns, _TYPES, strict=True)))


def joined(parts: Sequence[Columns]) -> Columns:
    return Columns(*(np.concatenate([getattr(part, name) for part in parts]) for name in NAMES))


def need_number(need: str | None) -> int:
    """A number for a code of the taxonomy; -1 for any other."""
    return _order().get(need or "", -1)


def row_of(listing: Listing, table: HoursTable) -> tuple[Any, ...]:
    """The values of a listing, in the order of the columns."""
    area = listing.area
    wide = (
        STATED * area.stated
        + HOME_STATE_WIDE * area.state
        + COUNTRY_WIDE * area.country
        + NAMED * bool(area.towns or area.zips or area.counties)
        + COUNTIES * bool(area.counties)
        + HAS_COUNTY * bool(listing.county)
        + HAS_STATE * bool(listing.state)
    )
    return (
        need_number(listing.needs[0]) if listing.needs else -1,
        number_hash(listing.number),
        listing.has_intake,
        table.add(listing.hours),
        bool(listing.passing),
        *(on_globe(*listing.coordinates) if listing.coordinates else _NOWHERE),
        wide,
        listing.last_checked.toordinal() if listing.last_checked else 0,
        listing.lowered,
        listing.groups,
        listing.limited,
        _age(listing.minimum_age),
        _age(listing.maximum_age),
        max((room.available for room in listing.room), default=-1),
        max((room.updated.timestamp() for room in listing.room), default=0),
        min(len(listing.name.split()), 255),
    )


def on_globe(latitude: float, longitude: float) -> tuple[float, float, float]:
    """Where degrees are on a globe of radius 1."""
    north, east = math.radians(latitude), math.radians(longitude)
    return (
        math.cos(north) * math.cos(east),
        math.cos(north) * math.sin(east),
        math.sin(north),
    )


def number_hash(number: str | None) -> int:
    """A number that differs where phone numbers do; 0 for none."""
    return 0 if number is None else hash(number) or 1


def _age(age: int | None) -> int:
    return NO_AGE if age is None else max(0, min(age, NO_AGE - 1))


_codes: dict[str, int] = {}


def _order() -> dict[str, int]:
    if not _codes:
        _codes.update({code: place for place, code in enumerate(taxonomy())})
    return _codes
