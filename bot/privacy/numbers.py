"""Numbers that stand for a person: phones, cards, cases, accounts, licences.

What is counted, paid, dosed or timed stays, and so do ZIP codes and the short numbers that help
is reached by (211, 988, 911).
"""

import re
from collections.abc import Set

from bot.privacy.words import digits_in, digits_said, is_zip, number_words, says_digits

_KINDS = (
    r"case|file|docket|claim|member|medicaid|medicare|recipient|account|acct|policy|id|licen[sc]e|dl|"
    r"inmate|booking|badge|record|mrn|alien|a|ssn|social(?:\s+security)?|passport|rin|routing|confirmation|"
    r"reference|receipt|green\s+card|(?:link|ebt|snap|debit|credit)\s+card|card|visa|amex|mastercard|"
    r"caso|expediente|cuenta|miembro|p[oó]liza|licencia|seguro(?:\s+social)?|pasaporte|folio|recibo|"
    r"matr[ií]cula(?:\s+consular)?|tarjeta(?:\s+link)?|confirmaci[oó]n"
)
# One of these is in every text that announces a number; "a" (an immigrant's) needs "number".
_KIND_WORDS = frozenset(
    """case file docket claim member medicaid medicare recipient account acct policy id license
    licence dl inmate booking badge record mrn alien number numbers no nbr num numero ssn social
    passport rin routing confirmation reference receipt card visa amex mastercard caso expediente
    cuenta miembro poliza licencia seguro pasaporte folio recibo matricula tarjeta
    confirmacion""".split()  # noqa: SIM905  # words, not quotation marks
)
_MARK = r"(?:number|numbers|no\b\.?|num\b\.?|nbr|#|n[uú]mero|:)"
_NUMBERED = re.compile(
    rf"\b(?P<lead>(?:(?P<before>n[uú]mero\s+(?:de\s+)?)?(?P<kind>{_KINDS})\b\.?)"
    rf"(?P<marks>(?:\s*(?:{_MARK}|id\b|card\b|is\b|es\b|de\b))*)\s*)"
    r"(?P<value>(?=[A-Z-]{0,4}[ -]?\d)[A-Z]{0,4}[ -]?\d[\dA-Z]*"
    # "24 CF 1180": the letters that an Illinois court puts into a number may stand alone.
    r"(?:[ -](?:[A-Z]{0,3}-?|(?:CF|CM|CV|DV|TR|DT|JA|JD|LM|OP|SC|EV|MR)[ -])\d[\dA-Z]*){0,5})"
    r"(?!\w)",
    re.IGNORECASE,
)
_FORM = re.compile(r"(?:[A-Z]{1,2}-\d{1,4}[A-Z]?|W-?\d|10\d\d[A-Z]*)", re.IGNORECASE)
_LAST_FOUR = re.compile(
    r"\b(?P<lead>(?:last\s+(?:4|four)|[uú]ltimos\s+(?:4|cuatro))(?:\s+(?:digits?|n[uú]meros|d[ií]gitos))?"
    r"(?:\s+(?:of|on|for|de|del)\s+(?:(?:my|his|her|the|mi|su|el|la)\s+)?[^\W\d]+(?:\s+[^\W\d]+)?)?"
    r"(?:\s+(?:is|are|es|son))?\s*[:#]?\s*)\d{4}\b",
    re.IGNORECASE,
)
_ENDS_IN = re.compile(
    r"\b(?P<lead>(?:ssn|social|card|number|account|link|ebt|seguro|tarjeta|cuenta|numero|número)\s+(?:\w+\s+)?"
    r"(?:ends|ending|termina|terminan|acaba|terminada)\s+(?:in|en|with|con)\s+)\d{4}\b",
    re.IGNORECASE,
)
_PLATE = re.compile(
    r"\b(?P<lead>(?:licen[sc]e\s+plates?|plate\s+(?:number|no\.?|is|#)|plates?|placas?)"
    r"(?:\s+(?:number|no\.?|is|son|es|#|n[uú]mero))*\s*:?\s*)"
    r"(?:[A-Z]{1,3}[ -]?\d{2,4}(?:[ -]\d{2,4}|\d{1,2})?|\d{3,6}[ -]?[A-Z]{1,3}|\d{5,7})\b",
    re.IGNORECASE,
)
_LICENCE = re.compile(r"\b[A-Z]\d{3}[ -]?\d{4}[ -]?\d{4}\b", re.IGNORECASE)
_ALIEN = re.compile(r"\bA[ #-]?\d{2,3}[ -]\d{3}[ -]\d{3}\b", re.IGNORECASE)
_MEDICARE = re.compile(r"\b\d[A-Z][A-Z\d]\d-?[A-Z][A-Z\d]\d-?[A-Z]{2}\d{2}\b", re.IGNORECASE)

