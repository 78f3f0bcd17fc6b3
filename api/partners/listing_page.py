"""The page of an organisation's listings, drawn for one contact: what residents see of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from api.partners.listing_answers import as_seen
from api.partners.page import drawn
from api.partners.words import date_said, day
from bot.wording.opening_hours import hours_said
from directory.freshness import answers
from directory.freshness.shown import Shown, shown
from directory.languages import Language
from directory.listings import notices
from directory.listings.models import Organization
from directory.partners.models import ListingLink, PartnerContact

_WORDS = (("listing_what", "description"), ("listing_who", "eligibility"), ("listing_cost", "cost"))


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at the page, and in which language and time zone. `now`: product time."""

    link: ListingLink
    contact: PartnerContact
    language: Language
    zone: ZoneInfo
    now: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """What the page answers to what was sent. `wrong`: it was not taken."""

    text: str
    wrong: bool = False
    service_id: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One listing on the page. `words`: what else it says, by what that is called."""

    shown: Shown
    checked: str | None
    hours: str
    words: list[tuple[str, str]]
    seen: str
    closed_until: str | None


def listings_page(
    session: Session,
    reader: Reader,
    *,
    path: str,
    notice: Notice | None = None,
    sent: dict[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    """Everything this contact answers for, as it stands. `sent`: what to write back in."""
    services = answers.listings_of(session, reader.contact)
    passing = notices.current(session, [service.id for service in services], reader.now)
    organization = session.get(Organization, reader.contact.organization_id)
    blocks = [
        _block(shown(service), notices.closed_until(passing.get(service.id, ())), reader)
        for service in services
    ]
    local = reader.now.astimezone(reader.zone)
    return drawn(
        "listings.html",
        reader.language,
        status,
        path=path,
        notice=notice,
        sent=sent or {},
        organization=organization.name if organization else "",
        listings=blocks,
        seen=as_seen({each.shown.service_id: each.shown.version for each in blocks}),
        until=day(reader.link.expires_at, reader.language, reader.zone),
        tomorrow=(local.date() + timedelta(days=1)).isoformat(),
    )


def thanks_page(language: Language) -> HTMLResponse:
    """The end of it; says nothing of the listings, so that anybody may see it."""
    return drawn("thanks.html", language, 200, step="listings", path="/l/thanks")


def _block(listing: Shown, closed_until: datetime | None, reader: Reader) -> Block:
    language = reader.language
    said = [(key, getattr(listing, field)[language]) for key, field in _WORDS]
    if listing.url:
        said.append(("listing_url", listing.url))
    return Block(
        shown=listing,
        checked=date_said(listing.checked, language) if listing.checked else None,
        hours=hours_said(listing.hours, language),
        words=[(key, words) for key, words in said if words],
        seen=as_seen({listing.service_id: listing.version}),
        closed_until=(
            date_said(closed_until.astimezone(reader.zone).date(), language)
            if closed_until
            else None
        ),
    )
