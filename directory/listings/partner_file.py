"""Reads data/partners.yml. All mistakes are reported at once, each with file, line and remedy:

data/partners.yml:123: loaves-and-fishes--food-pantry: phones[0].number "630-555" is not a
US number: write it as 630-555-0100
"""

from datetime import date
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from directory.listings import partner_schema as schema
from directory.listings.mistakes import Mistake, PartnerFileError, nearest
from directory.listings.partner_rules import broken_rules
from directory.listings.yaml_source import Location, Step, YamlSource, read_yaml

_SAY = {
    "string_type": ("is not text", "write words; put them in quotes if they hold numbers only"),
    "bool_type": ("is neither true nor false", "write true or false"),
    "date_type": ("is not a date", "write it as 2026-01-31, or null when the page has none"),
    "list_type": ("is not a list", "write it as [one, another], or with a hyphen on each line"),
    "int_type": ("is not a whole number", "write digits only"),
    "too_short": ("is empty", "give at least one"),
    "greater_than_equal": ("is too small", "write a number from 0 to 120"),
    "less_than_equal": ("is too large", "write a number from 0 to 120"),
}
_MISSING = {
    "es": "add the Spanish text",
    "en": "add the English text",
    "attested": "write attested: true once somebody has read it on a page, else false",
    "publish": "write publish: true, or publish: false with held_because",
    "accepts_referrals": "write true if they take referrals from us; false for hotlines",
}


def read_partners(path: Path, *, today: date | None = None) -> schema.PartnerFile:
    """The checked contents. Raises PartnerFileError with every mistake."""
    source = read_yaml(path)
    if not isinstance(source.value, dict):
        problem, remedy = "holds no organizations", 'start it with the line "organizations:"'
        raise PartnerFileError([Mistake(1, "", "the file", problem, remedy, source.file)])
    mistakes = [
        _mistake(source, location, "is there twice", "keep one of them", line)
        for location, line in source.repeated
    ]
    mistakes += [_mistake(source, *found) for found in broken_rules(source.value, today=today)]
    checked: schema.PartnerFile | None = None
    try:
        checked = schema.PartnerFile.model_validate(source.value)
    except ValidationError as error:
        mistakes += [_of_pydantic(source, details) for details in error.errors()]
    if mistakes or checked is None:
        raise PartnerFileError(dict.fromkeys(mistakes))
    return checked


def _mistake(
    source: YamlSource, location: Location, problem: str, remedy: str, line: int | None = None
) -> Mistake:
    where, rest = _listing(source.value, location)
    return Mistake(
        line=line or source.line_of(location),
        where=where,
        field=_path(rest),
        problem=problem,
        remedy=remedy,
        file=source.file,
    )


def _of_pydantic(source: YamlSource, details: ErrorDetails) -> Mistake:
    location = tuple(details["loc"])
    kind, name = details["type"], str(location[-1]) if location else ""
    match kind:
        case schema.MISTAKE:
            context = details["ctx"]
            return _mistake(source, location, context["problem"], context["remedy"])
        case "missing":
            return _mistake(source, location, "is missing", _MISSING.get(name, "add it"))
        case "extra_forbidden":
            close = nearest(name, _keys_at(location[:-1]))
            remedy = f"did you mean {close}?" if close else "remove it; see the file's first lines"
            return _mistake(source, location, "is not known", remedy)
        case "literal_error":
            choices = str(details["ctx"]["expected"])
            problem = f'"{details["input"]}" is not one of the choices'
            return _mistake(source, location, problem, f"write {choices}")
        case "model_type" | "model_attributes_type":
            remedy = "write its parts on lines of their own, indented, such as  en: …"
            return _mistake(source, location, "is not a group of fields", remedy)
    problem, remedy = _SAY.get(kind, (str(details["msg"]), "see the examples in the file"))
    shown = details["input"]
    if isinstance(shown, str | int | float) and not isinstance(shown, bool):
        problem = f'"{shown}" {problem}'
    return _mistake(source, location, problem, remedy)


def _listing(root: Any, location: Location) -> tuple[str, Location]:
    """The id of the service or organization that the location lies in, and the path inside."""
    where, rest, value = "", location, root
    for depth, step in enumerate(location):
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(step, int) and location[depth - 1] in ("organizations", "services"):
            entry = value if isinstance(value, dict) else {}
            where = str(entry.get("id", f"{where or 'organization'} {step + 1}"))
            rest = location[depth + 1 :]
    return where, rest


def _path(steps: Location) -> str:
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def _keys_at(location: Location) -> list[str]:
    """The keys that may stand at this place of the file."""
    model: type[BaseModel] = schema.PartnerFile
    for step in location:
        if isinstance(step, int):
            continue
        model = _model_in(model, step)
    return list(model.model_fields)


def _model_in(model: type[BaseModel], key: Step) -> type[BaseModel]:
    """The model that describes what stands under `key` (in a list, or optional, or both)."""
    todo = [model.model_fields[str(key)].annotation]
    while todo:
        annotation = todo.pop()
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return annotation
        todo.extend(get_args(annotation))
    return schema.Entry
