"""What is asked of the search and what it answers: plain values, no database, no secrets."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Self

from directory.hours import HoursKind, HoursNow
from directory.search.jsonable import from_jsonable, to_jsonable


class Reason(StrEnum):
    """Why a service is in the answer, or what to mind about it; the weightiest first."""

    NAME_MATCH = "name_match"
    SAYS_WHAT_YOU_SAID = "says_what_you_said"  # its listing has the words of the question
    MEANS_WHAT_YOU_SAID = "means_what_you_said"  # it says the same in other words
    FOR_PEOPLE_LIKE_YOU = "for_people_like_you"  # veterans, women, teens…: as the question says
    HAS_ROOM = "has_room"  # somebody has lately said that there is a place free
    SERVES_YOUR_TOWN = "serves_your_town"
    SERVES_YOUR_COUNTY = "serves_your_county"
    NEAR = "near"
    ALWAYS_OPEN = "always_open"
    OPEN_NOW = "open_now"
    SPEAKS_SPANISH = "speaks_spanish"
    SPEAKS_YOUR_LANGUAGE = "speaks_your_language"
    FREE = "free"
    HOTLINE = "hotline"
    STATEWIDE = "statewide"
    NATIONAL = "national"
    OUTSIDE_ITS_AREA = "outside_its_area"
    FULL = "full"  # somebody has lately said that there is none
    CLOSED_FOR_A_TIME = "closed_for_a_time"
    CLOSED_NOW = "closed_now"
    HOURS_UNKNOWN = "hours_unknown"
    NOT_CONFIRMED = "not_confirmed"  # nobody has answered when asked whether it is still right
    NO_PHONE = "no_phone"


class RelaxationKind(StrEnum):
    """What was given up because nothing fitted."""

    OPEN_NOW = "open_now"  # none is known to be open: the others are shown
    PLACE_TO_COUNTY = "place_to_county"  # none serves the place: those of its counties
    PLACE_TO_STATE = "place_to_state"  # none there either: what is within a day
    PLACE_NOT_KNOWN = "place_not_known"  # the place is none that we know: it was left out


@dataclass(frozen=True, slots=True)
class Relaxation:
    """`detail`: the place as given, or the counties ("DuPage County, Will County")."""

    kind: RelaxationKind
    need: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """`needs`: codes, the main one first. `place`: as the person wrote it. `at`: aware.

    Without needs both they and, where none is given, the place are read out of `text`.
    """

    needs: tuple[str, ...] = ()
    place: str | None = None
    language: str | None = None
    open_now: bool = False
    text: str | None = None
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    limit: int = 12

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a query's instant needs a time zone")
        if self.limit < 0:
            raise ValueError("a query's limit cannot be negative")


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """A number as people dial it. `kind`: hotline, voice, sms or tty.

    `say_label`: the number is for some people only, so it is never shown without its label.
    """

    number: str
    kind: str
    extension: str | None = None
    press: str | None = None
    text_word: str | None = None
    label: dict[str, str] | None = None
    say_label: bool = False
    answered_24h: bool | None = None


@dataclass(frozen=True, slots=True)
class OnlyFor:
    """Whom alone a service takes in, by its coded facts. `who`: the need that says so
    ("domestic_violence", "veterans"…), else "" and the ages count."""

    who: str = ""
    minimum_age: int | None = None
    maximum_age: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """One service of the answer. Texts are {"en": …, "es": …}.

    `phone` and the five fields after it are the number to use first (`phone_for`: whom alone it
    is for); None when the service has
    no number that may be given. `address` and `distance_miles` are None for a confidential
    place. `last_checked` is the day somebody last confirmed it, else of its newest source.
    `notice`: a passing word on it, as of a closure, that holds at the time of the query.
    `only_for`: told where the need that was asked for does not say it already.
    `closed_until`: when a closure that holds then is over (aware); hours count again from there.
    """

    service_id: str
    slug: str
    service_name: str
    organization_name: str
    need: str
    phone: str | None
    phone_kind: str | None
    phone_for: dict[str, str] | None
    text_word: str | None
    press: str | None
    extension: str | None
    other_phones: tuple[PhoneLine, ...]
    hours: HoursNow
    opening_hours: str | None
    description: dict[str, str]
    eligibility: dict[str, str] | None
    cost: dict[str, str] | None
    apply: dict[str, str] | None
    url: str | None
    address: str | None
    languages: tuple[str, ...]
    accepts_referrals: bool
    distance_miles: float | None
    last_checked: date | None
    reasons: tuple[Reason, ...]
    notice: dict[str, str] | None = None
    closed_until: datetime | None = None
    only_for: OnlyFor | None = None

    @property
    def is_open(self) -> bool:
        return self.hours.kind in (HoursKind.OPEN, HoursKind.ALWAYS)


@dataclass(frozen=True, slots=True)
class FindResult:
    """`unserved`: needs for which no service is published at all; `related` gives for each the
    nearest need that is served, where there is one. Never a filler among `matches`. `needs`: those
    that were asked for, or read out of the text."""

    query: Query
    matches: tuple[Match, ...] = ()
    relaxed: tuple[Relaxation, ...] = ()
    unserved: tuple[str, ...] = ()
    related: dict[str, str] = field(default_factory=dict)
    place_name: str | None = None
    needs: tuple[str, ...] = ()

    def without(self, service_ids: frozenset[str]) -> Self:
        """The same answer with these services left out."""
        kept = tuple(match for match in self.matches if match.service_id not in service_ids)
        return replace(self, matches=kept)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives an equal result back."""
        found: dict[str, Any] = to_jsonable(self)
        return found

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Raises ValueError, KeyError or TypeError when `value` did not come from `as_json`."""
        found: Self = from_jsonable(cls, value)
        return found
