"""What a form of the page of listings says. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from api.partners.answers import MOST_LETTERS

# What is closed for longer is no matter of a date: then the words are for staff.
LONGEST_CLOSURE = timedelta(days=365)
MOST_LISTINGS = 500


class Step(StrEnum):
    """What the buttons do."""

    ALL = "all"
    RIGHT = "right"
    WRONG = "wrong"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Said:
    """`seen`: the listings that were before the eyes of whoever answered, and their versions.

    `until`: when a closed service opens again.
    """

    step: Step
    seen: dict[str, int]
    words: str = ""
    until: datetime | None = None


class Unclear(Exception):
    """The form can't be taken as it is. `problem`: the sentence of words.yml that says why."""

    def __init__(self, problem: str, service_id: str | None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.service_id = service_id


def understood(form: Mapping[str, str], *, now: datetime, zone: ZoneInfo) -> Said:
    """What the form asks for. Raises Unclear."""
    seen = versions_seen(form.get("seen", ""))
    one = next(iter(seen)) if len(seen) == 1 else None
    try:
        step = Step(form.get("step", ""))
    except ValueError as error:
        raise Unclear("problem_step", None) from error
    if not seen or (step is not Step.ALL and one is None):
        raise Unclear("problem_step", None)
    if step is Step.WRONG:
        words = form.get("words", "")
        if not words:
            raise Unclear("problem_wrong", one)
        if len(words) > MOST_LETTERS:
            raise Unclear("problem_long", one)
        return Said(step, seen, words=words)
    if step is Step.CLOSED:
        return Said(step, seen, until=_until(form.get("until", ""), one, now=now, zone=zone))
    return Said(step, seen)


def as_seen(versions: Mapping[str, int]) -> str:
    """Listings and their versions as a field of the form."""
    return ",".join(f"{service_id}:{version}" for service_id, version in versions.items())


def versions_seen(field: str) -> dict[str, int]:
    """What `as_seen` wrote; nothing of what is no such field."""
    seen: dict[str, int] = {}
    for part in field.split(",")[:MOST_LISTINGS]:
        service_id, _, version = part.partition(":")
        if not service_id or not (version.isascii() and version.isdigit() and len(version) < 10):
            return {}
        seen[service_id] = int(version)
    return seen


def _until(stated: str, one: str | None, *, now: datetime, zone: ZoneInfo) -> datetime:
    """The beginning of that local day."""
    try:
        day = date.fromisoformat(stated)
    except ValueError as error:
        raise Unclear("problem_closed", one) from error
    until = datetime.combine(day, time(), tzinfo=zone)
    if not now < until <= now + LONGEST_CLOSURE:
        raise Unclear("problem_closed", one)
    return until
