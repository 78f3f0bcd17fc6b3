"""Phone numbers of people: E.164 inside, never shown whole in a log. Pure."""

import phonenumbers

from directory.errors import Invalid

REGION = "US"


def to_e164(number: str) -> str:
    """The number as +16305550100. Raises Invalid `phone_invalid` for what nobody can be texted at.

    Only shape and length are checked (a fictitious 555 number passes); the carrier knows the rest.
    """
    try:
        parsed = phonenumbers.parse(number, REGION)
    except phonenumbers.NumberParseException as error:
        raise _unusable() from error
    if not phonenumbers.is_possible_number(parsed):
        raise _unusable()
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def shown(number: str) -> str:
    """As people here write it: (630) 555-0100; nothing for a number that was erased."""
    if not number:
        return ""
    parsed = phonenumbers.parse(number, REGION)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def masked(number: str) -> str:
    """The last two digits, for staff who must tell two numbers apart: •••• ••00."""
    return number and f"•••• ••{number[-2:]}"


def _unusable() -> Invalid:
    return Invalid("phone_invalid", "This is not a phone number: write it as +16305550100.")
