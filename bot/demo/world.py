"""What all parts of the fictional year share: chance, time, and rows that wait to be written."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from directory.database import Base
from directory.people.models import Person
from directory.quiet_hours import QuietHours
from directory.visits.models import Visit

YEAR = timedelta(days=365)
# Numbers 555-0100 to 555-0199 are set aside for fiction in every North American area code, and
# there are a hundred of them in each: so 800 people take eight area codes of this region. Staff
# has some of area code 630, in which our own number and the one to try things with are too.
AREA_CODES = ("331", "224", "312", "708", "773", "779", "815", "847")
STAFF_AREA_CODE = "630"
PER_AREA_CODE = 100

Any_ = TypeVar("Any_")


def fictional_number(number: int) -> str:
    """The number of the resident so many, from 0 on, as E.164."""
    area, last = divmod(number, PER_AREA_CODE)
    return f"+1{AREA_CODES[area]}55501{last:02}"


def staff_number(number: int) -> str:
    """The number of the colleague so many, from 0 to 9, as E.164."""
    return f"+1{STAFF_AREA_CODE}555019{number}" if 0 <= number < 9 else _none_left(number)


def _none_left(number: int) -> str:
    raise ValueError(f"there is no fictional number for colleague {number}")


@dataclass
class Resident:
    """A person of the year and what becomes of them. `texts_from`: when they may first be texted;
    `stopped_at`: when they texted STOP."""

    person: Person
    visits: list[Visit] = field(default_factory=list)
    agrees_to_texts: bool = False
    agrees_to_referrals: bool = False
    stopped_at: datetime | None = None

    def listens(self, at: datetime) -> bool:
        """Whether a text reaches them then."""
        return self.stopped_at is None or at < self.stopped_at


@dataclass
class World:
    """`now`: the end of the year. `rows`: all that is to be written."""

    now: datetime
    zone: ZoneInfo
    quiet: QuietHours
    chance: Random
    rows: list[Base] = field(default_factory=list)
    clinicians: list[str] = field(default_factory=list)
    unmet: Counter[tuple[date, str, str, str]] = field(default_factory=Counter)
    spoken: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def begins(self) -> datetime:
        return self.now - YEAR

    def id(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def happens(self, share: float) -> bool:
        return self.chance.random() < share

    def one_of(self, choices: dict[Any_, float]) -> Any_:
        """One of these by their weights."""
        return self.chance.choices(list(choices), weights=list(choices.values()))[0]

    def any_of(self, choices: Sequence[Any_]) -> Any_:
        return self.chance.choice(choices)

    def about(self, typical: timedelta, *, spread: float = 0.8) -> timedelta:
        """A time of which half are shorter than `typical`, and few very much longer."""
        return typical * self.chance.lognormvariate(0.0, spread)

    def awake(self, at: datetime) -> datetime:
        """Then, or in the morning: nothing that we start goes out at night."""
        return self.quiet.end_after(at)

    def month(self, at: datetime) -> date:
        return at.astimezone(self.zone).date().replace(day=1)

    def stays_unmet(self, need: str, area: str, how: str, at: datetime) -> None:
        self.unmet[self.month(at), need, area, how] += 1
