"""Street addresses, in English and Spanish. Cross streets and "75th st" without a house stay."""

import re
from collections.abc import Set

from bot.privacy.words import digits_in, everyday_words, is_zip

# A street word alone is weak evidence: "2 kids in St Charles", "60540 need a dr", "20 min drive".
# So ZIP-like numbers and counted things are no house numbers, and a saint's town is no street.
_SURE = (
    r"street|st|avenue|ave|av|road|rd|lane|ln|circle|cir|boulevard|blvd|terrace|ter|parkway|pkwy|"
    r"highway|hwy|trail|trl|route|rte"
)
# Also words of their own ("a dr", "on the way"): only after a word that is no everyday one.
_WEAK = r"drive|dr|court|ct|place|pl|way|square|sq|loop|run|pass|bend"
_UNIT = (
    r"(?:,?\s*(?:apt|apartment|unit|suite|ste|depto|departamento|apto|lot|room|rm)\b\.?\s*#?\s*"
    r"[\w-]{1,6}|,?\s*#\s?[\w-]{1,6})"
)
_HOUSE = r"(?:\d{1,5}[a-z]?|\d{1,2}[nsew]\d{2,4})"
_NOT_A_STREET = (
    r"(?:a|an|the|in|on|at|to|for|my|me|i|is|are|and|or|of|need|from|each|any|more|kids?|children|bed(?:room)?s?|bdrms?|br|rooms?|hours?|hrs?|"
    r"min(?:ute)?s?|miles?|mi|blocks?|days?|weeks?|months?|years?|yrs?|yo|people|ppl|adults?|times?|dollars?|bucks|am|pm|"
    r"info|please|call|text|no|way|one|two|round|share|per|other|cars?|bus|de|en|la|el|para|por|un|una|mi|hijos|ninos|niños|nights?|"
    r"anos|años|noches|dias|días|meses|horas|personas|cuadras|con|sin|desde|hasta|y|cerca|hace|los|las|del)\b"
)
_DIRECTION = r"(?:(?:n|s|e|w|north|south|east|west|no|so)\b\.?\s+)?"
_STREET_WORD = rf"(?!{_NOT_A_STREET})[\w'-]{{1,20}}\s+"
_SAINTS = r"(?!\s+(?:charles|louis|john|joseph|mary|anne|jude|paul|vincent)\b)"

_ADDRESS = re.compile(
    rf"\b(?P<house>{_HOUSE})\s+{_DIRECTION}(?P<name>(?:{_STREET_WORD}){{1,3}}?)"
    rf"(?:(?:{_SURE})\b{_SAINTS}|(?P<weak>{_WEAK})\b)\.?(?:\s+[nsew]\b\.?)?{_UNIT}?",
    re.IGNORECASE,
)
_SPANISH = re.compile(
    r"\b(?:calle|avenida|av\.|bulevar|privada)\s+(?!\d)"
    rf"(?:{_STREET_WORD}){{1,3}}?(?:#\s?|n[uú]mero\s+|n[uú]m\.?\s*|no\.?\s*)?\d{{1,5}}\b{_UNIT}?"
    rf"|\b\d{{1,5}}\s+(?:de\s+la\s+)?(?:calle|avenida)\s+(?!{_NOT_A_STREET})[^\W\d_]{{3,20}}{_UNIT}?",
    re.IGNORECASE,
)
_BOX = re.compile(
    r"\bp\.?\s?o\.?\s?box\s+#?\s?\d{1,6}\b|\b(?P<lead>apartado\s+(?:postal\s+)?)\d{1,6}\b",
    re.IGNORECASE,
)
# "I live at 1523 Modaff": a house and a street's name without the street word.
_LIVES = re.compile(
    r"\b(?P<lead>(?:live|lives|living|stay|staying|house\s+is|address(?:\s+is)?|pick\s+(?:me|her|him|us)\s+up)\s*:?\s+(?:at|@)\s+|"
    r"(?:my|our|home|her|his|the)\s+address\s*(?:is|:)\s*|direcci[oó]n\s*(?:es|:)\s*(?:el\s+)?|"
    r"viv(?:o|e|imos)\s+en\s+el\s+)"
    rf"(?P<house>\d{{2,5}})\s+{_DIRECTION}(?:de\s+)?(?P<name>[^\W\d_]{{3,20}})\b{_UNIT}?",
    re.IGNORECASE,
)
_UNIT_ALONE = re.compile(
    r"\b(?P<lead>(?:(?:apt|apto|depto|lot)\b\.?|(?:apartment|unit|departamento|apartamento)\b|(?:motel|hotel)\s+room\b"
    r"|(?:room|rm)\s*(?:#|number|no\.?))\s*(?:#|number|no\.?|n[uú]mero)?\s*)"
    r"(?!(?:19|20)\d\d\b)(?:\d{1,4}[a-z]?|[a-z]\d{1,3}|\d{1,3}-?[a-z])\b"
    r"(?!\s*(?:people|ppl|of|kids?|adults?|beds?|bdrms?|br|bedrooms?|months?|weeks?|days?|years?|"
    r"nights?|for|personas|cuartos|rec[aá]maras|meses|ni[nñ]os|hijos|am|pm)\b)",
    re.IGNORECASE,
)


def without_addresses(text: str, words: Set[str]) -> str:
    """The text without houses, units and post boxes; their town and ZIP stay."""
    if not words or not digits_in(text):
        return text
    text = _ADDRESS.sub(_house, text)
    text = _SPANISH.sub("[ADDRESS]", text)
    text = _BOX.sub(lambda found: f"{found['lead'] or ''}[ADDRESS]", text)
    text = _LIVES.sub(_lived_in, text)
    return _UNIT_ALONE.sub(lambda found: f"{found['lead'].rstrip()} [ADDRESS]", text)


def _house(found: re.Match[str]) -> str:
    words = found["name"].casefold().split()
    weak = found["weak"] is not None and words[-1] in everyday_words()
    # "2 eviction court", "4 me and my st bernard": a small count before everyday words alone.
    counted = len(found["house"]) < 3 and all(word in everyday_words() for word in words)
    return found.group() if weak or counted or is_zip(found["house"]) else "[ADDRESS]"


def _lived_in(found: re.Match[str]) -> str:
    if found["name"].casefold() in everyday_words() or is_zip(found["house"]):
        return found.group()
    return f"{found['lead']}[ADDRESS]"
