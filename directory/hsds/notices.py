"""Temporary closures and notices, as HSDS shows them: in `status` and `alert`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from directory.listings.change_models import ServiceNotice
from directory.listings.models import Service

CLOSURE = "closure"
TEMPORARILY_CLOSED = "temporarily closed"
_LOCAL = ZoneInfo("America/Chicago")


@dataclass(frozen=True, slots=True)
class Passing:
    """What a service says of itself for the time being."""

    status: str
    alert: str | None


def counts(notice: ServiceNotice, *, now: datetime) -> bool:
    """Whether a notice counts at `now` (product time): it ends by itself. Kept as in `queries`."""
    return notice.removed_at is None and notice.starts_at <= now < notice.ends_at


def passing(service: Service, notices: Sequence[ServiceNotice]) -> Passing:
    """`notices`: those that count. The service's own alert comes last."""
    status = service.status
    if status == "active" and any(each.kind == CLOSURE for each in notices):
        status = TEMPORARILY_CLOSED
    told = [_told(each) for each in sorted(notices, key=lambda each: (each.starts_at, each.id))]
    if service.alert:
        told.append(service.alert)
    return Passing(status, " ".join(dict.fromkeys(filter(None, told))) or None)


def _told(notice: ServiceNotice) -> str:
    """A closure names the day until which it holds; a notice is its own words."""
    words = (notice.text or "").strip()
    if notice.kind != CLOSURE:
        return words
    until = notice.ends_at.astimezone(_LOCAL)
    head = f"Temporarily closed until {until:%B} {until.day}, {until.year}"
    return f"{head}: {words}" if words else f"{head}."
