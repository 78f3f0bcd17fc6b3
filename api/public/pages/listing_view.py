"""One listing as its page shows it. Every number and address has passed directory.publication."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from api.public.pages.lines import Line, lines_of, website
from api.public.pages.opening import Opening, opening, usual_hours
from api.public.pages.spoken import name_of
from api.public.pages.told import Told, told, told_of
from directory.hours import state_at
from directory.languages import Language
from directory.listings.capacity import places
from directory.listings.models import Service
from directory.listings.notices import CurrentNotice, NoticeType, closed_until, current
from directory.listings.publication import (
    last_checked,
    published_addresses,
    published_phones,
    published_url,
)
from directory.week_hours import DayHours, days_from

_MAP = "https://www.openstreetmap.org/search?"
_MOST_ADDRESSES = 12


@dataclass(frozen=True, slots=True)
class Place:
    """An address, and where a map shows it."""

    words: str
    map_address: str


@dataclass(frozen=True, slots=True)
class Passing:
    """A closure or notice that holds now. `until`: local."""

    closure: bool
    text: Told | None
    until: datetime


@dataclass(frozen=True, slots=True)
class ListingView:
    """`usual_hours`: the week in one line. `hours_notes`: where hours are told in words only.
    `confirmed`: `checked` is the day a person confirmed it, else that of its newest source."""

    name: str
    organization: str | None
    description: Told | None
    alert: str | None
    closed_for_a_time: bool
    passing: list[Passing]
    opening: Opening
    days: tuple[DayHours, ...]
    today: date
    usual_hours: str
    hours_notes: list[str]
    lines: list[Line]
    places: list[Place]
    confidential: bool
    url: str | None
    has_room: bool | None
    cost: Told | None
    eligibility: Told | None
    ages: tuple[int | None, int | None]
    apply: Told | None
    documents: list[str]
    wait: str | None
    languages: list[str]
    interpretation: str | None
    areas: list[str]
    needs: list[str]
    checked: date | None
    confirmed: bool
    lowered: bool


def view_of(
    session: Session, service: Service, *, language: Language, now: datetime, zone: ZoneInfo
) -> ListingView:
    """The listing at this moment (product time)."""
    phones = published_phones(service)
    notices = current(session, [service.id], now).get(service.id, ())
    known = service.organization.name in service.name
    today = now.astimezone(zone).date()
    return ListingView(
        name=service.name,
        organization=None if known else service.organization.name,
        description=told_of(service.description, service.description_es, language),
        alert=service.alert,
        closed_for_a_time=service.status == "temporarily closed",
        passing=[_passing(each, language, zone) for each in notices],
        opening=_opening(service, closed_until(notices), now=now, zone=zone),
        days=days_from(service.opening_hours, today, zone),
        today=today,
        usual_hours=usual_hours(service.opening_hours, language),
        hours_notes=_hours_notes(service),
        lines=lines_of(phones, language),
        places=_places(service),
        confidential=service.confidential,
        url=website(published_url(service)),
        has_room=places(service.capacities, now=now).free,
        cost=told_of(service.fees_description, service.fees_description_es, language),
        eligibility=told_of(
            service.eligibility_description, service.eligibility_description_es, language
        ),
        ages=(service.minimum_age, service.maximum_age),
        apply=told_of(service.application_process, service.application_process_es, language),
        documents=[each.document for each in service.required_documents if each.document],
        wait=service.wait_time,
        languages=_languages(service, language),
        interpretation=service.interpretation_services,
        areas=[each.name for each in service.service_areas if each.name],
        needs=list(service.needs),
        checked=last_checked(service, phones),
        confirmed=service.assured_date is not None,
        lowered=service.freshness == "lowered",
    )


def _opening(
    service: Service, closed: datetime | None, *, now: datetime, zone: ZoneInfo
) -> Opening:
    if service.status == "temporarily closed":
        return Opening("away")
    hours = state_at(service.opening_hours, now, zone)
    return opening(hours, service.opening_hours, closed_until=closed, now=now, zone=zone)


def _passing(notice: CurrentNotice, language: Language, zone: ZoneInfo) -> Passing:
    return Passing(
        closure=notice.kind is NoticeType.CLOSURE,
        text=told(notice.text, language),
        until=notice.ends_at.astimezone(zone),
    )


def _hours_notes(service: Service) -> list[str]:
    """Schedules that no expression can say ("the 15th of each month") are told as they stand."""
    if service.opening_hours:
        return []
    words = [each.description or each.notes or "" for each in service.schedules]
    return list(dict.fromkeys(filter(None, words)))


def _places(service: Service) -> list[Place]:
    found = dict.fromkeys(str(address) for address in published_addresses(service))
    return [
        Place(words, _MAP + urlencode({"query": words})) for words in list(found)[:_MOST_ADDRESSES]
    ]


def _languages(service: Service, language: Language) -> list[str]:
    names = [
        name_of(each.code, language) if each.code else each.name or "" for each in service.languages
    ]
    return list(dict.fromkeys(filter(None, names)))
