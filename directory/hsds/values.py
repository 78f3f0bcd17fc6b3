"""How single values are written in HSDS: nothing is ever null, a URL has a scheme."""

import re
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_NO_URI = re.compile(r"[\s<>\"{}|\\^`]")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(:[0-5]\d)?")


def present(**fields: Any) -> dict[str, Any]:
    """An object of the fields that have something in them: null is invalid in HSDS."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def uri(text: str | None) -> str | None:
    """`text` where it is a URI in ASCII with a scheme, else None: no scheme is guessed at."""
    if not text or not text.isascii() or _NO_URI.search(text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:  # "http://[" and the like
        return None
    if not _SCHEME.fullmatch(parts.scheme):
        return None
    if parts.netloc or (parts.path and parts.scheme not in ("http", "https")):
        return text
    return None


def email(text: str | None) -> str | None:
    """`text` where it is an e-mail address, else None."""
    return text if text and _EMAIL.fullmatch(text) else None


def day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def instant(value: datetime) -> str:
    """RFC 3339 in UTC, as exact as the database keeps it, so that it can be asked after."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def clock(text: str | None) -> str | None:
    """A local time as HH:MM:SS, the format of the data package's type `time`.

    HSDS would like an offset with it; but a week that repeats keeps its local time when the
    offset changes in March and November.
    """
    found = _CLOCK.fullmatch(text or "")
    return None if found is None else f"{found[1]}:{found[2]}{found[3] or ':00'}"


def number(value: float | None) -> float | int | None:
    """A whole number without its ".0"."""
    return int(value) if value is not None and float(value).is_integer() else value


def offset(text: str | None) -> float | int | None:
    """A schedule's `timezone` is a number in HSDS: hours from UTC; a zone's name is left out."""
    try:
        hours = float(text or "")
    except ValueError:
        return None
    return number(hours) if abs(hours) <= 14 else None
