"""Searches of Tasks: what is asked, and the Bundle that answers. Pure.

A parameter that we do not know is refused: to leave a filter out would hand out more than asked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from urllib.parse import urlencode

from api import paging
from api.fhir.codes import Json
from api.fhir.mapping import instant
from api.interchange.queries import Comparison, Wanted
from directory.errors import Invalid
from directory.referrals.states import Status

USUAL_COUNT, LARGEST_COUNT = 50, 200
CURSOR = "_cursor"
PARAMETERS = ("status", "_lastUpdated", "patient", "_count")
_KNOWN = frozenset({*PARAMETERS, CURSOR, "_format"})
_ID = re.compile(r"[0-9A-Za-z-]{1,36}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class TaskSearch:
    """`pairs`: the parameters as sent, for the links."""

    wanted: Wanted
    count: int
    after: tuple[datetime, str] | None
    pairs: tuple[tuple[str, str], ...]


def task_search(pairs: Sequence[tuple[str, str]], zone: tzinfo) -> TaskSearch:
    """Read a query string. Raises Invalid `parameter_unknown` or `parameter_invalid`."""
    unknown = {name for name, _ in pairs} - _KNOWN
    if unknown:
        raise Invalid("parameter_unknown", f"Search by {', '.join(PARAMETERS)}.")
    statuses = [_statuses(value) for name, value in pairs if name == "status"]
    updated = [b for name, value in pairs if name == "_lastUpdated" for b in _bounds(value, zone)]
    wanted = Wanted(
        person_id=_patient(_single(pairs, "patient")),
        statuses=tuple(set.intersection(*statuses)) if statuses else (),
        updated=tuple(updated),
    )
    if statuses and not wanted.statuses:
        raise _unfit("status", "A Task has one status at a time.")
    return TaskSearch(
        wanted=wanted,
        count=_count(_single(pairs, "_count")),
        after=paging.decode(_single(pairs, CURSOR)),
        pairs=tuple((name, value) for name, value in pairs if name != CURSOR),
    )


def search_bundle(
    search: TaskSearch, tasks: Sequence[Json], *, base: str, following: str | None, now: datetime
) -> Json:
    """A searchset; `following`: the cursor of the next page."""
    links = [("self", search.pairs)]
    if following:
        links.append(("next", (*search.pairs, (CURSOR, following))))
    bundle: Json = {
        "resourceType": "Bundle",
        "type": "searchset",
        "timestamp": instant(now),
        "link": [{"relation": relation, "url": _address(base, pairs)} for relation, pairs in links],
    }
    entries = [
        {"fullUrl": f"{base}/Task/{each['id']}", "resource": each, "search": {"mode": "match"}}
        for each in tasks
    ]
    return bundle | ({"entry": entries} if entries else {})


def _address(base: str, pairs: Sequence[tuple[str, str]]) -> str:
    query = urlencode(pairs)
    return f"{base}/Task?{query}" if query else f"{base}/Task"


def _single(pairs: Sequence[tuple[str, str]], name: str) -> str | None:
    values = [value for each, value in pairs if each == name]
    if len(values) > 1:
        raise _unfit(name, "Send it once.")
    return values[0] if values else None


def _statuses(value: str) -> set[Status]:
    try:
        return {Status(each) for each in value.split(",")}
    except ValueError as error:
        raise _unfit("status", f"Statuses are {', '.join(Status)}.") from error


def _patient(value: str | None) -> str | None:
    if value is None:
        return None
    identity = value.removeprefix("Patient/")
    if not _ID.fullmatch(identity):
        raise _unfit("patient", "Send it as Patient/id.")
    return identity


def _count(value: str | None) -> int:
    if value is None:
        return USUAL_COUNT
    if not (value.isascii() and value.isdecimal()) or not 1 <= len(value) <= 6 or int(value) < 1:
        raise _unfit("_count", f"Send a number from 1 to {LARGEST_COUNT}.")
    return min(int(value), LARGEST_COUNT)


def _bounds(value: str, zone: tzinfo) -> list[tuple[Comparison, datetime]]:
    """A date with its prefix. A day is the time from its first moment to the next day's first."""
    prefix = value[:2] if value[:2] in set(Comparison) else Comparison.EQUAL.value
    text = value.removeprefix(prefix)
    comparison = Comparison(prefix)
    try:
        if not _DAY.fullmatch(text):
            return [(comparison, _instant(text))]
        first = datetime.fromisoformat(text).replace(tzinfo=zone)
        following = (first + timedelta(days=1)).astimezone(UTC)
        first = first.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        why = "Send a day, or a time with its offset, after eq, gt, lt, ge or le."
        raise _unfit("_lastUpdated", why) from error
    return {
        Comparison.EQUAL: [(Comparison.FROM, first), (Comparison.EARLIER, following)],
        Comparison.LATER: [(Comparison.FROM, following)],
        Comparison.EARLIER: [(Comparison.EARLIER, first)],
        Comparison.FROM: [(Comparison.FROM, first)],
        Comparison.UNTIL: [(Comparison.EARLIER, following)],
    }[comparison]


def _instant(text: str) -> datetime:
    # In a query string a plus is a blank, unless it was written as %2B.
    moment = datetime.fromisoformat(text.replace(" ", "+"))
    if moment.tzinfo is None:
        raise ValueError("a time without its offset is no instant")
    return moment.astimezone(UTC)


def _unfit(name: str, why: str) -> Invalid:
    return Invalid("parameter_invalid", f"{name}: {why}", errors=[{"where": name, "why": why}])
