"""Opening hours as people say them: "Mo-Fr 09:00-17:00" is "Mon-Fri 9am-5pm". Pure.

Only days, times and a few words are put differently; what else stands in the expression is kept, so
nothing is said that it does not say.
"""

import re

from directory.languages import Language

_DAYS = {
    Language.EN: ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    Language.ES: ("lun", "mar", "mie", "jue", "vie", "sab", "dom"),
}
_WORDS = {
    Language.EN: {"off": "closed", "closed": "closed", "PH": "holidays", "SH": "school holidays"},
    Language.ES: {"off": "cerrado", "closed": "cerrado", "PH": "feriados", "SH": "vacaciones"},
}
_ALWAYS = {Language.EN: "24 hours, every day", Language.ES: "24 horas, todos los dias"}
_CODES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_TOKEN = re.compile(r'"[^"]*"|\b(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH|off|closed)\b|\b\d{1,2}:\d{2}\b')


def hours_said(expression: str | None, language: Language) -> str:
    """The hours in words, empty where none are known. GSM-7, as long as the expression is."""
    if not expression or not expression.strip():
        return ""
    if expression.strip() == "24/7":
        return _ALWAYS[language]
    return _TOKEN.sub(lambda found: _said(found.group(), language), expression.strip())


def _said(token: str, language: Language) -> str:
    if token in _CODES:
        return _DAYS[language][_CODES.index(token)]
    if token in _WORDS[language]:
        return _WORDS[language][token]
    return _clock(token) if ":" in token and token[0] != '"' else token.strip('"')


def _clock(token: str) -> str:
    """ "09:00" is "9am", "17:30" is "5:30pm", "24:00" and "00:00" are midnight: "12am"."""
    hour, minute = (int(part) for part in token.split(":"))
    half = "am" if hour % 24 < 12 else "pm"
    minutes = f":{minute:02}" if minute else ""
    return f"{hour % 12 or 12}{minutes}{half}"
