"""The values that a listing may be changed to, each checked alone: texts, addresses, numbers.

Every check raises a `mistake` with the problem and the remedy, which an integrator reads at the
other end of an HTTP request. Texts are kept as they are sent (`<` and `&` too: whoever shows them
escapes them), except for what nobody can see: control characters are refused.
"""

import re
import unicodedata
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool

from directory.hours import HoursError, check_opening_hours
from directory.listings.mistakes import nearest
from directory.listings.partner_schema import mistake
from directory.needs import taxonomy
from directory.places import COUNTRY, STATE, county_names, place_named, town_names

LONGEST_NAME = 255
LONGEST_TEXT = 5000
LONGEST_ADDRESS = 2000
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_HOST = re.compile(r"([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}(:\d{1,5})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK = re.compile(
    r"([01]?\d|2[0-4]):([0-5]\d)(:[0-5]\d)?(?P<offset>Z|[+-]\d{2}:?\d{2})?", re.ASCII
)
# Chicago's, in winter and in summer. A week that repeats keeps its local time through both.
_LOCAL_OFFSETS = ("-06:00", "-05:00", "-0600", "-0500")
# Marks that turn the direction of writing: with them a text reads otherwise than it is stored.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_AREAS = {
    STATE.casefold(): STATE,
    COUNTRY.casefold(): COUNTRY,
    "il": STATE,
    "state of illinois": STATE,
    "us": COUNTRY,
    "usa": COUNTRY,
    "united states of america": COUNTRY,
    "national": COUNTRY,
    "nationwide": COUNTRY,
}


def _visible(value: str, *, lines: bool) -> str:
    allowed = "\n\t\r" if lines else "\t\n\r "
    for letter in value:
        unseen = unicodedata.category(letter) in ("Cc", "Cs") and letter not in allowed
        if unseen or letter in _TURNING:
            raise mistake("holds control characters", "remove them; plain text is all it takes")
    if not lines:
        return " ".join(value.split())
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()


def _said(value: str) -> str:
    if not any(letter.isalnum() for letter in value):
        raise mistake("is empty", "write at least a word")
    return value


def _or_nothing(value: str | None) -> str | None:
    """An empty text is none."""
    return value or None


def _at_most(longest: int) -> AfterValidator:
    def check(value: str) -> str:
        if len(value) > longest:
            raise mistake(f"has {len(value)} characters", f"use at most {longest}")
        return value

    return AfterValidator(check)


def _one_line(value: str) -> str:
    return _visible(value, lines=False)


def _lines(value: str) -> str:
    return _visible(value, lines=True)


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if not parts.scheme and _HOST.fullmatch(value.partition("/")[0]):
        raise mistake("has no https:// before it", f"write https://{value}")
    if parts.scheme not in ("http", "https"):
        raise mistake("is not a web address", "write it as https://www.example.org/page")
    host = parts.netloc.rpartition("@")[2]
    if parts.username or not _HOST.fullmatch(host) or re.search(r'[\s<>"{}|\\^`]', value):
        raise mistake("is not a web address", "copy it from the browser: https://www.example.org")
    if not value.isascii():
        raise mistake("holds letters that no address has", "copy it from the browser's bar")
    return value


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value) or len(value) > 254:
        raise mistake("is not an e-mail address", "write it as help@example.org")
    return value


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise mistake("is not a date", "write it as 2026-01-31")


def _clock(value: str) -> str:
    """HH:MM, local. HSDS asks for an offset behind it: Chicago's own are taken off again."""
    found = _CLOCK.fullmatch(value.strip())
    hour, minute = (int(found[1]), int(found[2])) if found else (25, 0)
    if found is None or (hour, minute) > (24, 0):
        raise mistake("is not a time of day", "write it as 09:00, from 00:00 to 23:59")
    if found["offset"] and found["offset"] not in _LOCAL_OFFSETS:
        raise mistake("is not local time", "write the time on the door, without an offset: 09:00")
    # What stands for the end of a day everywhere in the directory.
    return "23:59" if hour == 24 else f"{hour:02}:{minute:02}"


def _need(value: str) -> str:
    if value in taxonomy():
        return value
    close = nearest(value, taxonomy())
    remedy = f"did you mean {close}?" if close else f"write one of {', '.join(taxonomy())}"
    raise mistake("is not a need that we know", remedy)


def _area(value: str) -> str:
    """As search spells it. Whether it knows the place is `edit_rules`' to say."""
    return _AREAS.get(value.casefold(), value)


def area_problem(name: str) -> tuple[str, str] | None:
    """Why search cannot use a service area of this name, and what to write; None when it can."""
    if name in (STATE, COUNTRY) or place_named(name):
        return None
    known = [*(f"{each} county" for each in county_names()), *town_names()]
    close = nearest(name.casefold(), [*known, STATE.casefold(), COUNTRY.casefold()])
    hint = f"did you mean {close.title()}? " if close else ""
    remedy = f'{hint}write an Illinois town or ZIP, "Will County", {STATE} or {COUNTRY}'
    return "is not a place that we know", remedy


