"""Free places in one tap: one less, one more, full, open again.

A button says what the count is to be, never by how much it changes: pressed twice it is said once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Form, Request, Response

from api.deps import Id, TheServices, WritingSession
from api.partners.pages.access import (
    HOME,
    TheVisitor,
    Visitor,
    back_to,
    draw,
    own_listing,
    partner_pages,
)
from api.web.pages import is_htmx
from directory.errors import Invalid
from directory.listings import capacity
from directory.listings.edit_parse import parsed
from directory.listings.models import Service, ServiceCapacity

router = partner_pages("/listings")
# What is counted where nobody has counted anything yet.
USUAL_UNIT = "places"
# The same count again within this time is a second tap, not news.
_A_TAP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Count:
    """One count as the page shows it, and what its buttons make of it. `available` None: none yet.

    `less`, `more`: None where there is no such step.
    """

    unit: str
    available: int | None
    maximum: int | None = None
    updated: datetime | None = None
    stale: bool = False

    @property
    def less(self) -> int | None:
        return self.available - 1 if self.available else None

    @property
    def more(self) -> int | None:
        if self.available is None:
            return None
        more = self.available + 1
        return more if self.maximum is None or more <= self.maximum else None

    @property
    def open(self) -> int | None:
        """For who is full, or has not counted yet: all that there are, or else one."""
        return None if self.available else self.maximum or 1


@dataclass(frozen=True, slots=True)
class Tap:
    """What came of a tap. `number`: what was typed and is kept. `gone`: the button that was tapped
    may not be there any more, and the keyboard goes on from another."""

    done: bool = False
    changed: bool = False
    wrong: str = ""
    number: str = ""
    gone: bool = False


def counts(service: Service, *, now: datetime) -> list[Count]:
    """What is counted at this service; a count that nobody has made yet where there is none."""
    rows = sorted(service.capacities, key=lambda row: (row.unit.name, row.id))
    return [_count(row, now=now) for row in rows] or [Count(USUAL_UNIT, None)]


@dataclass(frozen=True, slots=True)
class Sent:
    """What was tapped or typed. `was`: the count that was on the page; `maximum`: empty to keep."""

    unit: str
    number: str
    was: str
    maximum: str


def get_sent(
    unit: Annotated[str, Form(max_length=80)],
    available: Annotated[str, Form(max_length=12)] = "",
    was: Annotated[str, Form(max_length=12)] = "",
    maximum: Annotated[str, Form(max_length=12)] = "",
) -> Sent:
    return Sent(unit, available.strip(), was, maximum.strip())


@router.post("/{service_id}/capacity")
def count(
    request: Request,
    service_id: Id,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    sent: Annotated[Sent, Depends(get_sent)],
) -> Response:
    """Where another count stands by now than was on the page, it is shown first."""
    now, unit = services.clock.now(), sent.unit
    service = own_listing(session, visitor, service_id, for_update=True)
    before = _row(service, unit)
    if before is not None and _text(before.available) not in (sent.was, sent.number):
        return _shown(request, visitor, service, unit, Tap(changed=True), now=now, status=409)
    body = _body(sent, before)
    if _is_second_tap(before, body, now=now):
        return _done(request, visitor, service, sent, now=now)
    try:
        with session.begin_nested():
            counted = parsed(body, capacity.CapacityBody)
            capacity.put_capacity(session, service, counted, by=visitor.by, now=now)
    except Invalid:
        over = isinstance(body["available"], int) and isinstance(body["maximum"], int | float)
        tap = Tap(wrong="maximum" if over else "number", number=sent.number)
        return _shown(request, visitor, service, unit, tap, now=now, status=422)
    return _done(request, visitor, service, sent, now=now)


def _body(sent: Sent, before: ServiceCapacity | None) -> dict[str, object]:
    """As the partner API takes it; what is no number is left for it to refuse."""
    maximum = _number(sent.maximum) if sent.maximum else before and before.maximum
    return {
        "unit": sent.unit,
        "available": _number(sent.number),
        "maximum": maximum,
        "description": before.description if before is not None else None,
    }


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() else text


def _is_second_tap(
    before: ServiceCapacity | None, body: dict[str, object], *, now: datetime
) -> bool:
    if before is None or now - before.updated >= _A_TAP:
        return False
    return (before.available, before.maximum) == (body["available"], body["maximum"])


def _done(
    request: Request, visitor: Visitor, service: Service, sent: Sent, *, now: datetime
) -> Response:
    if not is_htmx(request):
        return back_to(f"{HOME}/listings/{service.id}", done="counted")
    gone = sent.number == "0" or sent.was in ("", "0")
    return _shown(request, visitor, service, sent.unit, Tap(done=True, gone=gone), now=now)


def _shown(
    request: Request,
    visitor: Visitor,
    service: Service,
    unit: str,
    tap: Tap,
    *,
    now: datetime,
    status: int = 200,
) -> Response:
    """The count alone: htmx puts it in its place, and without scripts it is a page of its own."""
    found = [each for each in counts(service, now=now) if each.unit.lower() == unit.lower()]
    each = found[0] if found else Count(unit, None)
    template = "pages/count.html" if is_htmx(request) else "pages/counted.html"
    return draw(request, visitor, template, status=status, service=service, count=each, tap=tap)


def _row(service: Service, unit: str) -> ServiceCapacity | None:
    same = (row for row in service.capacities if row.unit.name.lower() == unit.strip().lower())
    return next(same, None)


def _count(row: ServiceCapacity, *, now: datetime) -> Count:
    return Count(
        unit=row.unit.name,
        available=round(row.available),
        maximum=None if row.maximum is None else round(row.maximum),
        updated=row.updated,
        stale=capacity.is_stale(row.updated, now=now),
    )


def _text(number: float) -> str:
    return str(round(number))
