"""What may stand in a field of an HSDS object: each kind checked alone, each mistake in words."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from directory.hsds import values

_CLOCK = re.compile(
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2}(?:\.\d+)?)?"
    r"(?:\s?(?P<half>[aApP])\.?[mM]\.?)?(?P<offset>[zZ]|[+-]\d{2}(?::?\d{2})?)?"
)
# From the Virgin Islands to Hawaii.
_HERE = tuple(f"-{hours:02d}" for hours in range(4, 11))
MISTAKE = "mistake"
MOST_ROWS = 1000  # of one kind, on one object
LARGEST_NUMBER = 2_147_483_647  # what an integer column holds


def mistake(problem: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError(
        MISTAKE, "{problem}: {remedy}", {"problem": problem, "remedy": remedy}
    )


def _uri(text: str) -> str:
    if values.uri(text) is None:
        raise mistake("is no web address", "write it with its beginning, as https://example.org")
    return text


def _email(text: str) -> str:
    if values.email(text) is None:
        raise mistake("is no e-mail address", "write one address, as intake@example.org")
    return text


def _name(text: str) -> str:
    if "<" in text and ">" in text:
        raise mistake("holds markup", "write it as plain text, without <tags>")
    return text


def _as_text(value: Any) -> Any:
    """Dates are text in HSDS; a bare number would be taken for seconds since 1970."""
    if not isinstance(value, str | date):
        raise mistake("is not a date", "write it as 2026-01-31")
    return value


def _clock(text: str) -> str:
    """HH:MM, the local time of the place. Seconds are left out, and an offset from UTC that some
    place in the United States has: the clock on its door shows what stands before it.
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise mistake("is not a time", "write it as 09:00")
    hour, minute, half, offset = (
        int(found["hour"]), int(found["minute"]), found["half"], found["offset"],
    )  # fmt: skip
    if offset and not offset.startswith(_HERE):
        raise mistake("is a time in another zone", "write the local time, as 09:00 or 09:00-06:00")
    if (hour, minute) == (24, 0) and not half:
        return "23:59"
    if minute > 59 or not (1 <= hour <= 12 if half else hour <= 23):
        raise mistake("is not a time", "write it as 09:00")
    if half:
        hour = hour % 12 + (12 if half in "pP" else 0)
    return f"{hour:02d}:{minute:02d}"


def _country(text: str) -> str:
    known = {"usa": "US", "united states": "US", "united states of america": "US", "u.s.": "US"}
    code = known.get(text.casefold(), text.upper())
    if len(code) != 2 or not code.isalpha():
        raise mistake("is no country code", "write its two letters, as US")
    return code


def _choice(value: Any) -> Any:
    return value.strip().casefold() if isinstance(value, str) else value


def _upper(value: Any) -> Any:
    return value.strip().upper() if isinstance(value, str) else value


Id = Annotated[str, Field(min_length=1, max_length=200)]
Name = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_name)]
Text = Annotated[str, Field(max_length=20_000)]
Short = Annotated[str, Field(max_length=500)]
Uri = Annotated[str, Field(max_length=2000), AfterValidator(_uri)]
Email = Annotated[str, Field(max_length=320), AfterValidator(_email)]
Day = Annotated[date, BeforeValidator(_as_text)]
Clock = Annotated[str, Field(max_length=20), AfterValidator(_clock)]
Whole = Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]
Age = Annotated[int, Field(ge=0, le=150)]
Amount = Annotated[float, Field(ge=-9_999_999_999, le=9_999_999_999, allow_inf_nan=False)]
PlaceType = Annotated[Literal["physical", "postal", "virtual"], BeforeValidator(_choice)]
Status = Annotated[
    Literal["active", "inactive", "defunct", "temporarily closed"], BeforeValidator(_choice)
]
Weekday = Annotated[Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"], BeforeValidator(_upper)]
Frequency = Annotated[Literal["WEEKLY", "MONTHLY"], BeforeValidator(_upper)]
Country = Annotated[str, AfterValidator(_country)]


def many() -> Any:
    """A list that may be empty, and not longer than any honest one."""
    return Field(default_factory=list, max_length=MOST_ROWS)
