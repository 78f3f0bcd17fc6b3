"""`find`: from a question to an answer that says why, and what it gave up.

A need that no published service meets brings no matches: never a filler. A need that nothing
fits *here and now* is asked again with less, step by step, and each step is told.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from directory import database
from directory.needs import taxonomy
from directory.places import Place, place_named, town_place
from directory.search.index import Index, Listing, current_index
from directory.search.model import (
    FindResult,
    Match,
    PhoneLine,
    Query,
    Relaxation,
    RelaxationKind,
)
from directory.search.names import listings_about, listings_named
from directory.search.needs import needs_in
from directory.search.places import place_in
from directory.search.rank import (
    Question,
    Ranked,
    Reach,
    consider,
    in_order,
    reasons,
    touches_counties_of,
)

# Where people most likely are who name no place: the programme's own town. It orders answers
# and is never told to anybody as "near you".
HOME_TOWN = "Naperville"


@dataclass(slots=True)
class _Search:
    index: Index
    question: Question
    relaxed: list[Relaxation] = field(default_factory=list)


def find(session: Session, query: Query) -> FindResult:
    """The services that answer `query`, best first; each need's best are among the first."""
    index = current_index(session)
    place = _place(query.place)
    question = Question(
        place=place,
        home=town_place(HOME_TOWN),
        language=query.language,
        open_now=query.open_now,
        at=query.at,
        zone=database.current().settings.zone,
    )
    search = _Search(index, question)
    if query.place and place is None:
        kind = RelaxationKind.PLACE_NOT_KNOWN
        search.relaxed.append(Relaxation(kind, detail=query.place))
    needs = query.needs or tuple(needs_in(query.text or ""))
    served = [need for need in needs if index.by_need.get(need)]
    named = listings_named(index, query.text) if query.text else []
    if query.text and not named and not needs:
        named = listings_about(index, query.text)
    lists = [_for_need(search, need) for need in served]
    if named:
        main = [consider(listing, listing.needs[0], question) for listing in named]
        lists.insert(0, main)
    by_name = frozenset(listing.service_id for listing in named)
    chosen = _interleaved(lists)[: query.limit]
    unserved = tuple(need for need in dict.fromkeys(needs) if need not in served)
    return FindResult(
        query=query,
        matches=tuple(_match(ranked, question, by_name) for ranked in chosen),
        relaxed=tuple(search.relaxed),
        unserved=unserved,
        related=_related(unserved, index),
        place_name=place.name if place else None,
    )


def warm_up(session: Session) -> None:
    """Reads in what the first question would otherwise wait a quarter of a second for."""
    find(session, Query(text="food near napervile", place="60540", at=datetime.now(UTC)))


def _place(text: str | None) -> Place | None:
    return (place_named(text) or place_in(text)) if text else None


def _for_need(search: _Search, need: str) -> list[Ranked]:
    """The services of one need in order, with less asked where nothing fits."""
    every = [consider(listing, need, search.question) for listing in search.index.by_need[need]]
    found = _within_reach(search, need, every)
    if search.question.open_now and not any(ranked.is_open for ranked in found):
        search.relaxed.append(Relaxation(RelaxationKind.OPEN_NOW, need))
    elif search.question.open_now:
        found = [ranked for ranked in found if ranked.hours.kind != "closed"]
    return in_order(found, search.question)


def _within_reach(search: _Search, need: str, every: list[Ranked]) -> list[Ranked]:
    found = [ranked for ranked in every if ranked.reach is not Reach.OUTSIDE]
    place = search.question.place
    if found or place is None:
        return found
    found = [
        ranked
        for ranked in every
        if touches_counties_of(ranked.listing.area, county=ranked.listing.county, place=place)
    ]
    kind = RelaxationKind.PLACE_TO_COUNTY if found else RelaxationKind.PLACE_TO_STATE
    detail = ", ".join(place.counties) if found else place.name
    search.relaxed.append(Relaxation(kind, need, detail))
    return found or every


def _interleaved(lists: list[list[Ranked]]) -> list[Ranked]:
    """The best of each list, then the second of each…; a service once only."""
    chosen: dict[str, Ranked] = {}
    for position in range(max(map(len, lists), default=0)):
        for found in lists:
            if position < len(found):
                chosen.setdefault(found[position].listing.service_id, found[position])
    return list(chosen.values())


def _related(unserved: tuple[str, ...], index: Index) -> dict[str, str]:
    """For each unserved need the nearest one that somebody serves."""
    related: dict[str, str] = {}
    for code in unserved:
        nearest = taxonomy()[code].related if code in taxonomy() else ()
        served = next((other for other in nearest if index.by_need.get(other)), None)
        if served is not None:
            related[code] = served
    return related


def _match(ranked: Ranked, question: Question, by_name: frozenset[str]) -> Match:
    listing = ranked.listing
    first, others = _lines(listing, question.language)
    return Match(
        service_id=listing.service_id,
        slug=listing.slug,
        service_name=listing.name,
        organization_name=listing.organization,
        need=ranked.need,
        phone=first.number if first else None,
        phone_kind=first.kind if first else None,
        phone_for=first.label if first and first.say_label else None,
        text_word=first.text_word if first else None,
        press=first.press if first else None,
        extension=first.extension if first else None,
        other_phones=others,
        hours=ranked.hours,
        opening_hours=listing.hours,
        description=listing.description,
        eligibility=listing.eligibility,
        cost=listing.cost,
        apply=listing.apply,
        url=listing.url,
        address=listing.address,
        languages=listing.languages,
        accepts_referrals=listing.accepts_referrals,
        distance_miles=None if ranked.distance is None else round(ranked.distance, 1),
        last_checked=listing.last_checked,
        reasons=reasons(ranked, question, by_name=listing.service_id in by_name),
    )


def _lines(
    listing: Listing, language: str | None
) -> tuple[PhoneLine | None, tuple[PhoneLine, ...]]:
    """The line to use first and the others. A line in Spanish goes first for who writes it."""
    if not listing.phones:
        return None, ()
    first = listing.phones[0]
    if language == "es":
        spanish = (line for line in listing.phones if _is_spanish(line) and line.kind == first.kind)
        first = next(spanish, first)
    return first, tuple(line for line in listing.phones if line is not first)


def _is_spanish(line: PhoneLine) -> bool:
    return line.label is not None and "spanish" in line.label["en"].casefold()
