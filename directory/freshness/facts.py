"""What the rules are told of a listing."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from directory.freshness.rules import Listing
from directory.listings.models import Service
from directory.listings.numbers import digits_of
from directory.listings.publication import may_leave

HOTLINE = "hotline"


def listing_of(service: Service, *, today: date) -> Listing:
    """`today`: the local day; a source that is dated after it is a slip, and counts for nothing."""
    return Listing(
        assured=service.assured_date,
        sources=tuple(each for each in _sources(service) if each <= today),
        numbers=tuple(digits_of(each.number) for each in service.phones if may_leave(each)),
        hotline=any(phone.type == HOTLINE for phone in service.phones),
    )


def _sources(service: Service) -> Iterator[date]:
    """The days of the pages that numbers and facts were read from."""
    for phone in service.phones:
        if phone.as_of is not None:
            yield phone.as_of
    for fact in (service.provenance or {}).values():
        stated = fact.get("as_of") if isinstance(fact, dict) else None
        found = _day(stated)
        if found is not None:
            yield found


def _day(stated: Any) -> date | None:
    try:
        return date.fromisoformat(str(stated)[:10])
    except ValueError:
        return None
