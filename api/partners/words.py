"""The sentences of the pages behind a partner's link: words.yml, in English and Spanish."""

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from directory.languages import Language
from directory.own_files import read_yaml

FILE = Path(__file__).with_name("words.yml")


@cache
def _words() -> dict[str, Any]:
    loaded: dict[str, Any] = read_yaml(FILE)
    return loaded


def say(key: str, language: Language, **values: object) -> str:
    """The sentence `key`, its placeholders filled. KeyError on an unknown key."""
    return str(_words()["sentences"][key][language]).format(**values)


def status_said(status: str, language: Language) -> str:
    """A status as the history names it."""
    return str(_words()["statuses"][status][language])


def reasons(step: str, language: Language) -> dict[str, str]:
    """The reasons that a step lets one choose from, by their codes; none where it asks for none."""
    return {code: label[language] for code, label in _words()["reasons"].get(step, {}).items()}


def moment(at: datetime, language: Language, zone: ZoneInfo) -> str:
    """An instant as people here say it: "Wed Mar 18, 10:05 am", "mié 18 mar, 10:05"."""
    local = at.astimezone(zone)
    if language is Language.ES:
        clock = f"{local:%H:%M}"
    else:
        clock = f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"
    return f"{day(at, language, zone)}, {clock}"


def day(at: datetime, language: Language, zone: ZoneInfo) -> str:
    """The same without the hour."""
    local = at.astimezone(zone)
    weekday = _words()["days"][language][local.weekday()]
    month = _words()["months"][language][local.month - 1]
    if language is Language.ES:
        return f"{weekday} {local.day} {month}"
    return f"{weekday} {month} {local.day}"


def date_said(on: date, language: Language) -> str:
    """A local date with its year: "Oct 7, 2026", "7 oct 2026"."""
    month = _words()["months"][language][on.month - 1]
    if language is Language.ES:
        return f"{on.day} {month} {on.year}"
    return f"{month} {on.day}, {on.year}"
