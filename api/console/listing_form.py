"""The form for changing a listing: from a listing to its fields, and from what was sent to a patch.

Only fields that a person has touched are sent on, so that what the form cannot show (coordinates,
hours as schedules, a number's languages) stays as it is. Pure.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from directory.listings import edit_schema as schema
from directory.listings.edit_view import entries_of
from directory.listings.models import Service

Form = dict[str, Any]
LINES = (
    "name", "alternate_name", "url", "email", "opening_hours", "wait_time", "minimum_age",
    "maximum_age",
)  # fmt: skip
TEXTS = (
    "description", "description_es", "eligibility_description", "eligibility_description_es",
    "fees_description", "fees_description_es", "application_process", "application_process_es",
    "interpretation_services", "alert",
)  # fmt: skip
NUMBERS = ("minimum_age", "maximum_age")
FLAGS = ("accepts_referrals", "confidential")
# Lists of which each line is one entry, and the field of an entry that the line says.
BY_LINE = {"service_areas": "name", "languages": "name", "required_documents": "document"}
PHONE = ("type", "number", "extension", "press", "text_word", "description", "description_es")
PLACE = ("name", "address_1", "address_2", "city", "state_province", "postal_code")
PHONES, PLACES = "phones", "service_at_locations"
SPARE_ROWS = 2
MOST_ROWS = 60
# Where a form has what a listing does not.
_ROW_NAMES = {PHONES: PHONE, PLACES: PLACE}


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with the field `id` of the form."""

    id: str
    field: str
    why: str
    remedy: str


@dataclass(slots=True)
class Patch:
    """`body`: as the partner API takes it. `rows`: of each list the rows that its entries are."""

    body: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[int]] = field(default_factory=dict)


def form_of(service: Service) -> Form:
    """The listing as the form shows it."""
    form: Form = {name: _text(getattr(service, name)) for name in (*LINES, *TEXTS)}
    form |= {name: bool(getattr(service, name)) for name in FLAGS}
    form |= {"status": service.status, "needs": list(service.needs)}
    for name, key in BY_LINE.items():
        form[name] = "\n".join(_line(each, key) for each in _plain(service, name))
    form[PHONES] = [{"id": each["id"]} | _row(each, PHONE) for each in _plain(service, PHONES)]
    form[PLACES] = [
        {"id": each["id"]} | _row(each["location"] | _address(each), PLACE)
        for each in _plain(service, PLACES)
    ]
    return form


def shows_places(service: Service) -> bool:
    """Whether the form can show where the service is: plain places with one address each."""
    return not service.confidential and all(
        each["location"].get("location_type") == "physical"
        and len(each["location"].get("addresses", [])) == 1
        for each in _plain(service, PLACES)
    )


def sent_form(given: Mapping[str, list[str]]) -> Form:
    """What a browser has sent, as a form."""
    form: Form = {name: _first(given, name) for name in (*LINES, *TEXTS, *BY_LINE, "status")}
    form |= {name: bool(_first(given, name)) for name in FLAGS}
    form["needs"] = given.get("needs", [])
    for name, columns in _ROW_NAMES.items():
        form[name] = [
            {each: _first(given, f"{name}-{row}-{each}") for each in ("id", *columns)}
            for row in range(MOST_ROWS)
            if f"{name}-{row}-{columns[1]}" in given
        ]
    return form


def as_text(form: Form) -> str:
    """For a hidden field: what the form said when it was drawn."""
    return json.dumps(form, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str, otherwise: Form) -> Form:
    """What `as_text` wrote; of anything else nothing is believed."""
    try:
        was = json.loads(text)
    except (ValueError, RecursionError):
        return otherwise
    if not isinstance(was, dict):
        return otherwise
    return {name: was.get(name, value) for name, value in otherwise.items()}


def touched(form: Form, was: Form) -> list[str]:
    """The fields that a person has changed in the form."""
    return [name for name in form if _said(name, form[name]) != _said(name, was.get(name))]


def merged(form: Form, was: Form, current: Form) -> Form:
    """What was typed over what the listing says now: nothing is lost on either side."""
    mine = set(touched(form, was))
    return {name: form[name] if name in mine else current[name] for name in form}


