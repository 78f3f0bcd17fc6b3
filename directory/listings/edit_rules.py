"""Rules of a change that take the listing as it stands, and what of it waits for approval. Pure.

What waits (the contract names three things, nothing else does):

- a hotline's phone: any change of the numbers of a service that has a line of type `hotline` or
  one of the known lines (`known_lines`, 988, 911), or that would have one afterwards. A wrong
  digit there sends a person in danger to a stranger.
- the confidential flag, either way. A partner who wants an address gone now sends
  `service_at_locations: []`, which waits for nobody.
- closing: `status` inactive or defunct. "temporarily closed" applies at once.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from directory.listings import edit_schema as schema
from directory.listings.edit_parse import FieldMistake, Path
from directory.listings.edit_schema import ListingPatch
from directory.listings.edit_values import area_problem
from directory.listings.edit_view import entries_of
from directory.listings.known_lines import KNOWN_LINES
from directory.listings.models import Service
from directory.listings.numbers import digits_of
from directory.listings.partner_rules import gives_place_away
from directory.listings.schedule_hours import opening_hours_of, overlapping

CLOSED = ("inactive", "defunct")
_LIFELINES = frozenset({*KNOWN_LINES, "988", "911"})
TEXTS = (
    "name", "alternate_name", "description", "interpretation_services", "application_process",
    "fees_description", "wait_time", "fees", "eligibility_description", "alert", "description_es",
    "eligibility_description_es", "fees_description_es", "application_process_es",
)  # fmt: skip


def broken(service: Service, patch: ListingPatch) -> list[FieldMistake]:
    """Every rule that the patch would break on this service."""
    return [
        *_hours(patch),
        *_ages(service, patch),
        *_areas(service, patch),
        *_repeats(patch),
        *_confidential(service, patch),
    ]


def waits(service: Service, field: str, value: Any) -> bool:
    """Whether a change of this field to `value` (entries, or the value itself) needs approval."""
    if field == "confidential":
        return True
    if field == "status":
        return value in CLOSED
    if field == "phones":
        return is_hotline(service.phones) or is_hotline(value)
    return False


def is_hotline(phones: Iterable[Any]) -> bool:
    """Whether people in danger may be on one of these lines (rows, or entries of a change)."""
    return any(phone.type == "hotline" or digits_of(phone.number) in _LIFELINES for phone in phones)


def tells_place(service: Service) -> list[str]:
    """The texts of a listing that seem to say where it is, by field."""
    return [name for name in TEXTS if gives_place_away(getattr(service, name) or "")]


def _hours(patch: ListingPatch) -> Iterator[FieldMistake]:
    if {"schedules", "opening_hours"} <= patch.model_fields_set:
        yield FieldMistake(
            ("opening_hours",), "stands beside schedules", "send one of the two: they say the same"
        )
    pair = overlapping(patch.schedules or [])
    if pair is not None:
        remedy = "write each opening once, and what is open in one piece as one"
        yield FieldMistake(("schedules", pair[1]), f"overlaps with schedules.{pair[0]}", remedy)


def _ages(service: Service, patch: ListingPatch) -> Iterator[FieldMistake]:
    sent = patch.model_fields_set
    youngest = patch.minimum_age if "minimum_age" in sent else service.minimum_age
    oldest = patch.maximum_age if "maximum_age" in sent else service.maximum_age
    if youngest is None or oldest is None or youngest <= oldest:
        return
    field = "minimum_age" if "minimum_age" in sent else "maximum_age"
    if field in sent:
        yield FieldMistake((field,), "minimum_age would be above maximum_age", "swap the two")


def _areas(service: Service, patch: ListingPatch) -> Iterator[FieldMistake]:
    """What an import brought under a name that search does not know may stay as it is."""
    known = {area.name for area in service.service_areas}
    for position, area in enumerate(patch.service_areas or []):
        found = None if area.name in known else area_problem(area.name)
        if found is not None:
            yield FieldMistake(("service_areas", position, "name"), *found)


def _repeats(patch: ListingPatch) -> Iterator[FieldMistake]:
    phones = [
        (each.number, each.type, each.extension, each.press, each.text_word)
        for each in patch.phones or []
    ]
    places = [str(each.location.content()) for each in patch.service_at_locations or []]
    yield from _twice(("phones",), phones)
    yield from _twice(("service_at_locations",), places)
    yield from _twice(("service_areas",), [each.name for each in patch.service_areas or []])
    yield from _twice(("languages",), [each.code or each.name for each in patch.languages or []])
    yield from _twice(("needs",), patch.needs or [])


def _twice(path: Path, keys: Sequence[object]) -> Iterator[FieldMistake]:
    for position, key in enumerate(keys):
        if key in keys[:position]:
            yield FieldMistake((*path, position), "is there twice", "leave one of the two out")


def _confidential(service: Service, patch: ListingPatch) -> Iterator[FieldMistake]:
    becomes = "confidential" in patch.model_fields_set and patch.confidential
    if not (service.confidential or becomes):
        return
    if patch.service_at_locations:
        remedy = "leave it out: a confidential place has no address anywhere in the directory"
        yield FieldMistake(("service_at_locations",), "is of a confidential service", remedy)
    for field in TEXTS:
        if field in patch.model_fields_set and gives_place_away(getattr(patch, field) or ""):
            remedy = "take the street, box or ZIP out: the place is confidential"
            yield FieldMistake((field,), "seems to say where the place is", remedy)


def resolved(service: Service, patch: ListingPatch, field: str) -> Any:
    """What the field is to become: the value, or its entries with what they leave as it was.

    A client that knows HSDS only sends a number without what HSDS has no name for (the key to
    press, the Spanish label); that stays. So do the coordinates and the name of a place whose
    address is sent as it was.
    """
    value = getattr(patch, field)
    if field == "phones":
        now = [each for each in entries_of(service, field) if isinstance(each, schema.Phone)]
        return [_with_ours(each, now) for each in value or []]
    if field == "service_at_locations":
        old = [
            each
            for each in entries_of(service, field)
            if isinstance(each, schema.ServiceAtLocation)
        ]
        return [_as_known(each, old) for each in value or []]
    if field == "schedules":
        return _without_old_words(value or [], service.opening_hours)
    return value if value is not None or field not in _LISTS else []


_LISTS = (
    "phones", "schedules", "service_areas", "languages", "cost_options", "required_documents",
    "additional_urls", "service_at_locations", "needs",
)  # fmt: skip
_COORDINATES = {"latitude", "longitude"}
_OURS = ("description_es", "press", "text_word", "say_label", "answered_24h", "intake")


def _with_ours(phone: schema.Phone, current: list[schema.Phone]) -> schema.Phone:
    known = [each for each in current if each.id == phone.id and phone.id is not None] or [
        each for each in current if (each.number, each.type) == (phone.number, phone.type)
    ]
    if len(known) != 1:
        return phone
    kept = {name: getattr(known[0], name) for name in _OURS if name not in phone.model_fields_set}
    return phone.model_copy(update=kept)


def _without_old_words(schedules: list[schema.Schedule], old: str | None) -> list[schema.Schedule]:
    """Schedules of a file quote their expression. Where the hours are others now, it is wrong."""
    if old is None or opening_hours_of(schedules) == old:
        return schedules
    return [
        each.model_copy(update={"description": None})
        if each.description == old and each.opens_at
        else each
        for each in schedules
    ]


def _as_known(
    place: schema.ServiceAtLocation, current: list[schema.ServiceAtLocation]
) -> schema.ServiceAtLocation:
    """With what else is known of the place, where its address is sent as it was."""
    said = _addresses(place)
    for known in current:
        if said and _addresses(known) == said:
            sent = place.location.model_fields_set
            kept = {
                name: getattr(known.location, name)
                for name in schema.Location.model_fields
                if name not in sent and not (name in _COORDINATES and _COORDINATES & sent)
            }
            return place.model_copy(update={"location": place.location.model_copy(update=kept)})
    return place


def _addresses(place: schema.ServiceAtLocation) -> list[dict[str, Any]]:
    return [address.content() for address in place.location.addresses]
