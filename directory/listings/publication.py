"""What may leave the directory. Everything outside asks here, for every number and address.

A number leaves when its service is published and active, somebody has read it on a page
(`attested`), nobody still has to dial it first (`call_first`), and it is not a known crisis line
with a slip in it. An address leaves when neither the service nor its place is confidential.
"""

from dataclasses import dataclass
from datetime import date

from directory.freshness.models import Freshness
from directory.listings.known_lines import mistyped_line
from directory.listings.models import Phone, Service, ServiceAtLocation
from directory.listings.numbers import digits_of


@dataclass(frozen=True, slots=True)
class PublishedPhone:
    """A number that may be given to anybody, as people dial it."""

    id: str
    number: str
    kind: str
    extension: str | None
    press: str | None
    text_word: str | None
    label: str | None
    label_es: str | None
    say_label: bool
    answered_24h: bool | None
    intake: bool
    as_of: date | None


@dataclass(frozen=True, slots=True)
class PublishedAddress:
    """An address that may be given to anybody. Coordinates only where a source states them."""

    street: str
    city: str
    state: str
    postal_code: str | None
    latitude: float | None
    longitude: float | None

    def __str__(self) -> str:
        line = f"{self.street}, {self.city}, {self.state}"
        return f"{line} {self.postal_code}" if self.postal_code else line


def is_published(service: Service) -> bool:
    """Kept the same as the statements of `queries`."""
    return (
        service.published
        and service.status in ("active", "temporarily closed")
        and service.freshness != Freshness.WITHHELD
        and service.merged_into_id is None
    )


def may_leave(phone: Phone) -> bool:
    """Whether the number itself may leave; whose it is must be published besides."""
    return (
        phone.attested and not phone.call_first and mistyped_line(digits_of(phone.number)) is None
    )


def published_phones(service: Service) -> tuple[PublishedPhone, ...]:
    """The numbers of a service that may leave, in the order of the listing."""
    if not is_published(service):
        return ()
    return tuple(_as_published(phone) for phone in service.phones if may_leave(phone))


def published_addresses(service: Service) -> tuple[PublishedAddress, ...]:
    """The addresses of a service that may leave; none of a confidential one, ever."""
    if service.confidential or not is_published(service):
        return ()
    return tuple(
        PublishedAddress(
            street=", ".join(filter(None, (address.address_1, address.address_2))),
            city=address.city,
            state=address.state_province,
            postal_code=address.postal_code,
            latitude=link.location.latitude,
            longitude=link.location.longitude,
        )
        for link in service.service_at_locations
        if not link.location.confidential
        for address in link.location.addresses
        if address.address_type == "physical"
    )


def published_places(service: Service) -> tuple[ServiceAtLocation, ...]:
    """Where a service is to be found, as far as it may be told: nothing of a confidential one."""
    if service.confidential or not is_published(service):
        return ()
    return tuple(link for link in service.service_at_locations if not link.location.confidential)


def published_url(service: Service) -> str | None:
    """The service's page, else its organisation's."""
    if not is_published(service):
        return None
    return service.url or service.organization.website


def last_checked(service: Service, phones: tuple[PublishedPhone, ...]) -> date | None:
    """The day a person confirmed the service, else the newest date of a page with its number."""
    if service.assured_date is not None:
        return service.assured_date
    return max((phone.as_of for phone in phones if phone.as_of), default=None)


def _as_published(phone: Phone) -> PublishedPhone:
    return PublishedPhone(
        id=phone.id,
        number=phone.number,
        kind=phone.type,
        extension=None if phone.extension is None else str(phone.extension),
        press=phone.press,
        text_word=phone.text_word,
        label=phone.description,
        label_es=phone.description_es,
        say_label=phone.say_label,
        answered_24h=phone.answered_24h,
        intake=phone.intake,
        as_of=phone.as_of,
    )
