"""What pages say, in the reader's language: gettext catalogues, read by Babel.

English stands in the templates; Spanish in the `locale/es/*.po` of each part of the site. A
message that a catalogue lacks is shown in English; a test names it.

What a service says of a mistake comes as a whole sentence, values and all. Where it has values, the
catalogue has a pattern for it, marked `msgctxt "said"`; `tools.said` finds those that are missing.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    format_timedelta,
)
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_percent
from babel.support import NullTranslations, Translations
from markupsafe import Markup, escape

from directory.languages import Language

# Named as Babel does; our Spanish is that of the people here.
_LOCALES = {Language.EN: "en_US", Language.ES: "es_US"}
SHARED = Path(__file__).parent / "locale"
# The context of a sentence that comes with its values filled in.
SAID = "said"
_PLACE = re.compile(r"%\((\w+)\)s")


class Words:
    """The sentences of one part of the site in one language."""

    def __init__(self, language: Language, folders: tuple[Path, ...], zone: ZoneInfo) -> None:
        self.language = language
        self._zone = zone
        self._locale = _LOCALES[language]
        self._folders = folders
        self._messages = _messages(language, folders)

    def text(self, message: str, /, **values: object) -> str | Markup:
        """`message` with its `%(name)s` filled; markup in it stays, in the values it does not."""
        if not message:
            return ""  # which a catalogue would answer with its head
        said = self._messages.gettext(message)
        if not values and said == message:
            return self._as_said(message)
        return _filled(said, values)

    def _as_said(self, sentence: str) -> str:
        """A sentence with values in it already, by its pattern; itself where there is none."""
        for pattern, translation in _patterns(self.language, self._folders):
            match = pattern.fullmatch(sentence)
            if match is not None:
                found = match.groupdict().items()
                values = {name: self.text(value.strip()) for name, value in found}
                return (translation % values).strip()
        return sentence

    def counted(self, one: str, many: str, count: int, /, **values: object) -> str | Markup:
        """The right form for `count`, which fills `%(count)s` too."""
        said = self._messages.ngettext(one, many, count)
        return _filled(said, {"count": count, **values})

    def moment(self, at: datetime) -> str:
        """An instant, in the programme's time zone: "Mar 18, 2026, 10:05 AM"."""
        return f"{self.day(at)}, {self.clock(at)}"

    def day(self, on: date | datetime) -> str:
        """A day: "Mar 18, 2026". An instant counts in the programme's time zone."""
        if isinstance(on, datetime):
            on = on.astimezone(self._zone).date()
        return format_date(on, "medium", locale=self._locale)

    def last_day(self, end: datetime) -> str:
        """The last whole day before `end`, where that is the programme's midnight; else "". What
        is closed "until Dec 8, 12:00 AM" is what somebody closed through Dec 7."""
        local = end.astimezone(self._zone)
        return "" if local.time() != time.min else self.day(local.date() - timedelta(days=1))

    def month(self, on: date) -> str:
        """A month: "March 2026"."""
        return format_skeleton("yMMMM", on, locale=self._locale)

    def weekday(self, on: date) -> str:
        """A day of these weeks: "Wednesday, March 18"."""
        return format_skeleton("MMMMEEEEd", on, locale=self._locale)

    def clock(self, at: datetime) -> str:
        """The time of day: "10:05 AM"."""
        return format_time(at, "short", tzinfo=self._zone, locale=self._locale)

    def share(self, part: float) -> str:
        """A part of one as per cent: "23%"."""
        return format_percent(part, locale=self._locale)

    def ago(self, at: datetime, now: datetime) -> str:
        """How far `at` lies from `now`: "3 hours ago", "in 5 minutes"."""
        return format_timedelta(at - now, add_direction=True, locale=self._locale)


def _filled(said: str, values: dict[str, object]) -> str | Markup:
    if not values:
        return said
    return escape(said) % {name: escape(value) for name, value in values.items()}


@cache
def _messages(language: Language, folders: tuple[Path, ...]) -> NullTranslations:
    if language is Language.EN:
        return NullTranslations()
    return load(catalogues(language, folders))


@cache
def _patterns(
    language: Language, folders: tuple[Path, ...]
) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The sentences that come filled in, each with its translation; the longest first."""
    if language is Language.EN:
        return ()
    found: dict[str, str] = {}
    for file in catalogues(language, folders):
        with file.open(encoding="utf-8") as source:
            for message in read_po(source, locale=language.value):
                if message.context == SAID and isinstance(message.id, str):
                    found[message.id] = str(message.string)
    ordered = sorted(found.items(), key=lambda each: len(each[0]), reverse=True)
    return tuple((_pattern(said), translation) for said, translation in ordered)


def _pattern(said: str) -> re.Pattern[str]:
    names = _PLACE.findall(said)
    parts = [re.escape(part) for part in pattern_parts(said)]
    filled = [f"(?P<{name}>.*?){part}" for name, part in zip(names, parts[1:], strict=True)]
    return re.compile(parts[0] + "".join(filled), re.DOTALL)


def pattern_parts(said: str) -> list[str]:
    """What stands around the values of a sentence."""
    return _PLACE.split(said)[::2]


def catalogues(language: Language, folders: Iterable[Path]) -> list[Path]:
    """The files with the sentences of these parts."""
    return [file for folder in folders for file in sorted((folder / language).glob("*.po"))]


def load(files: Iterable[Path]) -> Translations:
    """The catalogues as one, compiled in memory: there is no build step to forget."""
    merged = Catalog(locale=Language.ES.value)
    for file in files:
        with file.open(encoding="utf-8") as source:
            for message in read_po(source, locale=Language.ES.value):
                if message.id:
                    merged.add(message.id, message.string, context=message.context)
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return Translations(compiled)
