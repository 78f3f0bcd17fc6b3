"""How services read in a text. Pure: everything comes from a FindResult as JSON.

A list holds at most three numbered services (name, phone, open until or opens, one reason) in
at most 400 characters; details of one service in at most two texts' worth.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.sms.segments import to_gsm7
from bot.wording import say
from directory.hours import HoursKind, state_at
from directory.languages import Language
from directory.needs import taxonomy

PAGE = 3
LONGEST_LIST = 400
LONGEST_DETAILS = 306  # two segments
# Most telling first; one is shown.
REASONS = ("near", "serves_your_town", "speaks_spanish", "free", "hotline")
_RELAXED = {
    "open_now": "relaxed_open_now",
    "place_to_county": "relaxed_place",
    "place_to_state": "relaxed_place",
    "place_not_known": "relaxed_unknown_place",
}
_DAYS = {
    Language.EN: ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    Language.ES: ("lun", "mar", "mie", "jue", "vie", "sab", "dom"),
}
_MONTHS = {
    Language.EN: "January February March April May June July August September October November "
    "December",
    Language.ES: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
}

Json = dict[str, Any]


def name_needs(needs: Sequence[str], language: Language) -> str:
    """The needs as said in a sentence: "food or groceries and rent help"."""
    known = taxonomy()
    said = [known[need].ask[language] for need in needs if need in known]
    return f" {say('and', language)} ".join(said)


def page_of_services(
    result: Json, *, start: int, language: Language, now: datetime, zone: ZoneInfo
) -> tuple[str, int]:
    """One text with the services from position `start` on, and how many it holds (0 to 3)."""
    matches = result["matches"][start : start + PAGE]
    if not matches:
        key = "no_more" if start else "nothing_found"
        return say(key, language, needs=_asked(result, language)), 0
    remaining = len(result["matches"]) - start - len(matches)
    footer = say("footer_more" if remaining > 0 else "footer", language)
    opening = _what_was_relaxed(result, language) if start == 0 else []
    for detail in (2, 1, 0):
        lines = [
            service_line(
                start + position,
                match,
                detail,
                language=language,
                now=now,
                zone=zone,
                place=_place(result),
            )
            for position, match in enumerate(matches, start=1)
        ]
        text = _plain("\n".join([*opening, *lines, footer]), language)
        if len(text) <= LONGEST_LIST:
            return text, len(matches)
    while len(lines) > 1 and len(text) > LONGEST_LIST:
        lines.pop()
        text = _plain("\n".join([*opening, *lines, say("footer_more", language)]), language)
    return text, len(lines)


def unserved(result: Json, language: Language) -> str | None:
    """What to say about needs for which nothing is published; None when there are none."""
    if not result["unserved"]:
        return None
    text = say("nothing_found", language, needs=name_needs(result["unserved"], language))
    related = related_needs(result)
    if related:
        text += " " + say("offer_related", language, needs=name_needs(related, language))
    return _plain(text, language)


def related_needs(result: Json) -> tuple[str, ...]:
    """The nearest needs that are served, for those that are not; without repeats."""
    return tuple(dict.fromkeys((result.get("related") or {}).values()))


def details(match: Json, *, language: Language, now: datetime, zone: ZoneInfo) -> str:
    """Everything a person needs to use one service, the least important left out first."""
    hours = hours_now(match, language=language, now=now, zone=zone)
    parts = [
        f"{match['service_name']} ({match['organization_name']})"
        if match["organization_name"] not in match["service_name"]
        else match["service_name"],
        ", ".join(filter(None, (contact(match, language), hours))),
        *_other_lines(match, language),
        match.get("address") or "",
        _said(match.get("apply"), language),
        _said(match.get("eligibility"), language),
        _said(match.get("description"), language),
        _said(match.get("cost"), language),
        match.get("url") or "" if not match.get("phone") else "",
    ]
    # How old all this is stands at its end, whatever else there is no room for.
    checked = _checked(match, language, today=now.astimezone(zone).date())
    last = [checked] if checked else []
    kept: list[str] = []
    for part in filter(None, parts):
        if len("\n".join([*kept, part, *last])) <= LONGEST_DETAILS:
            kept.append(part)
    return _plain("\n".join([*kept, *last]), language)


def contact(match: Json, language: Language) -> str:
    """How to reach the service, in one phrase: a number as people dial it, else its address."""
    number = match.get("phone")
    if not number:
        return str(match.get("url") or "")
    if match.get("phone_for"):
        number = f"{number} ({match['phone_for'][language]})"
    if match.get("phone_kind") == "sms":
        if match.get("text_word"):
            return say("text_word", language, word=match["text_word"], number=number)
        return say("text_to", language, number=number)
    if match.get("press"):
        return say("press", language, number=number, press=match["press"])
    if match.get("extension"):
        return say("extension", language, number=number, extension=match["extension"])
    return str(number)


def _other_lines(match: Json, language: Language) -> list[str]:
    """Further numbers, where the first is not for everybody."""
    if not match.get("phone_for"):
        return []
    return [
        f"{line['number']} ({line['label'][language]})"
        for line in match["other_phones"]
        if line["kind"] in ("voice", "hotline") and line["label"]
    ]


def service_line(
    number: int,
    match: Json,
    detail: int,
    *,
    language: Language,
    now: datetime,
    zone: ZoneInfo,
    place: str | None,
) -> str:
    reached = contact(match, language)
    extras = [
        _only_for(match, language),
        hours_now(match, language=language, now=now, zone=zone) if detail >= 1 else "",
        _reason(match, language, place) if detail >= 2 else "",
    ]
    said = ", ".join(filter(None, [reached, *extras]))
    return say("result", language, number=number, name=match["service_name"], contact=said)


def _only_for(match: Json, language: Language) -> str:
    """Whom alone it takes in, always said: a closed door would cost them a night."""
    only = match.get("only_for")
    if not only:
        return ""
    if only["who"]:
        return say(f"only_{only['who']}", language)
    youngest, oldest = only["minimum_age"], only["maximum_age"]
    if oldest is None:
        return say("only_from", language, youngest=youngest)
    if youngest is None:
        return say("only_until", language, oldest=oldest)
    return say("only_ages", language, youngest=youngest, oldest=oldest)


def hours_now(match: Json, *, language: Language, now: datetime, zone: ZoneInfo) -> str:
    """As things stand now, not as they stood when the list was made."""
    closed = closed_for_a_time(match, language=language, now=now, zone=zone)
    if closed:
        return closed
    hours = state_at(match["opening_hours"], now, zone)
    if hours.kind is HoursKind.ALWAYS:
        return say("always_open", language)
    if hours.kind is HoursKind.OPEN:
        until = hours.until
        return say("open_until", language, time=when(until, language, now, zone)) if until else ""
    if hours.kind is HoursKind.CLOSED:
        opens = hours.opens_at
        if opens:
            return say("opens_at", language, time=when(opens, language, now, zone))
        return say("closed", language)
    return say("call_first", language)


def closed_for_a_time(match: Json, *, language: Language, now: datetime, zone: ZoneInfo) -> str:
    """ "closed until Nov 30", whatever the hours say; "" once it is over."""
    until = datetime.fromisoformat(match["closed_until"]) if match.get("closed_until") else now
    if until <= now:
        return ""
    local = until.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return say("closed_until", language, day=when(until, language, now, zone))
    month = _MONTHS[language].split()[local.month - 1][:3]
    day = f"{local.day} {month}" if language is Language.ES else f"{month} {local.day}"
    return say("closed_until", language, day=day)


def when(instant: datetime, language: Language, now: datetime, zone: ZoneInfo) -> str:
    """A local time as said in a text: "4pm", within a week "Wed 10am", else "3/18 10am"."""
    at = instant.astimezone(zone)
    today = now.astimezone(zone).date()
    clock = at.strftime("%I:%M%p").lstrip("0").replace(":00", "").lower()
    if at.date() == today:
        return clock
    if 0 < (at.date() - today).days < 7:
        return f"{_DAYS[language][at.weekday()]} {clock}"
    return f"{at.month}/{at.day} {clock}"


def _reason(match: Json, language: Language, place: str | None) -> str:
    distance = match.get("distance_miles")
    for code in REASONS:
        if code not in match["reasons"] or (code == "serves_your_town" and not place):
            continue
        if code == "near" and distance is None:
            continue
        miles = max(round(float(distance or 0)), 1)
        return say(f"reason_{code}", language, place=place, miles=miles)
    return ""


def _what_was_relaxed(result: Json, language: Language) -> list[str]:
    """One line on what was given up; the place is the one as asked for."""
    for relaxed in result["relaxed"]:
        key = _RELAXED.get(relaxed["kind"])
        if key == "relaxed_unknown_place" and result.get("place_name"):
            key = "relaxed_unknown_place_but"
        if key is not None:
            if key == "relaxed_place" and _is_all_from_elsewhere(result):
                key = "relaxed_place_all"
            return [say(key, language, place=_place(result) or relaxed["detail"])]
    return []


def _is_all_from_elsewhere(result: Json) -> bool:
    """Whether nobody in the list is for the place that was asked for."""
    kinds = ("place_to_county", "place_to_state")
    relaxed = {one["need"] for one in result["relaxed"] if one["kind"] in kinds}
    return all(match["need"] in relaxed for match in result["matches"])


def _place(result: Json) -> str | None:
    place = result.get("place_name") or result["query"].get("place")
    return str(place) if place else None


def _asked(result: Json, language: Language) -> str:
    return name_needs(result["query"]["needs"], language)


def _said(texts: Json | None, language: Language) -> str:
    return str((texts or {}).get(language) or "")


def _checked(match: Json, language: Language, *, today: date) -> str:
    """ "Checked in October."; with the year where it was longer ago than a month's name tells."""
    checked = match.get("last_checked")
    if not checked:
        return ""
    day = date.fromisoformat(checked)
    month = _MONTHS[language].split()[day.month - 1]
    months_ago = (today.year - day.year) * 12 + today.month - day.month
    if not 0 <= months_ago < 12:
        month = f"{month} {day.year}"
    return say("details_checked", language, month=month)


def _plain(text: str, language: Language) -> str:
    """GSM-7 where the language allows: an accent too many would double the price of the text."""
    return to_gsm7(text, fold_accents=language is Language.ES)
