"""A published service as the search holds it, and its compact record.

A hundred thousand Python objects would take a gigabyte, so the index keeps each listing as bytes
and makes the object only of the few that an answer shows.
"""

import marshal
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any

from directory.search.audience import limited_to
from directory.search.model import PhoneLine


@dataclass(frozen=True, slots=True)
class Area:
    """Whom a service is for. Names are folded; all empty and False: nobody has said.

    `state`: the whole of Illinois; `states`: other whole states ("MD").
    """

    towns: frozenset[str] = frozenset()
    zips: frozenset[str] = frozenset()
    counties: frozenset[str] = frozenset()
    around: frozenset[str] = frozenset()  # the counties that its towns and ZIPs lie in
    state: bool = False
    country: bool = False
    states: frozenset[str] = frozenset()

    @property
    def stated(self) -> bool:
        return bool(
            self.towns or self.zips or self.counties or self.state or self.country or self.states
        )


@dataclass(frozen=True, slots=True)
class Room:
    """How many are free, as somebody said at `updated` (aware)."""

    available: float
    updated: datetime


@dataclass(frozen=True, slots=True)
class Passing:
    """A passing word on a listing: `closure` or not, from `starts_at` until `ends_at` (aware)."""

    closure: bool
    text: str
    text_es: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Listing:
    """A published service as the ranking sees it.

    `town`, `state`: of its address, folded and as two letters; "" where nobody may know. `place`:
    the words of where it is and whom it serves, for texts that name a place. `terms`: what it is
    filed under. `lowered`: nobody has confirmed it when asked. `groups`: whom it is
    for (`audience.Group`).
    """

    service_id: str
    slug: str
    name: str
    organization: str
    also_known_as: tuple[str, ...]
    needs: tuple[str, ...]
    phones: tuple[PhoneLine, ...]
    has_intake: bool
    hours: str | None
    description: dict[str, str]
    eligibility: dict[str, str] | None
    cost: dict[str, str] | None
    apply: dict[str, str] | None
    free: bool
    url: str | None
    address: str | None
    coordinates: tuple[float, float] | None
    county: str
    area: Area
    languages: tuple[str, ...]
    accepts_referrals: bool
    last_checked: date | None
    town: str = ""
    state: str = ""
    place: str = ""
    terms: tuple[str, ...] = ()
    minimum_age: int | None = None
    maximum_age: int | None = None
    lowered: bool = False
    room: tuple[Room, ...] = ()
    passing: tuple[Passing, ...] = ()
    groups: int = 0

    @property
    def limited(self) -> int:
        """The groups that it is for and for nobody else (`audience.Group`); 0: for all."""
        main = self.needs[0] if self.needs else ""
        return limited_to(main, self.minimum_age, self.maximum_age)

    @property
    def number(self) -> str | None:
        """The number to call first."""
        return self.phones[0].number if self.phones else None


_FIELDS = tuple(field.name for field in fields(Listing))
_values = attrgetter(*_FIELDS)
_phone = attrgetter(*(field.name for field in fields(PhoneLine)))
_area = attrgetter(*(field.name for field in fields(Area)))
_PHONES, _AREA, _CHECKED, _ROOM, _PASSING = map(
    _FIELDS.index, ("phones", "area", "last_checked", "room", "passing")
)


def encoded(listing: Listing) -> bytes:
    """The listing as bytes; `decoded` gives an equal one back."""
    values = list(_values(listing))
    values[_PHONES] = tuple(map(_phone, listing.phones))
    values[_AREA] = _area(listing.area)
    values[_CHECKED] = listing.last_checked.toordinal() if listing.last_checked else None
    values[_ROOM] = tuple((room.available, room.updated.timestamp()) for room in listing.room)
    values[_PASSING] = tuple(
        (one.closure, one.text, one.text_es, one.starts_at.timestamp(), one.ends_at.timestamp())
        for one in listing.passing
    )
    return marshal.dumps(values)


def decoded(record: bytes) -> Listing:
    """Only for what `encoded` made in this process: marshal trusts what it reads."""
    values: list[Any] = marshal.loads(record)  # noqa: S302
    values[_PHONES] = tuple(PhoneLine(*line) for line in values[_PHONES])
    values[_AREA] = Area(*values[_AREA])
    if values[_CHECKED] is not None:
        values[_CHECKED] = date.fromordinal(values[_CHECKED])
    values[_ROOM] = tuple(Room(free, _instant(at)) for free, at in values[_ROOM])
    values[_PASSING] = tuple(
        Passing(closure, text, text_es, _instant(start), _instant(end))
        for closure, text, text_es, start, end in values[_PASSING]
    )
    return Listing(*values)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
