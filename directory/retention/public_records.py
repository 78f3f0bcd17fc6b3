"""Records of a period as the public may have them: no person's name, number or words.

One line a record, with its month, kind and what came of it; the fields that are withheld say so,
so that a reader sees what exists. A kind of record of which a month has fewer than the threshold
is told as "withheld", and when those together are still fewer they are left out and only said to
exist: in a town, "the one visit about substance use in March" is a person.
Wordings are given in full. Of the changes of listings is given what the public door to listings
tells of them: the log also knows where a shelter was before it became confidential, numbers that
nobody has approved, and what was declined.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.checkins.models import CheckIn
from directory.hsds.metadata import change_object, tells_values
from directory.hsds.queries import TOOK_EFFECT
from directory.listings.change_models import ListingChange
from directory.listings.models import Service
from directory.listings.publication import is_published
from directory.messages.models import InboundMessage, OutboundMessage
from directory.referrals.models import Referral
from directory.tasks.models import Task
from directory.visits.models import Visit
from directory.wordings.models import Wording

REDACTED = "[REDACTED]"
WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Records:
    """One file. `left_out`: how many months have lines that were left out, being too few."""

    name: str
    columns: tuple[str, ...]
    lines: tuple[tuple[Any, ...], ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class _OfPersons:
    """Records about persons: `kind` is told only where it has company, `what` besides it;
    `redacted` are columns that say that they are withheld."""

    name: str
    at: Any
    columns: tuple[Any, ...]
    named: tuple[str, ...]
    redacted: tuple[str, ...]


_PERSONS = (
    _OfPersons(
        "visits",
        Visit.occurred_at,
        (Visit.call_type, Visit.follow_up),
        ("call_type", "follow_up"),
        ("person", "note"),
    ),
    _OfPersons(
        "texts_received",
        InboundMessage.received_at,
        (InboundMessage.answered_by,),
        ("answered_by",),
        ("person", "number", "text"),
    ),
    _OfPersons(
        "texts_sent",
        OutboundMessage.created_at,
        (OutboundMessage.kind, OutboundMessage.status),
        ("kind", "status"),
        ("person", "number", "text"),
    ),
    _OfPersons(
        "referrals",
        Referral.created_at,
        (Referral.need, Referral.status, Referral.outcome),
        ("need", "status", "outcome"),
        ("person", "reason"),
    ),
    _OfPersons("check_ins", CheckIn.due_at, (CheckIn.status,), ("status",), ("person", "answer")),
    _OfPersons(
        "tasks", Task.created_at, (Task.kind, Task.status), ("kind", "status"), ("person", "note")
    ),
)


def records(
    session: Session, *, since: datetime, until: datetime, threshold: int, zone: tzinfo
) -> Iterator[Records]:
    """Every file of the period from `since` to before `until`."""
    for each in _PERSONS:
        yield _of_persons(session, each, since, until, threshold=threshold, zone=zone)
    yield _listing_changes(session, since, until, zone)
    yield _public(
        session,
        "wordings",  # a draft is nobody's word yet: it counts from its approval
        Wording.approved_at,
        (Wording.key, Wording.language, Wording.version, Wording.status, Wording.text),
        (since, until, zone),
    )


def _of_persons(
    session: Session,
    each: _OfPersons,
    since: datetime,
    until: datetime,
    *,
    threshold: int,
    zone: tzinfo,
) -> Records:
    columns = ("month", *each.named, *each.redacted)
    rows = session.execute(select(each.at, *each.columns).where(each.at >= since, each.at < until))
    counted = Counter(
        (at.astimezone(zone).strftime("%Y-%m"), *(_word(what) for what in kind))
        for at, *kind in rows
    )
    shown, left_out = in_company(counted, threshold=threshold)
    marks = (REDACTED,) * len(each.redacted)
    lines = tuple((*key, *marks) for key, count in sorted(shown.items()) for _ in range(count))
    return Records(each.name, columns, lines, left_out)


def in_company(
    counted: Counter[tuple[str, ...]], *, threshold: int
) -> tuple[Counter[tuple[str, ...]], int]:
    """Counts by month and kind without the small ones: those become "withheld" together, where
    they are enough together. Pure. The second: in how many months they are not.

    Where one kind alone was small it would be what "withheld" means, and what was left out could
    be told from a total: so the next larger kind of the month is withheld with it.
    """
    shown: Counter[tuple[str, ...]] = Counter()
    left_out = 0
    for month in sorted({key[0] for key in counted}):
        kinds = {key: count for key, count in counted.items() if key[0] == month}
        small = {key for key, count in kinds.items() if count < threshold}
        larger = sorted(kinds.keys() - small, key=lambda key: (kinds[key], key))
        while small and (len(small) < 2 or sum(kinds[key] for key in small) < threshold):
            if not larger:
                break
            small.add(larger.pop(0))
        shown.update({key: kinds[key] for key in larger})
        together = sum(kinds[key] for key in small)
        if together >= threshold:
            width = len(next(iter(kinds))) - 1
            shown[month, *([WITHHELD] * width)] = together
        elif together:
            left_out += 1
    return shown, left_out


def _listing_changes(session: Session, since: datetime, until: datetime, zone: tzinfo) -> Records:
    """What took effect, by the rules of `directory.hsds.metadata`. Whether values may be told is
    asked of the service as it is now: a shelter may have become confidential since.
    """
    rows = session.execute(
        select(ListingChange, Service)
        .outerjoin(Service, Service.id == ListingChange.service_id)
        .where(ListingChange.at >= since, ListingChange.at < until)
        .where(ListingChange.status.in_(TOOK_EFFECT))
        .order_by(ListingChange.at, ListingChange.id)
    )
    lines = []
    for change, service in rows:
        open_now = service is not None and is_published(service) and not service.confidential
        told = change_object(change, values=open_now)
        if told is None:
            continue
        values = (told["previous_value"], told["replacement_value"])
        lines.append((
            change.at.astimezone(zone).isoformat(timespec="seconds"),
            change.service_id,
            told["field_name"],
            *(values if open_now and tells_values(change) else (REDACTED, REDACTED)),
            change.status,
        ))  # fmt: skip
    columns = ("at", "service_id", "field", "before", "after", "status")
    return Records("listing_changes", columns, tuple(lines))


def _public(
    session: Session,
    name: str,
    at: Any,
    columns: Sequence[Any],
    period: tuple[datetime, datetime, tzinfo],
) -> Records:
    since, until, zone = period
    rows = session.execute(select(at, *columns).where(at >= since, at < until).order_by(at))
    lines = tuple(
        (moment.astimezone(zone).isoformat(timespec="seconds"), *map(_word, values))
        for moment, *values in rows
    )
    return Records(name, ("at", *(each.name for each in columns)), lines)


def _word(value: Any) -> Any:
    return "" if value is None else value
