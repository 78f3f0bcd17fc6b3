"""Numbers of services as people dial them: 630-555-0100, 988, 211, 741741."""

import re

import phonenumbers
from phonenumbers import PhoneNumberFormat, shortnumberinfo

REGION = "US"
# Fictitious numbers (NXX-555-0100 to 0199) are for tests and examples; the library calls some
# of them invalid.
_FICTITIOUS = re.compile(r"[2-9]\d{2}55501\d{2}")
_TEXT_CODE = re.compile(r"\d{5,6}")
_ALLOWED = re.compile(r"[\d\s().+-]+")


class NumberError(ValueError):
    """Not a number that can be dialled from here. The text says how to write one."""


def dialled(number: str, *, kind: str) -> str:
    """The number in the one way we write it.

    `kind` is the phone's type: a code of five or six digits can only be texted. Raises
    NumberError.
    """
    text = number.strip()
    digits = re.sub(r"\D", "", text)
    if not digits or not _ALLOWED.fullmatch(text):
        raise NumberError("write it as 630-555-0100, with nothing else beside it")
    if len(digits) <= 3:
        return _short(digits)
    if _TEXT_CODE.fullmatch(text):
        if kind != "sms":
            raise NumberError("a number of five or six digits can only be texted; give type: sms")
        return digits
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    if len(digits) != 10:
        raise NumberError("write it as 630-555-0100")
    return _ten_digits(digits)


def digits_of(number: str) -> str:
    """Digits without punctuation and country code."""
    digits = re.sub(r"\D", "", number)
    return digits[1:] if len(digits) == 11 and digits[0] == "1" else digits


def _short(digits: str) -> str:
    parsed = phonenumbers.PhoneNumber(country_code=1, national_number=int(digits))
    if not shortnumberinfo.is_valid_short_number_for_region(parsed, REGION) and digits != "988":
        raise NumberError("no such short number; write 988, 211 or a number as 630-555-0100")
    return digits


def _ten_digits(digits: str) -> str:
    parsed = phonenumbers.parse(digits, REGION)
    if not (phonenumbers.is_valid_number(parsed) or _FICTITIOUS.fullmatch(digits)):
        raise NumberError("there is no such US number; check its digits")
    if phonenumbers.region_code_for_number(parsed) not in (REGION, None, "001"):
        raise NumberError("it is not a US number; write one as 630-555-0100")
    return phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL).translate(
        {ord("("): None, ord(")"): None, ord(" "): "-"}
    )
