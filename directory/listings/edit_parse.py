"""From what a partner sends to a checked change, or to every mistake in it with its remedy."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from directory.errors import Invalid
from directory.listings.edit_schema import ListingPatch
from directory.listings.mistakes import nearest
from directory.listings.partner_schema import MISTAKE

Path = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)

_TOLD = 20
# A field's name as one writes them. What else stands for one is the sender's text, not ours to say.
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,59}", re.ASCII)
_KEPT_BY_US = {
    "assured_date": "confirm the listing: POST …/confirm",
    "assurer_email": "confirm the listing: POST …/confirm",
    "capacities": "PUT …/capacity",
    "notices": "POST …/notices",
    "freshness": "confirm the listing: POST …/confirm",
}
_OURS = frozenset(
    {
        "id", "organization", "organization_id", "program", "program_id", "last_modified",
        "contacts", "funding", "attributes", "metadata", "version", "slug", "published", "pending",
    }
)  # fmt: skip
_SAY = {
    "missing": ("is missing", "add it"),
    "string_type": ("is not text", "put it in quotes"),
    "bool_type": ("is neither true nor false", "write true or false, without quotes"),
    "int_type": ("is not a whole number", "write digits only"),
    "int_from_float": ("is not a whole number", "write digits only"),
    "int_parsing_size": ("is too large", "write a smaller number"),
    "float_type": ("is not a number", "write digits, without quotes"),
    "finite_number": ("is not a number", "write digits, without quotes"),
    "greater_than_equal": ("is too small", ""),
    "less_than_equal": ("is too large", ""),
    "too_long": ("has too many entries", ""),
    "string_too_long": ("is too long", ""),
    "list_type": ("is not a list", "write it in square brackets"),
    "model_type": ("is not an object", "write its fields in curly brackets"),
    "model_attributes_type": ("is not an object", "write its fields in curly brackets"),
    "dict_type": ("is not an object", "write its fields in curly brackets"),
}
_NOT_NULL = ("cannot be taken away", "write a value, or leave the field out")


@dataclass(frozen=True, slots=True)
class FieldMistake:
    """What is wrong with the value at `path`, and what to write instead."""

    path: Path
    problem: str
    remedy: str

    def as_json(self) -> dict[str, str]:
        return {
            "where": ".".join(map(str, self.path)),
            "pointer": "".join(f"/{_escaped(str(step))}" for step in self.path),
            "why": self.problem,
            "remedy": self.remedy,
        }


def parsed(body: Any, model: type[Model]) -> Model:
    """The checked body. Raises Invalid `listing_invalid` with every mistake."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise invalid(_mistake(details, model) for details in error.errors()) from error


def invalid(mistakes: Iterable[FieldMistake]) -> Invalid:
    """The error that names each field with its problem and remedy."""
    told = [mistake.as_json() for mistake in dict.fromkeys(mistakes)][:_TOLD]
    detail = "; ".join(
        f"{each['where'] or 'the body'} {each['why']}: {each['remedy']}" for each in told[:5]
    )
    return Invalid("listing_invalid", f"Nothing was changed. {detail}.", errors=told)


def _mistake(details: ErrorDetails, model: type[BaseModel]) -> FieldMistake:
    path: Path = tuple(details["loc"])
    kind = details["type"]
    if kind == MISTAKE:
        return FieldMistake(path, details["ctx"]["problem"], details["ctx"]["remedy"])
    if kind == "extra_forbidden":
        return _unknown(path, model)
    if details["input"] is None and len(path) == 1:
        return FieldMistake(path, *_NOT_NULL)
    problem, remedy = _SAY.get(kind, ("", ""))
    return FieldMistake(path, problem or str(details["msg"]), remedy or _bound(details))


def _bound(details: ErrorDetails) -> str:
    """What a number or a length has to be, in digits."""
    bounds = details.get("ctx", {})
    for name, said in (
        ("ge", "write at least {}"),
        ("le", "write at most {}"),
        ("max_length", "use at most {}"),
    ):
        if name in bounds:
            return said.format(bounds[name])
    return "see docs/partner-api.md"


def _unknown(path: Path, model: type[BaseModel]) -> FieldMistake:
    name = str(path[-1])
    if len(path) == 1 and name in _KEPT_BY_US and model is ListingPatch:
        return FieldMistake(path, "is not changed here", _KEPT_BY_US[name])
    if len(path) == 1 and name in _OURS and model is ListingPatch:
        return FieldMistake(path, "is not yours to change", "leave it out")
    if not _FIELD_NAME.fullmatch(name):
        return FieldMistake(path[:-1], "has a field that is unknown", "leave it out")
    close = nearest(name, _fields_at(path[:-1], model))
    remedy = f"did you mean {close}?" if close else "leave it out; docs/partner-api.md names all"
    return FieldMistake(path, "is not a field that we know", remedy)


def _fields_at(path: Path, model: type[BaseModel]) -> list[str]:
    """The names that may stand at this place."""
    here: Any = model
    for step in path:
        if isinstance(step, str):
            here = _model_in(here.model_fields[step].annotation)
    return list(here.model_fields)


def _model_in(annotation: Any) -> Any:
    """The model that a field holds: itself, in a list, or optional."""
    todo = [annotation]
    while todo:
        found = todo.pop()
        if isinstance(found, type) and issubclass(found, BaseModel):
            return found
        todo.extend(getattr(found, "__args__", ()))
    return BaseModel


def _escaped(step: str) -> str:
    """RFC 6901."""
    return step.replace("~", "~0").replace("/", "~1")
