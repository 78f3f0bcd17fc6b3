"""From what was asked to what the page of results shows."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from api.public.pages.asked import Asked
from api.public.pages.lines import Line, lines_of_match, website
from api.public.pages.opening import Opening, opening, usual_hours
from api.public.pages.told import Told, told
from api.services import Services
from directory.hours import NEVER
from directory.languages import Language
from directory.search import FindResult, Match, Query, Reason, Relaxation, find, says_now

A_PAGE = 10
# All pages are cut from one answer of this length: an answer of another length has another order.
MOST = 60
# What the rest of the card tells already.
_TOLD_ELSEWHERE = frozenset(
    {
        Reason.ALWAYS_OPEN,
        Reason.OPEN_NOW,
        Reason.CLOSED_NOW,
        Reason.HOURS_UNKNOWN,
        Reason.CLOSED_FOR_A_TIME,
    }
)
_TO_MIND = frozenset({Reason.OUTSIDE_ITS_AREA, Reason.FULL, Reason.NOT_CONFIRMED, Reason.NO_PHONE})


@dataclass(frozen=True, slots=True)
class Card:
    """One service among the results. `minds`: reasons to think twice, apart from the others."""

    slug: str
    name: str
    organization: str | None
    description: Told | None
    opening: Opening
    usual_hours: str
    notice: Told | None
    lines: list[Line]
    address: str | None
    miles: float | None
    checked: date | None
    url: str | None
    reasons: list[Reason]
    minds: list[Reason]


@dataclass(frozen=True, slots=True)
class Results:
    """One page of an answer. `more`: whether there is a next one."""

    cards: list[Card]
    needs: tuple[str, ...]
    place: str | None
    open_now: bool
    relaxed: tuple[Relaxation, ...]
    unserved: tuple[str, ...]
    related: dict[str, str]
    first: int
    more: bool


def look_for(
    session: Session, services: Services, asked: Asked, language: Language, *, size: int = A_PAGE
) -> Results:
    """What fits, best first. A place or "open now" among the words counts as if it were chosen."""
    open_now = asked.open_now or says_now(asked.words)
    found = find(
        session,
        Query(
            needs=(asked.need,) if asked.need else (),
            place=asked.place or None,
            language=asked.language or None,
            open_now=open_now,
            text=asked.words or None,
            at=services.clock.now(),
            limit=MOST,
        ),
    )
    return _results(found, services, asked, language, open_now=open_now, size=size)


def _results(
    found: FindResult,
    services: Services,
    asked: Asked,
    language: Language,
    *,
    open_now: bool,
    size: int,
) -> Results:
    start = (asked.page - 1) * size
    shown = found.matches[start : start + size]
    return Results(
        cards=[_card(match, services, language) for match in shown],
        needs=found.needs,
        place=found.place_name,
        open_now=open_now,
        relaxed=tuple(dict.fromkeys(found.relaxed)),
        unserved=found.unserved,
        related=found.related,
        first=start + 1,
        more=len(found.matches) > start + size,
    )


def _card(match: Match, services: Services, language: Language) -> Card:
    known = match.organization_name in match.service_name
    never = match.opening_hours == NEVER
    reasons = [each for each in match.reasons if each not in _TOLD_ELSEWHERE]
    return Card(
        slug=match.slug,
        name=match.service_name,
        organization=None if known else match.organization_name,
        description=told(match.description, language),
        opening=opening(
            match.hours,
            match.opening_hours,
            closed_until=match.closed_until,
            now=services.clock.now(),
            zone=services.settings.zone,
        ),
        usual_hours="" if never else usual_hours(match.opening_hours, language),
        notice=told(match.notice, language),
        lines=lines_of_match(match, language),
        address=match.address,
        miles=match.distance_miles,
        checked=match.last_checked,
        url=website(match.url),
        reasons=[each for each in reasons if each not in _TO_MIND],
        minds=[each for each in reasons if each in _TO_MIND],
    )
