"""A listing as its partner is shown it: what residents see, or would if it were not withheld."""

from dataclasses import dataclass
from datetime import date

from directory.freshness.models import Freshness
from directory.listings.models import Phone, Service
from directory.listings.publication import may_leave


@dataclass(frozen=True, slots=True)
class Shown:
    """`phones`: as people dial them. `hours`: in OpenStreetMap's syntax. `version`: of the listing,
    so that what is confirmed is what was seen. `checked`: the day somebody last confirmed it, else
    the newest date of a page with its number."""

    service_id: str
    version: int
    name: str
    phones: tuple[str, ...]
    hours: str | None
    addresses: tuple[str, ...]
    description: dict[str, str | None]
    eligibility: dict[str, str | None]
    cost: dict[str, str | None]
    url: str | None
    checked: date | None
    withheld: bool
    closed: bool


def shown(service: Service) -> Shown:
    """No address of a confidential place, ever; no number that nobody has read on a page."""
    phones = [phone for phone in service.phones if may_leave(phone)]
    dates = [phone.as_of for phone in phones if phone.as_of]
    return Shown(
        service_id=service.id,
        version=service.version,
        name=service.name,
        phones=tuple(_dialled(phone) for phone in phones),
        hours=service.opening_hours,
        addresses=_addresses(service),
        description={"en": service.description, "es": service.description_es},
        eligibility={
            "en": service.eligibility_description,
            "es": service.eligibility_description_es,
        },
        cost={"en": service.fees_description, "es": service.fees_description_es},
        url=service.url or service.organization.website,
        checked=service.assured_date or max(dates, default=None),
        withheld=service.freshness == Freshness.WITHHELD,
        closed=service.status == "temporarily closed",
    )


def _dialled(phone: Phone) -> str:
    number = phone.number
    if phone.extension is not None:
        return f"{number} x{phone.extension}"
    return f"{number}, {phone.press}" if phone.press else number


def _addresses(service: Service) -> tuple[str, ...]:
    if service.confidential:
        return ()
    return tuple(
        ", ".join(filter(None, (each.address_1, each.address_2, each.city, each.state_province)))
        for link in service.service_at_locations
        if not link.location.confidential
        for each in link.location.addresses
        if each.address_type == "physical"
    )
