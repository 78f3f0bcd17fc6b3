"""A row of a file as a visit, as people write such files. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import TypeVar

from api.interchange.tables import Row, as_written
from directory.errors import Invalid
from directory.languages import Language
from directory.people.models import ConsentMethod
from directory.visits.models import CallType
from directory.visits.service import NewVisit

# Consent is never taken from a column that is not there.
REQUIRED = ("phone", "occurred_at", "call_type", "safe_to_text", "consent_sms", "consent_referral")
COLUMNS = (
    "reference", *REQUIRED, "consent_substance_use", "consent_method", "name", "language",
    "number_shared", "disposition", "follow_up", "clinician",
)  # fmt: skip
LONGEST_REFERENCE = 100
LONGEST_NAME = 120
LONGEST_DISPOSITION = 2000
_YES = frozenset({"yes", "y", "true", "1", "x", "si", "sí"})
_NO = frozenset({"no", "n", "false", "0"})
_LANGUAGES = {
    "en": Language.EN,
    "english": Language.EN,
    "es": Language.ES,
    "spanish": Language.ES,
    "español": Language.ES,
}
# As spreadsheets here make dates of what looks like one: the month first.
_AMERICAN = ("%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M %p", "%m/%d/%y %H:%M", "%m/%d/%y %I:%M %p")
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class VisitRow:
    """`reference`: the agency's own number of the visit. `clinician`: an e-mail address; None:
    whoever sends the file."""

    new: NewVisit
    reference: str | None
    clinician: str | None


def reference_of(row: Row) -> str:
    """By which the report names the row; empty where it has none."""
    return as_written(row.cells.get("reference", ""))[:LONGEST_REFERENCE]


def read(row: Row, zone: tzinfo) -> VisitRow:
    """The visit. Raises Invalid with what is to be put right, never with what stands there.

    An empty consent is a no, and an empty `safe_to_text` was not asked: neither sends anything.
    `zone`: whose clocks a time without an offset is read by.
    """
    sms, referral = (_agreed(row, f"consent_{each}") for each in ("sms", "referral"))
    substance_use = None
    if "consent_substance_use" in row.cells:
        substance_use = _agreed(row, "consent_substance_use")
    method = _choice(row, "consent_method", ConsentMethod)
    if method is None and (sms or referral or substance_use):
        raise Invalid("method_missing", "Say in consent_method how they agreed: verbal or written.")
    call_type = _choice(row, "call_type", CallType)
    if call_type is None:
        raise Invalid("call_type_missing", f"The call_type is one of {', '.join(CallType)}.")
    new = NewVisit(
        phone=as_written(row.cells.get("phone", "")),
        name=_words(row, "name", LONGEST_NAME),
        language=_language(row),
        safe_to_text=_yes_or_no(row, "safe_to_text"),
        call_type=call_type,
        occurred_at=_moment(row, zone),
        consent_sms=sms,
        consent_referral=referral,
        consent_method=method or ConsentMethod.VERBAL,
        disposition=_words(row, "disposition", LONGEST_DISPOSITION),
        follow_up="_".join(row.cells.get("follow_up", "").casefold().split()) or None,
        consent_substance_use=substance_use,
        number_shared=_yes_or_no(row, "number_shared"),
    )
    clinician = as_written(row.cells.get("clinician", "")) or None
    return VisitRow(new, _words(row, "reference", LONGEST_REFERENCE), clinician)


def _agreed(row: Row, column: str) -> bool:
    return _yes_or_no(row, column) is True


def _yes_or_no(row: Row, column: str) -> bool | None:
    said = as_written(row.cells.get(column, "")).casefold()
    if not said:
        return None
    if said not in _YES | _NO:
        raise Invalid("not_yes_or_no", f"Write yes or no in {column}, or leave it empty.")
    return said in _YES


def _choice(row: Row, column: str, choices: type[Choice]) -> Choice | None:
    """ "Mental Health" is mental_health."""
    said = _code(row.cells.get(column, ""))
    if said and said not in set(choices):
        raise Invalid(f"{column}_unknown", f"The {column} is one of {', '.join(choices)}.")
    return choices(said) if said else None


def _language(row: Row) -> Language | None:
    said = row.cells.get("language", "").casefold()
    if said and said not in _LANGUAGES:
        raise Invalid("language_unknown", "The language is en or es, or empty.")
    return _LANGUAGES.get(said)


def _moment(row: Row, zone: tzinfo) -> datetime:
    said = as_written(row.cells.get("occurred_at", ""))
    found = _parsed(said)
    if found is None:
        raise Invalid("occurred_at_unreadable", "Write occurred_at like 2026-03-18 10:00.")
    if found.tzinfo is not None:
        return _in_utc(found)
    local = found.replace(tzinfo=zone)
    moment = _in_utc(local)
    if moment.astimezone(zone).replace(tzinfo=None) != found:
        raise Invalid("occurred_at_never_was", "The clocks went forward over this hour.")
    return moment


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:  # the ends of the calendar
        raise Invalid("occurred_at_implausible", "Look at the date of the visit again.") from error


def _parsed(said: str) -> datetime | None:
    if ":" not in said:
        return None  # a day alone is no time of a visit
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        pass
    for form in _AMERICAN:
        try:
            return datetime.strptime(said, form)  # noqa: DTZ007  # the caller adds the zone
        except ValueError:
            continue
    return None


def _words(row: Row, column: str, longest: int) -> str | None:
    said = as_written(row.cells.get(column, ""))
    if len(said) > longest:
        raise Invalid("too_long", f"Write at most {longest} characters in {column}.")
    return said or None


def _code(cell: str) -> str:
    return "_".join(cell.casefold().replace("-", " ").replace("_", " ").split())
