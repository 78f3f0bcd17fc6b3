"""The Patient of a Bundle: how to reach the person, and what to call them. Pure."""

from dataclasses import dataclass

from api.fhir import codes
from api.fhir.codes import Json
from directory.errors import Invalid
from directory.languages import Language
from directory.people.phone import to_e164

LONGEST_NAME = 120
_FIRST_USES = ("mobile", "home", None, "work", "temp")


@dataclass(frozen=True, slots=True)
class SentPerson:
    """`phone`: E.164. We know people by their number, so there is always one."""

    phone: str
    name: str | None
    language: Language | None


def person_of(patient: Json) -> SentPerson:
    """Raises Invalid `phone_missing`, `phone_invalid`, `too_long`."""
    return SentPerson(_phone(patient), _name(patient), _language(patient))


def _phone(patient: Json) -> str:
    numbers = [
        each
        for each in patient.get("telecom") or []
        if each.get("system") in ("phone", "sms")
        and each.get("value")
        and each.get("use") in _FIRST_USES
    ]
    if not numbers:
        raise Invalid("phone_missing", "The Patient needs a phone number by which to be reached.")
    numbers.sort(key=lambda each: _FIRST_USES.index(each.get("use")))
    return to_e164(numbers[0]["value"].removeprefix("tel:"))


def _name(patient: Json) -> str | None:
    names = [each for each in patient.get("name") or [] if each.get("use") not in ("old", "maiden")]
    for each in names:
        parts = [*(each.get("given") or []), each.get("family")]
        name = " ".join((each.get("text") or " ".join(filter(None, parts))).split())
        if len(name) > LONGEST_NAME:
            raise Invalid("too_long", f"A name has at most {LONGEST_NAME} characters here.")
        if name:
            return name
    return None


def _language(patient: Json) -> Language | None:
    """The preferred one of those in which we can answer."""
    spoken = sorted(
        patient.get("communication") or [], key=lambda each: each.get("preferred") is not True
    )
    for each in spoken:
        for code in codes.codes_in([each["language"]], codes.LANGUAGE):
            short = code.lower().partition("-")[0]
            if short in set(Language):
                return Language(short)
    return None