def patch_of(service: Service, form: Form, was: Form) -> Patch:
    """What is sent on of the form: what was touched, with what the form does not show."""
    patch = Patch()
    for name in touched(form, was):
        if name in BY_LINE:
            patch.body[name] = _by_line(service, name, form[name])
        elif name == PHONES:
            patch.rows[name], patch.body[name] = _phones(service, form[name])
        elif name == PLACES:
            if shows_places(service):
                patch.rows[name], patch.body[name] = _places(service, form[name])
        elif name in NUMBERS:
            patch.body[name] = _number(form[name])
        elif isinstance(form[name], str):
            patch.body[name] = form[name].strip() or (None if name != "name" else "")
        else:
            patch.body[name] = form[name]
    return patch


def wrong_fields(errors: Iterable[Mapping[str, str]], patch: Patch) -> list[Wrong]:
    """Mistakes of a patch, each at the field of the form that it came from."""
    return [_wrong(each, patch) for each in errors]


def _wrong(error: Mapping[str, str], patch: Patch) -> Wrong:
    path = error["where"].split(".")
    name, identity = path[0], path[0]
    if name in patch.rows and len(path) > 1 and path[1].isdecimal():
        row, columns = patch.rows[name][int(path[1])], _ROW_NAMES[name]
        column = path[-1] if path[-1] in columns else columns[1]
        identity = f"{name}-{row}-{column}"
    return Wrong(identity, name, error["why"], error["remedy"])


def _by_line(service: Service, name: str, text: str) -> list[dict[str, Any]]:
    """An entry for each line; one that was there goes on as it was."""
    key = BY_LINE[name]
    known = {_line(each, key): each for each in _plain(service, name)}
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [known.get(line, _new(name, key, line)) for line in lines]


def _new(name: str, key: str, line: str) -> dict[str, Any]:
    """A language may be written as its code."""
    is_code = name == "languages" and line.islower() and len(line) in (2, 3)
    return {"code": line} if is_code else {key: line}


def _phones(service: Service, rows: list[Form]) -> tuple[list[int], list[dict[str, Any]]]:
    known = {each["id"]: each for each in _plain(service, PHONES)}
    numbers, entries = [], []
    for position, row in enumerate(rows):
        if not row["number"].strip():
            continue  # taken out
        said = {name: row[name].strip() or None for name in PHONE}
        if said["extension"] and said["extension"].isdecimal():
            said["extension"] = int(said["extension"])
        entry = known.get(row["id"], {}) | said
        entries.append({name: value for name, value in entry.items() if value is not None})
        numbers.append(position)
    return numbers, entries


def _places(service: Service, rows: list[Form]) -> tuple[list[int], list[dict[str, Any]]]:
    known = {each["id"]: each for each in _plain(service, PLACES)}
    numbers, entries = [], []
    for position, row in enumerate(rows):
        if not row["address_1"].strip():
            continue
        said = {name: row[name].strip() for name in PLACE if row[name].strip()}
        location = {"name": said.pop("name")} if "name" in said else {}
        old = known.get(row["id"])
        if old is not None and _row(old["location"] | _address(old), PLACE) == _row(row, PLACE):
            entries.append(old)  # with its coordinates
        else:
            entries.append({"location": location | {"addresses": [said]}})
        numbers.append(position)
    return numbers, entries


def _plain(service: Service, name: str) -> list[dict[str, Any]]:
    entries: list[schema.Entry] = entries_of(service, name)
    return [each.model_dump(mode="json", exclude_none=True, warnings=False) for each in entries]


def _address(place: dict[str, Any]) -> dict[str, Any]:
    addresses = place["location"].get("addresses", [])
    return (
        {name: value for name, value in addresses[0].items() if name != "id"} if addresses else {}
    )


def _row(values: Mapping[str, Any], names: Iterable[str]) -> Form:
    return {name: _text(values.get(name)) for name in names}


def _line(entry: Mapping[str, Any], key: str) -> str:
    return str(entry.get(key) or entry.get("code") or "")


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _number(text: str) -> int | str | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text or None


def _first(given: Mapping[str, list[str]], name: str) -> str:
    return (given.get(name) or [""])[0].replace("\r\n", "\n")


def _said(name: str, value: Any) -> Any:
    """What a field says, without spare rows and the space around it."""
    if name in _ROW_NAMES:
        rows = [{key: _text(each).strip() for key, each in row.items()} for row in value or []]
        return [row for row in rows if row.get(_ROW_NAMES[name][1])]
    return value.strip() if isinstance(value, str) else value
