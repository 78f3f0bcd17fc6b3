"""Answers what is asked or told right after a list of services, about one of them.

Only while the list is what was sent last, and only a short text that names no need of its own with
a place: "food in aurora" is a new search. Which service is meant: the one whose number the text
names, else the one opened last, else the only one; else we ask, and the number that comes answers.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot import about_us
from bot.asked import Asked as Last
from bot.asked import waits_for_place
from bot.checkin_answers import tells_of_no_call
from bot.choices import Details, More, Pick, read_choice
from bot.languages import language_of
from bot.listing_questions import Asked, Failed, Topic, read
from bot.privacy import redact
from bot.report_deeds import ReportListing
from bot.sms.segments import to_gsm7
from bot.turn import Situation, Turn
from bot.wording import listing_answers, results, say
from directory.conversations.memory import AboutList, Memory
from directory.freshness.models import Reported
from directory.languages import Language
from directory.messages.models import AnsweredBy
from directory.search import needs_in, place_in

# What may be wrong with the listing itself: staff looks and the partner is asked.
_REPORTED = {Failed.WRONG_NUMBER: Reported.WRONG_NUMBER, Failed.CLOSED: Reported.CLOSED}


@dataclass(frozen=True, slots=True)
class _List:
    """The list that was sent last, and what is remembered of talking about it."""

    matches: list[dict[str, Any]]
    shown: int
    about: AboutList


def answer(text: str, situation: Situation, last: Last | None, zone: ZoneInfo) -> Turn | None:
    """The turn for a text about a service of the list; None for any other text."""
    known = _list_of(situation.memory) if last is Last.LIST else None
    if known is None or waits_for_place(situation):
        return None
    choice = read_choice(text)
    if isinstance(choice, Pick) and known.about.asked and 1 <= choice.number <= known.shown:
        asked = read(known.about.asked)
        if asked is None:
            return None
        return _on(replace(asked, number=choice.number), known.about.asked, situation, zone)
    if isinstance(choice, Pick | Details | More):
        return None
    asked = read(text)
    if asked is None or _is_of_us(text, situation) or _is_new_search(text, asked, situation):
        return None
    return _on(asked, text, situation, zone)


def opened(memory: Memory, number: int, now: datetime) -> Memory:
    """The memory once the details of one service were told."""
    about = memory.about_list or AboutList()
    return replace(memory, results_at=now, about_list=replace(about, opened=number, asked=""))


def _on(asked: Asked, text: str, situation: Situation, zone: ZoneInfo) -> Turn | None:
    known = _list_of(situation.memory)
    if known is None or (asked.number is not None and asked.number > known.shown):
        return None
    if asked.about is Topic.LANGUAGE:
        # "hablan ingles?" is asked in Spanish, and asks for no other language of ours.
        language = language_of(text, otherwise=situation.language)
        memory = replace(situation.memory, language=language)
        situation = replace(situation, language=language, memory=memory)
    number = asked.number or known.about.opened or (1 if known.shown == 1 else None)
    if isinstance(asked.about, Failed) and (asked.all_of_them or number is not None):
        return _failed(asked, number, known, text, situation, zone)
    if number is None:
        about = replace(known.about, asked=redact(text))
        reply = listing_answers.which(known.shown, situation.language)
        return _said(reply, about, situation)
    reply = listing_answers.about(
        asked,
        known.matches[number - 1],
        language=situation.language,
        now=situation.now,
        zone=zone,
    )
    return _said(reply, replace(known.about, opened=number, asked=""), situation)


def _failed(
    asked: Asked,
    number: int | None,
    known: _List,
    text: str,
    situation: Situation,
    zone: ZoneInfo,
) -> Turn:
    """One of them came to nothing: the next of the list, and word of what may be wrong with it."""
    tried = range(1, known.shown + 1) if asked.all_of_them else [number or 1]
    about = replace(known.about, asked="", tried=tuple({*known.about.tried, *tried}))
    kind = _REPORTED.get(Failed(asked.about))
    deeds: tuple[ReportListing, ...] = ()
    if kind is not None and not asked.all_of_them:
        clinician = situation.clinician
        deeds = (
            ReportListing(
                known.matches[tried[0] - 1]["service_id"],
                kind,
                text,
                clinician.staff_id if clinician else None,
            ),
        )
    suffix, language = "_reported" if deeds else "", situation.language
    following = _next(known, about.tried, after=max(tried))
    if following is None:
        turn = _said(say(f"answer_none_left{suffix}", language), about, situation)
        return replace(turn, deeds=deeds)
    line = results.service_line(
        following,
        known.matches[following - 1],
        1,
        language=language,
        now=situation.now,
        zone=zone,
        place=None,
    )
    details = say("answer_reply_for_details", language, number=following)
    reply = "\n".join([say(f"answer_next{suffix}", language), line, details])
    turn = _said(reply, replace(about, opened=following), situation)
    memory = replace(turn.memory, shown=max(known.shown, following))
    return replace(turn, memory=memory, deeds=deeds)


def _next(known: _List, tried: tuple[int, ...], *, after: int) -> int | None:
    """The one after, else one before it that was not tried yet."""
    count = len(known.matches)
    order = [*range(after + 1, count + 1), *range(1, after)]
    return next((number for number in order if number not in tried), None)


def _is_of_us(text: str, situation: Situation) -> bool:
    """Whether the text speaks of us and not of the list: our texts, or a call that we owe."""
    if about_us.read(text, after_list=True) is not None:
        return True
    return situation.call_awaited and tells_of_no_call(text)


def _is_new_search(text: str, asked: Asked, situation: Situation) -> bool:
    """Whether the text names a need of its own: with a place, or without a "they" or an "it"."""
    # "Gratis", "ingles" and "disconnected" are words of needs, too.
    named, place = set(needs_in(text)) - {"information"}, place_in(text)
    if asked.about in (Topic.LANGUAGE, Failed.WRONG_NUMBER) and place is None:
        return False
    if named and place is not None:
        return True
    if place is not None and not asked.pronoun and asked.about is not Topic.WHO:
        return True
    return not asked.pronoun and not named <= set(situation.memory.needs)


def _list_of(memory: Memory) -> _List | None:
    matches = memory.results["matches"] if memory.results else []
    shown = min(memory.shown, len(matches))
    return _List(matches, shown, memory.about_list or AboutList()) if shown else None


def _said(reply: str, about: AboutList, situation: Situation) -> Turn:
    language: Language = situation.language
    memory = replace(
        situation.memory, results_at=situation.now, about_list=about, misses=0, question=None
    )
    return Turn(AnsweredBy.CHOICE, memory, (to_gsm7(reply, fold_accents=language is Language.ES),))
