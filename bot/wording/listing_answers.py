"""What is said of one service when somebody asks about it. Pure: all facts are its listing's.

At most two segments. What the listing does not say is never guessed: "We don't know that", and whom
to ask.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.listing_questions import Asked, Topic, asked_for, days_named, languages_named
from bot.plain_text import plain
from bot.sms.segments import to_gsm7
from bot.wording import results, say, sentences
from bot.wording.opening_hours import hours_said
from directory.hours import HoursKind
from directory.languages import Language
from directory.week_hours import DayHours, days_from

Json = dict[str, Any]
LONGEST = results.LONGEST_DETAILS
_DAYS = {
    Language.EN: ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    Language.ES: ("lun", "mar", "mie", "jue", "vie", "sab", "dom"),
}
_SENTENCE_ENDS = re.compile(r"(?<=[.;!?]) +")
_PAPERS = re.compile(
    r"\b(bring|id|proof|papers?|documents?|referral|certificate|discharge|lease|bills?"
    r"|traiga|lleve|identificacion|comprobante\w*|papeles|documentos?|recibos?|licencia|form"
    r"|formulario)\b"
)


def about(asked: Asked, match: Json, *, language: Language, now: datetime, zone: ZoneInfo) -> str:
    """The answer to one question about one service."""
    contact = results.contact(match, language)
    match asked.about:
        case Topic.LANGUAGE:
            parts = _languages(asked, match, language, contact)
        case Topic.HOURS:
            parts = _hours(asked, match, language, now, zone)
        case Topic.COST:
            parts = _cost(match, language)
        case Topic.ADDRESS:
            parts = _address(match, language, contact)
        case Topic.PHONE:
            parts = _phone(match, language, contact)
        case Topic.WEBSITE:
            parts = [str(match.get("url") or "")]
        case Topic.APPLY:
            parts = [_text(match, "apply", language)]
        case Topic.DOCUMENTS:
            parts = [_said_of(match, ("apply", "eligibility"), language, _PAPERS)]
        case Topic.WHO:
            parts = _who(match, language, contact)
        case _:
            parts = _others(asked, match, language)
    fact = _fitting([part for part in parts if part], match["service_name"])
    if fact:
        return _cheap(say("answer_says", language, name=match["service_name"], fact=fact), language)
    return _cheap(_unknown(asked.about, match, language, contact), language)


def which(count: int, language: Language) -> str:
    """The question which of the services on the list is meant."""
    if count > 3:
        numbers = f"1 {say('answer_to', language)} {count}"
    else:
        first = ", ".join(str(number) for number in range(1, count))
        numbers = f"{first} {say('answer_or', language)} {count}"
    return say("answer_which", language, numbers=numbers)


def _unknown(topic: object, match: Json, language: Language, contact: str) -> str:
    name = match["service_name"]
    if not contact:
        return say("answer_ask_211", language, name=name)
    keys = {
        Topic.HOURS: "answer_hours_unknown",
        Topic.ADDRESS: "answer_no_address",
        Topic.PHONE: "answer_no_number",
    }
    key = next((key for known, key in keys.items() if known == topic), "answer_ask_them")
    return say(key, language, name=name, contact=contact)


def _languages(asked: Asked, match: Json, language: Language, contact: str) -> list[str]:
    """A line of its own for a language comes first; then what the listing says is spoken."""
    wanted, spoken = languages_named(asked.sentence), tuple(match.get("languages") or ())
    if "es" in wanted and (line := _spanish_line(match, language)):
        return [line]
    if wanted and set(wanted) <= set(spoken):
        return [say("answer_speaks", language, languages=_named(wanted, language)), contact]
    named = _named(spoken, language)
    if not named or not contact:
        return []
    return [say("answer_speaks_these", language, languages=named, contact=contact)]


def _spanish_line(match: Json, language: Language) -> str:
    for line in match.get("other_phones") or ():
        label = line.get("label") or {}
        if "spanish" in str(label.get("en", "")).casefold() and line["kind"] != "tty":
            return str(label.get(language) or label["en"])
    return ""


def _named(codes: Sequence[str], language: Language) -> str:
    known = [f"language_{code}" for code in codes if f"language_{code}" in sentences()]
    return ", ".join(say(key, language) for key in known)


def _hours(
    asked: Asked, match: Json, language: Language, now: datetime, zone: ZoneInfo
) -> list[str]:
    """The day that was asked for, else how it is now; then the whole week. A closure first."""
    closed = results.closed_for_a_time(match, language=language, now=now, zone=zone)
    if closed:
        return [f"{closed}."]
    expression = match.get("opening_hours")
    week = hours_said(expression, language)
    if not week:
        return []
    today = now.astimezone(zone).date()
    wanted = [
        say("answer_day", language, day=_day_named(day, language), hours=hours)
        for day in days_named(asked.sentence, today)
        if (hours := _on(expression, day, language, zone))
    ]
    if not wanted:
        at_once = results.hours_now(match, language=language, now=now, zone=zone)
        wanted = [say("answer_now", language, hours=at_once)] if at_once else []
    notice = str((match.get("notice") or {}).get(language) or "")
    return [*wanted, notice, say("answer_week", language, hours=week)]


def _on(expression: str | None, day: date, language: Language, zone: ZoneInfo) -> str:
    found = next(iter(days_from(expression, day, zone, count=1)), None)
    if found is None or found.kind is HoursKind.UNKNOWN:
        return say("call_first", language)
    if found.kind is HoursKind.CLOSED:
        return say("answer_closed", language)
    return say("always_open", language) if found.kind is HoursKind.ALWAYS else _spans(found)


def _spans(day: DayHours) -> str:
    return ", ".join(f"{_clock(begins)}-{_clock(ends)}" for begins, ends in day.spans)


def _clock(at: datetime) -> str:
    return at.strftime("%I:%M%p").lstrip("0").replace(":00", "").lower()


def _day_named(day: date, language: Language) -> str:
    return f"{_DAYS[language][day.weekday()]} {day.month}/{day.day}"


def _cost(match: Json, language: Language) -> list[str]:
    said = _text(match, "cost", language)
    return [said or (say("reason_free", language) if "free" in match["reasons"] else "")]


def _address(match: Json, language: Language, contact: str) -> list[str]:
    """None where the place is secret: no address of it is in any list."""
    if not match.get("address"):
        return []
    away = match.get("distance_miles")
    near = f"({say('reason_near', language, miles=max(round(away), 1))})" if away else ""
    return [str(match["address"]), near, contact]


def _phone(match: Json, language: Language, contact: str) -> list[str]:
    if not match.get("phone"):
        return []
    others = [
        f"{line['number']} ({line['label'][language]})"
        for line in match.get("other_phones") or ()
        if line["kind"] in ("voice", "hotline") and line.get("label")
    ]
    return [contact, *others]


def _who(match: Json, language: Language, contact: str) -> list[str]:
    said = _text(match, "eligibility", language)
    if not said:
        return []
    return [said, say("answer_call_to_be_sure", language, contact=contact) if contact else ""]


def _others(asked: Asked, match: Json, language: Language) -> list[str]:
    wanted = asked_for(asked.sentence)
    if not wanted:
        return []
    words = re.compile(rf"\b({'|'.join(map(re.escape, wanted))})")
    return [_said_of(match, ("eligibility", "apply", "cost", "description"), language, words)]


def _said_of(match: Json, fields: Sequence[str], language: Language, words: re.Pattern[str]) -> str:
    """The listing's sentences that hold one of the words."""
    said = [
        sentence
        for field in fields
        for sentence in _SENTENCE_ENDS.split(_text(match, field, language))
        if words.search(plain(sentence))
    ]
    return " ".join(dict.fromkeys(said))


def _text(match: Json, field: str, language: Language) -> str:
    texts = match.get(field) or {}
    return str(texts.get(language) or texts.get(Language.EN) or "").strip()


def _fitting(parts: Sequence[str], name: str) -> str:
    """As many of the parts, in order, as two segments hold beside the name."""
    kept: list[str] = []
    for part in parts:
        if len(" ".join([f"{name}: ", *kept, part])) > LONGEST:
            break
        kept.append(part if part[-1] in ".!?)" or part is parts[-1] else f"{part}.")
    return " ".join(kept)


def _cheap(text: str, language: Language) -> str:
    return to_gsm7(text, fold_accents=language is Language.ES)
