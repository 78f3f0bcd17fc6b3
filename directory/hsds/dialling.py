"""Numbers as sources write them, made into numbers as we write them.

Sources have more than the partners file may: letters (1-800-SHELTER), numbers of other countries,
ten digits that the numbering plan does not know (yet).
"""

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberFormat

from directory.listings.numbers import NumberError, dialled, digits_of

# HSDS's words for what a line is for, and ours.
_KINDS = {"text": "sms", "texting": "sms", "textphone": "tty", "tdd": "tty", "phone": "voice"}
_LETTERED = re.compile(r"[\d\s().+-]*\d[\d\s().+-]*[A-Za-z][A-Za-z\d\s().+-]*")
# What is said of a number is not dialled.
_SAID = re.compile(
    r"(?<=[\s\d])(?:ext|extension|x|opt|option|press|fax|tty|tdd|cell|mobile|home|work|office|main|toll|free|"
    r"or|and|call|text|ask|for)(?![A-Za-z])",
    re.IGNORECASE,
)
# Words are spelt by numbers that nobody pays to call.
_TOLL_FREE = ("800", "833", "844", "855", "866", "877", "888")
_WHOLE = 10
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Line:
    """`doubtful`: no US number has these ten digits, as far as is known here."""

    number: str
    kind: str
    doubtful: bool = False


def read_line(number: str, kind: str) -> Line:
    """The line of a source. Raises NumberError, which says how to write it."""
    kind = _KINDS.get(kind.casefold(), kind.casefold())
    text = number.strip("\"' ")
    if text.startswith("+") and not text.startswith("+1"):
        return Line(_foreign(text), kind)
    if _LETTERED.fullmatch(text) and not _is_remark(text):
        text = phonenumbers.convert_alpha_characters_in_number(text)
    try:
        return Line(dialled(text, kind=kind), kind)
    except NumberError:
        digits = digits_of(text)
        if len(digits) != 10 or re.search(r"[^\d\s().+-]", text):
            raise
        return Line(f"{digits[:3]}-{digits[3:6]}-{digits[6:]}", kind, doubtful=True)


def _is_remark(text: str) -> bool:
    """Whether its letters are no part of the number: "1 800 CALL FBI" ends with ten, "630-4357 ext"
    has no area code."""
    if _SAID.search(text) is None:
        return False
    digits = digits_of(phonenumbers.convert_alpha_characters_in_number(text))
    return not digits.removeprefix("1").startswith(_TOLL_FREE) or len(digits_of(text)) >= _WHOLE


def _foreign(text: str) -> str:
    try:
        parsed = phonenumbers.parse(text)
    except phonenumbers.NumberParseException as error:
        raise NumberError("write a number of another country as +44 20 7946 0000") from error
    if not phonenumbers.is_possible_number(parsed):
        raise NumberError("write a number of another country as +44 20 7946 0000")
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)[:_LONGEST]
