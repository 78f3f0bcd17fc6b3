"""Writing a checked value over the rows of a listing. An entry keeps its row where it can be told.

Entry and row belong together by the row's id, else because they say the same; HSDS clients hold
on to ids. Everything that is written here the organisation attests: it has just said so.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy.orm import Session

from directory.database import new_id
from directory.listings import edit_schema as schema
from directory.listings import edit_view as view
from directory.listings.edit_places import replace_places
from directory.listings.models import (
    CostOption,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    SpokenLanguage,
    Url,
)
from directory.listings.needs_taxonomy import ensure_need_terms, link_needs
from directory.listings.schedule_hours import opening_hours_of
from directory.listings.schedules import schedule_rows

Row = TypeVar("Row")
EntryKind = TypeVar("EntryKind", bound=schema.Entry)

SOURCE, BY_STAFF = "partner", "staff"
# What else changes with a field.
FOLLOWS = {"schedules": "opening_hours", "opening_hours": "schedules"}
_PROVENANCE = {
    "url": "url",
    "schedules": "hours",
    "opening_hours": "hours",
    "service_at_locations": "address",
    "service_areas": "area",
    "eligibility_description": "eligibility",
    "minimum_age": "eligibility",
    "maximum_age": "eligibility",
    "fees_description": "cost",
    "cost_options": "cost",
    "application_process": "apply",
}


def write(
    session: Session,
    service: Service,
    field: str,
    value: Any,
    *,
    today: date,
    source: str = SOURCE,
) -> None:
    """Set one field. `value`: of a list its entries. `today`: the day that `source` said so."""
    if field in _WRITERS:
        _WRITERS[field](service, value)
    elif field == "phones":
        _write_phones(service, value, today=today, source=source)
    elif field == "service_at_locations":
        replace_places(session, service, value)
    elif field == "needs":
        service.needs = list(value)
        link_needs(session, service.id, service.needs, ensure_need_terms(session))
    elif field == "confidential":
        _write_confidential(session, service, value)
    else:
        setattr(service, field, value)
    if field == "opening_hours":
        _write_schedules_of(service)
    elif field == "schedules":
        service.opening_hours = opening_hours_of(service.schedules)
    if field in _PROVENANCE:
        said = {"source": source, "as_of": today.isoformat(), "attested": True}
        service.provenance = {**service.provenance, _PROVENANCE[field]: said}
    session.flush()


def source_of(by: str) -> str:
    """Whose word a change is. `by`: as of `directory.referrals.actors`."""
    return BY_STAFF if by.startswith(f"{BY_STAFF}:") else SOURCE


def entries(field: str, content: Any) -> Any:
    """The value of a field out of the change log, ready to be written again."""
    model = _MODELS.get(field)
    return content if model is None else [model.model_validate(each) for each in content or []]


def paired(
    rows: Sequence[Row], wanted: Sequence[EntryKind], value: Callable[[Row], schema.Entry]
) -> list[tuple[Row | None, EntryKind]]:
    """Each entry with the row that it keeps; None where it is new."""
    free = [(row, value(row)) for row in rows]
    found: dict[int, Row] = {}
    for fits in (_same_id, _same_content):
        for position, entry in enumerate(wanted):
            if position in found:
                continue
            for index, (row, current) in enumerate(free):
                if fits(entry, current):
                    found[position] = row
                    del free[index]
                    break
    return [(found.get(position), entry) for position, entry in enumerate(wanted)]


def _same_id(entry: schema.Entry, current: schema.Entry) -> bool:
    return entry.id is not None and entry.id == current.id


def _same_content(entry: schema.Entry, current: schema.Entry) -> bool:
    return entry.content() == current.content()


def _write_phones(
    service: Service, wanted: Sequence[schema.Phone], *, today: date, source: str
) -> None:
    """The organisation's numbers, each attested by it. Staff's own notes of numbers stay behind."""
    shown = view.shown_phones(service)
    pairs = paired(shown, wanted, view.phone_value)
    left = [row for row in service.phones if row not in [each for each, _ in pairs]]
    kept: list[Phone] = []
    for row, entry in pairs:
        same = [each for each in left if (each.number, each.type) == (entry.number, entry.type)]
        phone = row or (left.pop(left.index(same[0])) if same else Phone(id=new_id()))
        changed = row is None or view.phone_value(phone).content() != entry.content()
        fill_phone(phone, entry)
        if changed:
            phone.attested, phone.call_first = True, False
            phone.sources, phone.as_of = [source], today
        kept.append(phone)
    hidden = [row for row in left if row not in shown]
    for position, phone in enumerate([*kept, *hidden]):
        phone.position = position
    service.phones = [*kept, *hidden]


def fill_phone(row: Phone, entry: schema.Phone) -> None:
    row.number, row.type, row.extension = entry.number, entry.type, entry.extension
    row.description, row.description_es = entry.description, entry.description_es
    row.press, row.text_word = entry.press, entry.text_word
    row.say_label, row.answered_24h = bool(entry.say_label), entry.answered_24h
    row.intake = entry.intake is not False
    row.languages = _languages(row.languages, entry.languages)


def _languages(
    rows: Sequence[SpokenLanguage], wanted: Sequence[schema.Language]
) -> list[SpokenLanguage]:
    kept = []
    for row, entry in paired(rows, wanted, view.language_value):
        language = row or SpokenLanguage(id=new_id())
        language.code, language.name, language.note = entry.code, entry.name, entry.note
        kept.append(language)
    return kept


def _write_languages(service: Service, wanted: Sequence[schema.Language]) -> None:
    service.languages = _languages(service.languages, wanted)


def _write_schedules(service: Service, wanted: Sequence[schema.Schedule]) -> None:
    kept = []
    pairs = paired(service.schedules, wanted, view.schedule_value)
    for position, (row, entry) in enumerate(pairs):
        schedule = row or Schedule(id=new_id())
        for name in schema.Schedule.model_fields:
            if name not in ("id", "timezone"):
                setattr(schedule, name, getattr(entry, name))
        schedule.timezone = None if entry.timezone is None else f"{entry.timezone:g}"
        schedule.position = position
        kept.append(schedule)
    service.schedules = kept


def _write_schedules_of(service: Service) -> None:
    """The schedules that the expression says.

    Hours past midnight are no schedule as a client may send one: the expression is quoted whole.
    """
    try:
        plain = [
            schema.Schedule.model_validate(
                {name: getattr(row, name) for name in row.__dataclass_fields__}
            )
            for row in schedule_rows(service.opening_hours)
        ]
    except ValidationError:
        plain = [schema.Schedule(description=service.opening_hours)]
    _write_schedules(service, plain)


def _plain(
    attribute: str, make: Callable[[], Any], model: type[schema.Entry], *, placed: bool
) -> Callable[[Service, Any], None]:
    """A writer for a list whose entries are rows of plain columns."""
    columns = [name for name in model.model_fields if name != "id"]

    def value(row: Any) -> schema.Entry:
        return model.model_construct(**{name: getattr(row, name) for name in model.model_fields})

    def write_list(service: Service, wanted: Sequence[schema.Entry]) -> None:
        kept = []
        for position, (row, entry) in enumerate(paired(getattr(service, attribute), wanted, value)):
            written = row or make()
            for name in columns:
                setattr(written, name, getattr(entry, name))
            if placed:
                written.position = position
            kept.append(written)
        setattr(service, attribute, kept)

    return write_list


def _write_confidential(session: Session, service: Service, value: bool) -> None:
    """A place that becomes confidential loses its address; the database allows no other order."""
    if value:
        replace_places(session, service, [])
        session.flush()
    service.confidential = value


_MODELS: dict[str, type[schema.Entry]] = {
    "phones": schema.Phone,
    "schedules": schema.Schedule,
    "service_areas": schema.ServiceArea,
    "languages": schema.Language,
    "cost_options": schema.CostOption,
    "required_documents": schema.RequiredDocument,
    "additional_urls": schema.Url,
    "service_at_locations": schema.ServiceAtLocation,
}
_WRITERS: dict[str, Callable[[Service, Any], None]] = {
    "languages": _write_languages,
    "schedules": _write_schedules,
    "service_areas": _plain(
        "service_areas", lambda: ServiceArea(id=new_id()), schema.ServiceArea, placed=True
    ),
    "cost_options": _plain(
        "cost_options", lambda: CostOption(id=new_id()), schema.CostOption, placed=False
    ),
    "required_documents": _plain(
        "required_documents",
        lambda: RequiredDocument(id=new_id()),
        schema.RequiredDocument,
        placed=True,
    ),
    "additional_urls": _plain(
        "additional_urls", lambda: Url(id=new_id()), schema.Url, placed=False
    ),
}