def _hours(value: str) -> str:
    try:
        check_opening_hours(value)
    except HoursError as error:
        remedy = "write it as Mo-Fr 09:00-17:00 or 24/7, or send HSDS schedules instead"
        raise mistake(f"is not opening hours ({error})", remedy) from error
    return value


def _matching(pattern: str, problem: str, remedy: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value, re.ASCII):
            raise mistake(problem, remedy)
        return value

    return AfterValidator(check)


def _number(value: Any) -> Any:
    """True is no 1, and "18" is text. 18.0 is 18: HSDS says number."""
    if isinstance(value, bool | str):
        raise mistake("is not a number", "write digits, without quotes")
    return value


def _extension(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"\d{1,8}", value.strip(), re.ASCII):
        return int(value)
    return value if isinstance(value, float) and not value.is_integer() else _number(value)


def _one_of(**names: str) -> BeforeValidator:
    """One of the choices, whatever its case; `names`: other words for them."""
    choices = dict.fromkeys(names.values())

    def check(value: Any) -> Any:
        word = value.strip().casefold() if isinstance(value, str) else value
        if not isinstance(word, str) or word not in names:
            raise mistake("is not one of the choices", f"write {_either(list(choices))}")
        return names[word]

    return BeforeValidator(check)


def _either(choices: list[str]) -> str:
    return f"{', '.join(choices[:-1])} or {choices[-1]}"


def _same(*words: str) -> dict[str, str]:
    return {word.casefold(): word for word in words}


Line = Annotated[str, AfterValidator(_one_line), _at_most(LONGEST_NAME)]
Name = Annotated[Line, AfterValidator(_said)]
OptionalLine = Annotated[Line, AfterValidator(_or_nothing)]
Text = Annotated[str, AfterValidator(_lines), _at_most(LONGEST_TEXT), AfterValidator(_or_nothing)]
WebAddress = Annotated[
    str, AfterValidator(_one_line), _at_most(LONGEST_ADDRESS), AfterValidator(_web_address)
]
Email = Annotated[str, AfterValidator(_one_line), AfterValidator(_email)]
Day = Annotated[date, BeforeValidator(_day)]
ClockTime = Annotated[str, AfterValidator(_clock)]
Need = Annotated[str, AfterValidator(_one_line), AfterValidator(_need)]
AreaName = Annotated[Name, AfterValidator(_area)]
OpeningHoursText = Annotated[Line, AfterValidator(_hours)]
Whole = Annotated[int, BeforeValidator(_number)]
Age = Annotated[Whole, Field(ge=0, le=120)]
Amount = Annotated[
    float, BeforeValidator(_number), Field(ge=0, le=1_000_000_000, allow_inf_nan=False)
]
Extension = Annotated[int, BeforeValidator(_extension), Field(ge=0, le=99_999_999)]
Truth = StrictBool
Press = Annotated[str, _matching(r"[\d*#]{1,4}", "is not a key to press", "write its digit")]
TextWord = Annotated[
    str, _matching(r"[A-Za-z0-9 ]{2,20}", "is not a word to text", "write what to send, no quotes")
]
PostalCode = Annotated[
    str, _matching(r"\d{5}(-\d{4})?", "is not a ZIP code", "write five digits, such as 60540")
]
StateCode = Annotated[
    str, _matching(r"[A-Z]{2}", "is not a state", "write its two letters, such as IL")
]
CountryCode = Annotated[
    str, _matching(r"[A-Z]{2}", "is not a country", "write its two letters, such as US")
]
CurrencyCode = Annotated[
    str, _matching(r"[A-Z]{3}", "is not a currency", "write its three letters, such as USD")
]
LanguageCode = Annotated[
    str,
    _matching(
        r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*",
        "is not a language code",
        "write its two letters (ISO 639), such as es",
    ),
]
Status = Annotated[str, _one_of(**_same("active", "inactive", "defunct", "temporarily closed"))]
PhoneType = Annotated[
    str,
    _one_of(
        **_same("voice", "hotline", "sms", "tty", "fax"),
        # HSDS recommends these words too.
        text="sms", textphone="tty", cell="voice", mobile="voice",
    ),
]  # fmt: skip
PlaceType = Annotated[str, _one_of(**_same("physical", "postal", "virtual"))]
Frequency = Annotated[str, _one_of(weekly="WEEKLY", monthly="MONTHLY")]
Weekday = Annotated[str, _one_of(mo="MO", tu="TU", we="WE", th="TH", fr="FR", sa="SA", su="SU")]
