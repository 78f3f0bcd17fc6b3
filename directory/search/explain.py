"""Why a service is in the answer, and the answer's own form of it."""

from directory.hours import HoursKind
from directory.search.audience import ONLY_FOR_THEM, groups_of_need
from directory.search.listing import Listing
from directory.search.model import Match, OnlyFor, PhoneLine, Reason
from directory.search.rank import NEAR_MILES, Question, Ranked, Reach, speaks


def reasons(
    ranked: Ranked,
    question: Question,
    *,
    by_name: bool = False,
    by_words: bool = False,
    by_meaning: bool = False,
) -> tuple[Reason, ...]:
    """Everything that speaks for it, then what to mind about it."""
    listing, hours = ranked.listing, ranked.hours.kind
    spoken = speaks(listing, question.language)
    near = ranked.distance is not None and ranked.distance <= NEAR_MILES
    placed = question.place is not None
    closed_for_a_time = ranked.notice is not None and ranked.notice.closure
    checks = (
        (Reason.NAME_MATCH, by_name),
        (Reason.SAYS_WHAT_YOU_SAID, by_words and not by_name),
        (Reason.MEANS_WHAT_YOU_SAID, by_meaning and not by_name and not by_words),
        (Reason.FOR_PEOPLE_LIKE_YOU, bool(listing.groups & question.groups)),
        (Reason.HAS_ROOM, bool(ranked.room)),
        (Reason.SERVES_YOUR_TOWN, placed and ranked.reach is Reach.TOWN),
        (Reason.NEAR, near),
        (Reason.SERVES_YOUR_COUNTY, placed and ranked.reach is Reach.COUNTY),
        (Reason.ALWAYS_OPEN, hours is HoursKind.ALWAYS),
        (Reason.OPEN_NOW, hours is HoursKind.OPEN),
        (Reason.SPEAKS_SPANISH, spoken is True and question.language == "es"),
        (Reason.SPEAKS_YOUR_LANGUAGE, spoken is True and question.language != "es"),
        (Reason.FREE, listing.free),
        (Reason.HOTLINE, bool(listing.phones) and listing.phones[0].kind == "hotline"),
        (Reason.STATEWIDE, ranked.reach is Reach.STATE),
        (Reason.NATIONAL, ranked.reach is Reach.COUNTRY),
        (Reason.OUTSIDE_ITS_AREA, ranked.reach is Reach.OUTSIDE),
        (Reason.FULL, ranked.room == 0),
        (Reason.CLOSED_FOR_A_TIME, closed_for_a_time),
        (Reason.CLOSED_NOW, hours is HoursKind.CLOSED and not closed_for_a_time),
        (Reason.HOURS_UNKNOWN, hours is HoursKind.UNKNOWN),
        (Reason.NOT_CONFIRMED, listing.lowered),
        (Reason.NO_PHONE, not listing.phones),
    )
    return tuple(reason for reason, holds in checks if holds)


def match_of(ranked: Ranked, question: Question, why: tuple[Reason, ...]) -> Match:
    """What of a service is shown."""
    listing, notice = ranked.listing, ranked.notice
    first, others = _lines(listing, question.language)
    return Match(
        service_id=listing.service_id,
        slug=listing.slug,
        service_name=listing.name,
        organization_name=listing.organization,
        need=ranked.need or next(iter(listing.needs), ""),
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
        reasons=why,
        notice={"en": notice.text, "es": notice.text_es} if notice and notice.text else None,
        closed_until=notice.ends_at if notice and notice.closure else None,
        only_for=_only_for(listing, ranked.need),
    )


def _only_for(listing: Listing, need: str) -> OnlyFor | None:
    limited = listing.limited
    if not limited or limited & groups_of_need(need):
        return None
    main = listing.needs[0] if listing.needs else ""
    if main in ONLY_FOR_THEM:
        return OnlyFor(main)
    return OnlyFor("", listing.minimum_age, listing.maximum_age)


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
