"""How many places a service has free, and for how long that is worth saying.

A count is true when it is made. After STALE_AFTER of product time nobody is told any more that
there are places; the count itself stays in the listing with its date.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy.orm import Session

from directory.database import new_id
from directory.instant import Instant
from directory.listings import edit_queries as queries
from directory.listings import edit_values as values
from directory.listings.announce import listing_changed
from directory.listings.changes import log_changes
from directory.listings.edit_parse import FieldMistake, invalid
from directory.listings.models import Service, ServiceCapacity, Unit
from directory.listings.partner_schema import mistake
from directory.listings.service import changed

STALE_AFTER = timedelta(hours=48)
# Clocks of others go ahead a little.
_AHEAD = timedelta(minutes=5)
FIELD = "capacities"


class Counted(Protocol):
    """What of a capacity is read; a row of `service_capacity` is one."""

    @property
    def available(self) -> float: ...
    @property
    def updated(self) -> datetime: ...


class CapacityBody(BaseModel):
    """HSDS `service_capacity` with its unit by name. `updated`: when it was counted; now."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: values.Name = Field(max_length=80)
    available: values.Amount
    maximum: values.Amount | None = None
    description: values.Text | None = None
    updated: Instant | None = None

    @field_validator("unit", mode="before")
    @classmethod
    def _name_of(cls, unit: Any) -> Any:
        """HSDS writes a unit as an object; its name says it all."""
        return unit.get("name") if isinstance(unit, dict) else unit

    @field_validator("available", "maximum")
    @classmethod
    def _countable(cls, count: float | None) -> float | None:
        if count is not None and count > 1_000_000:
            raise mistake("is too large", "write how many there are")
        return count


@dataclass(frozen=True, slots=True)
class Places:
    """What may be said now. `free`: None where no count is young enough to say anything."""

    free: bool | None
    stale: bool


def is_stale(updated: datetime, *, now: datetime) -> bool:
    """Whether a count is too old to be told. Both are aware; `now`: product time."""
    return now - updated >= STALE_AFTER


def places(capacities: Iterable[Counted], *, now: datetime) -> Places:
    """Whether a service has places, by the counts that are not stale."""
    counts = list(capacities)
    young = [each for each in counts if not is_stale(each.updated, now=now)]
    if not young:
        return Places(None, stale=bool(counts))
    return Places(any(each.available > 0 for each in young), stale=False)


def put_capacity(
    session: Session, service: Service, body: CapacityBody, *, by: str, now: datetime
) -> ServiceCapacity:
    """Note a count; the one of the same unit before it is replaced. The caller has the lock.

    Raises Invalid for more free than there are, and for a count from the future.
    """
    _check(body, now=now)
    unit = queries.unit_named(session, body.unit)
    if unit is None:
        unit = Unit(id=new_id(), name=body.unit)
        session.add(unit)
        session.flush()
    before = capacity_values(service)
    row = next((each for each in service.capacities if each.unit_id == unit.id), None)
    if row is None:
        row = ServiceCapacity(id=new_id(), unit=unit, unit_id=unit.id)
        service.capacities.append(row)
    row.available, row.maximum = body.available, body.maximum
    row.description, row.updated = body.description, body.updated or now
    session.flush()
    logged = log_changes(
        session, service, {FIELD: (before, capacity_values(service))}, by=by, now=now
    )
    if logged:
        changed(session, service, now=now)
        listing_changed(session, service, [FIELD], now=now)
    return row


def capacity_values(service: Service) -> list[dict[str, Any]]:
    """The counts of a service, as the change log keeps them."""
    rows = sorted(service.capacities, key=lambda each: (each.unit.name, each.id))
    return [
        {
            "unit": row.unit.name,
            "available": row.available,
            "maximum": row.maximum,
            "updated": row.updated.isoformat(),
        }
        for row in rows
    ]


def _check(body: CapacityBody, *, now: datetime) -> None:
    mistakes = []
    if body.maximum is not None and body.available > body.maximum:
        remedy = "write how many of the maximum are free"
        mistakes.append(FieldMistake(("available",), "is more than maximum", remedy))
    if body.updated is not None and body.updated > now + _AHEAD:
        remedy = "write when it was counted, or leave it out"
        mistakes.append(FieldMistake(("updated",), "is in the future", remedy))
    if mistakes:
        raise invalid(mistakes)