# Also the letter O for a zero, as thumbs and scanners write it.
_D = r"[\dOo]"
_GAP = r"[\s.\-–—/*_·\u200b]"
_PHONE = re.compile(
    rf"(?<!\d)\+?(?:1{_GAP}{{0,3}})?(?:\(\s?\d{_D}{{2}}\s?\)|\d{_D}{{2}}){_GAP}{{0,3}}{_D}{{3}}{_GAP}{{0,3}}{_D}{{4}}(?!\d)"
    rf"|(?<![\w.])\+\d{{1,3}}(?:{_GAP}?\d{{1,4}}){{2,5}}(?!\d)"
)
_LOCAL_PHONE = re.compile(r"(?<![\d-])\d{3}[-.–]\d{4}(?![\w-])")
_ANNOUNCED_PHONE = re.compile(
    r"\b(?P<lead>(?:call|phone|cell|text|number|num|tel|home|work|cel|celular|tel[eé]fono|numero|número|marque|"
    r"llame|whatsapp)\s*(?:is|es|:|me|at|al|#)?\s*)\d{3} \d{4}(?![\w-])",
    re.IGNORECASE,
)
_CHAIN = re.compile(r"(?<![\w$.,])\d+(?:[\s.\-–/*_()\ufe0f\u20e3\u200b]{1,3}\d+){2,}(?!\w)")
_GROUPS = re.compile(r"\d+")
_SEVEN = re.compile(r"\d{7}")
_LONG = re.compile(r"[^\W\d]*\d*[^\W\d]*\d{7,}\w*")
_SPLIT_BY_MARKS = re.compile(r"\d[\ufe0f\u20e3]+(?:\s?\d[\ufe0f\u20e3]+){6,}")


def without_announced_numbers(text: str, words: Set[str]) -> str:
    """The text without numbers that say of what they are: "case # 22-CF-1234", "last four 6789"."""
    digits = digits_in(text)
    if digits < 3:
        return text
    text = _PLATE.sub(_keeping_lead, text)
    if digits >= 4:
        text = _LAST_FOUR.sub(_keeping_lead, text)
        text = _ENDS_IN.sub(_keeping_lead, text)
    if digits >= 8:
        for pattern in (_LICENCE, _ALIEN):
            text = pattern.sub("[ID]", text)
    text = _MEDICARE.sub("[ID]", text)
    return _NUMBERED.sub(_numbered, text) if words & _KIND_WORDS else text


def without_numbers(text: str, words: Set[str]) -> str:
    """The text without phone numbers, in digits or in words, and other long numbers."""
    digits = digits_in(text)
    if digits >= 7:
        text = _PHONE.sub(_phone, text)
        text = _LOCAL_PHONE.sub("[PHONE]", text)
        text = _ANNOUNCED_PHONE.sub(lambda found: f"{found['lead'].rstrip()} [PHONE]", text)
        text = _SPLIT_BY_MARKS.sub("[PHONE]", text)
        text = _CHAIN.sub(_chain, text)
    if says_digits(words):
        text = number_words().sub(_said, text)
    return _LONG.sub("[ID]", text) if _SEVEN.search(text) else text


def _keeping_lead(found: re.Match[str]) -> str:
    return f"{found['lead'].rstrip()} [ID]"


def _numbered(found: re.Match[str]) -> str:
    """Short values count only where a number is announced as one ("case # 4521")."""
    value, groups = found["value"], _GROUPS.findall(found["value"])
    marked = found["before"] is not None or re.search(_MARK, found["marks"], re.IGNORECASE)
    length = sum(map(len, groups))
    if found["kind"].casefold() == "a" and not marked:
        return found.group()
    if _FORM.fullmatch(value) or (is_zip(value) and not marked):
        return found.group()
    mixed = any(map(str.isalpha, value))  # "24 CF 1180"
    enough = 3 if marked else 5 if len(groups) == 1 or mixed or "-" in value else 7
    return _keeping_lead(found) if length >= enough else found.group()


def _phone(found: re.Match[str]) -> str:
    """Seven real digits at least, and not two ZIPs ("60540-60563" has ten digits as well)."""
    digits = sum(letter.isdigit() for letter in found.group())
    zips = all(is_zip(group) for group in _GROUPS.findall(found.group()))
    return found.group() if digits < 7 or zips else "[PHONE]"


def _chain(found: re.Match[str]) -> str:
    """Groups of digits in a row: a card, an id or a phone read out; or ages, amounts and ZIPs."""
    groups = _GROUPS.findall(found.group())
    length = sum(map(len, groups))
    if all(is_zip(group) for group in groups):
        return found.group()
    if max(map(len, groups)) == 1:
        return "[PHONE]" if length >= 7 else found.group()
    if max(map(len, groups)) == 2:
        return "[PHONE]" if length >= 10 else found.group()
    return "[ID]" if length >= 9 else found.group()


def _said(found: re.Match[str]) -> str:
    said = found.group()
    trailing = said[len(said.rstrip(" ,.-")) :]
    return f"[PHONE]{trailing}" if digits_said(said) >= 7 else said
