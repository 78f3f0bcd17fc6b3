"""Dates that may be somebody's birth: every full date, and shorter ones where birth is spoken of.

"Court on march 4", "due 12/01" and "since 2019" stay.
"""

import re
from collections.abc import Set

from bot.privacy.words import digits_in

_MONTHS = frozenset(
    """enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre
    diciembre january jan february feb march mar april apr may june jun july jul august aug
    september sept sep october oct november nov december dec""".split()  # noqa: SIM905  # words, not quotation marks
)
_MONTH = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_YEAR = r"(?:19|20)\d{2}"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_UNITS = (
    "one|two|three|four|five|six|seven|eight|nine|un|uno|dos|tres|cuatro|cinco|seis|siete|ocho|"
    "nueve"
)
_TENS = (
    "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|"
    "forty|fifty|sixty|seventy|eighty|ninety|diez|once|doce|trece|catorce|quince|veinte|treinta|"
    "cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|oh"
)
_SMALL = rf"(?:{_TENS}|{_UNITS}|veinti\w{{2,7}}|dieci\w{{4,6}})"
_SAID_YEAR = (
    rf"(?:(?:nineteen|twenty|two\s+thousand(?:\s+and)?|mil\s+novecientos|dos\s+mil)"
    rf"(?:[\s-]+(?:y\s+)?{_SMALL}){{0,3}})"
)
_SAID_DAY = (
    r"(?:first|second|third|\w{3,9}th|(?:twenty|thirty)[\s-]+(?:first|second|third|\w{4,7}th)|"
    rf"primero|{_SMALL}(?:\s+y\s+{_SMALL})?)"
)

_FULL = re.compile(
    r"(?<![\d/-])(?P<first>\d{1,2})(?P<dash>[/.-])(?P<second>\d{1,2})(?P=dash)(?:19|20)?\d{2}"
    r"(?![\d/-]|\.\d)"
    rf"|(?<![\d/-]){_YEAR}[/.-]\d{{1,2}}[/.-]\d{{1,2}}(?![\d/-])",
)
_WRITTEN = re.compile(
    rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}\b"
    rf"|\b{_DAY}\s+(?:de\s+|of\s+)?{_MONTH},?\s+(?:del?\s+)?{_YEAR}\b"
    rf"|\b{_MONTH}\s+{_SAID_DAY},?\s+{_SAID_YEAR}\b"
    rf"|\b(?:{_DAY}|{_SAID_DAY})\s+de\s+{_MONTH}\s+del?\s+{_SAID_YEAR}\b",
    re.IGNORECASE,
)
_BORN = re.compile(
    r"\b(?P<lead>(?:dob|d\.o\.b\.?|b-?day|born|birth\s?da(?:y|te)|date\s+of\s+birth|"
    r"nac(?:[ií]|i[oó]|id[oa])|fecha\s+(?:de\s+)?nac(?:imiento|\.)?|cumplea[nñ]os|cumplo|cumple)"
    r"(?:\s+(?:is|was|on|in|the|es|el|en|fue)\b){0,2}\s*[:#]?\s*)"
    rf"(?:\d{{1,2}}[/.-]\d{{1,2}}(?:[/.-]\d{{2,4}})?|{_YEAR}|\d{{6,8}}"
    rf"|{_MONTH}\s+(?:{_DAY}|{_SAID_DAY})(?:,?\s+(?:\d{{4}}\b|{_SAID_YEAR}))?"
    rf"|(?:{_DAY}|{_SAID_DAY})\s+(?:de\s+|of\s+)?{_MONTH}(?:,?\s+(?:del?\s+)?(?:\d{{4}}\b|{_SAID_YEAR}))?)",
    re.IGNORECASE,
)
_AGES = re.compile(
    r"\b(?:ages?|aged|kids|boys|girls|edades|hij[oa]s|ni[nñ][oa]s)\W+$", re.IGNORECASE
)


def without_dates(text: str, words: Set[str]) -> str:
    """The text without full dates, and without days and years of birth that are announced."""
    text = _BORN.sub(lambda found: f"{found['lead'].rstrip()} [DATE]", text)
    if digits_in(text) >= 4:
        text = _FULL.sub(_taken_out, text)
    return text if words.isdisjoint(_MONTHS) else _WRITTEN.sub("[DATE]", text)


def _taken_out(found: re.Match[str]) -> str:
    """The placeholder, but for what cannot be a date ("40-12-99") and lists of ages ("3-5-12")."""
    if found["first"] is not None:
        first, second = int(found["first"]), int(found["second"])
        of_a_year = 0 < min(first, second) <= 12 and 0 < max(first, second) <= 31
        if not of_a_year or _AGES.search(found.string, 0, found.start()):
            return found.group()
    return "[DATE]"
