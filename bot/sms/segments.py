"""How a text travels as SMS: its encoding, how many segments it takes, and how to keep it cheap.

GSM 03.38: 160 characters in one segment, 153 in each of several; the extension table costs two.
Anything outside of it sends the whole text as UCS-2: 70 and 67 sixteen-bit units.
"""

import unicodedata
from enum import StrEnum

_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_7_EXTENSION = frozenset("\f^{}\\[~]|€")

# Typographic characters and the plain ones that say the same.
_SAME_MEANING = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u00b4`",
    '"': "\u201c\u201d\u201e\u2033\u00ab\u00bb",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022\u00b7",
    " ": "\u00a0\u2002\u2003\u2009\u202f\t",
    "...": "\u2026",
    "": "\u200b\ufeff\u00ad",
}
_PLAIN = str.maketrans(
    {letter: plain for plain, letters in _SAME_MEANING.items() for letter in letters}
)


class Encoding(StrEnum):
    """What the carrier will use for a text."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


def encoding_of(text: str) -> Encoding:
    """GSM-7 when every character is in its basic or extension table, else UCS-2."""
    if all(letter in _GSM_7 or letter in _GSM_7_EXTENSION for letter in text):
        return Encoding.GSM_7
    return Encoding.UCS_2


def segments(text: str) -> int:
    """The number of SMS segments that a text is billed as; 0 for an empty one.

    A two-unit character (an escape and its letter, or a surrogate pair) is never cut in half, so
    it may move to the next segment as a whole.
    """
    if encoding_of(text) is Encoding.GSM_7:
        sizes = [2 if letter in _GSM_7_EXTENSION else 1 for letter in text]
        return _fill(sizes, alone=160, together=153)
    sizes = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
    return _fill(sizes, alone=70, together=67)


def to_gsm7(text: str, *, fold_accents: bool = False) -> str:
    """The text with typographic characters replaced by plain ones of the same meaning.

    fold_accents also writes letters that GSM-7 lacks without their accent ("está" -> "esta");
    é, ñ, ü, ¿ and ¡ are in GSM-7 and stay. What has no plain form (emoji, other scripts) stays.
    """
    plain = text.translate(_PLAIN)
    if not fold_accents:
        return plain
    return "".join(_without_accent(letter) for letter in plain)


def _without_accent(letter: str) -> str:
    if letter in _GSM_7 or letter in _GSM_7_EXTENSION:
        return letter
    base = unicodedata.normalize("NFKD", letter)
    kept = "".join(part for part in base if not unicodedata.combining(part))
    return kept if kept and all(part in _GSM_7 for part in kept) else letter


def _fill(sizes: list[int], *, alone: int, together: int) -> int:
    if sum(sizes) <= alone:
        return 1 if sizes else 0
    count, left = 1, together
    for size in sizes:
        if size > left:
            count, left = count + 1, together
        left -= size
    return count
