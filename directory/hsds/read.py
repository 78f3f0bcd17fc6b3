"""Reads one HSDS service object. Everything that is wrong with it is said at once, in words."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from directory.hsds import fields, objects
from directory.hsds.plain import NotPlainError, plain

_SAY = {
    "string_type": ("is not text", "write words"),
    "string_too_long": ("is too long", "shorten it"),
    "string_too_short": ("is empty", "fill it in"),
    "date_type": ("is not a date", "write it as 2026-01-31"),
    "date_parsing": ("is not a date", "write it as 2026-01-31"),
    "date_from_datetime_parsing": ("is not a date", "write it as 2026-01-31"),
    "date_from_datetime_inexact": ("is not a date", "write it as 2026-01-31"),
    "datetime_parsing": ("is not a moment", "write it as 2026-01-31T10:00:00Z"),
    "datetime_from_date_parsing": ("is not a moment", "write it as 2026-01-31T10:00:00Z"),
    "timezone_aware": ("lacks its time zone", "write it as 2026-01-31T10:00:00Z"),
    "list_type": ("is not a list", "put it in [ ]"),
    "too_long": ("holds too many", f"give at most {fields.MOST_ROWS}"),
    "int_type": ("is not a whole number", "write digits only"),
    "int_parsing": ("is not a whole number", "write digits only"),
    "int_from_float": ("is not a whole number", "write digits only"),
    "int_parsing_size": ("is too large", "correct it"),
    "float_type": ("is not a number", "write digits only"),
    "float_parsing": ("is not a number", "write digits only"),
    "finite_number": ("is not a number", "write digits only"),
    "bool_parsing": ("is neither true nor false", "write true or false"),
    "bool_type": ("is neither true nor false", "write true or false"),
    "model_type": ("is not an object", "put its fields in { }"),
    "model_attributes_type": ("is not an object", "put its fields in { }"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """`field`: its path in the object, such as "phones[0].number"."""

    field: str
    problem: str
    remedy: str


class UnreadableError(ValueError):
    """The object cannot be used; `problems` says why, all of it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{each.field} {each.problem}" for each in problems))
        self.problems = tuple(problems)


def read_service(value: Any) -> objects.Service:
    """The service of a parsed JSON value, all that hangs on it included. Raises UnreadableError."""
    if not isinstance(value, dict):
        raise UnreadableError([Problem("", "is not an object", "write one service on each line")])
    try:
        return objects.Service.model_validate(plain(value))
    except NotPlainError as error:
        raise UnreadableError([Problem(error.path, error.problem, error.remedy)]) from error
    except RecursionError as error:
        problem = Problem("", "is nested too deeply", "send it as HSDS has it")
        raise UnreadableError([problem]) from error
    except ValidationError as error:
        raise UnreadableError([_problem(each) for each in error.errors()]) from error


def _problem(details: ErrorDetails) -> Problem:
    field = _path(details["loc"])
    kind, context = details["type"], details.get("ctx", {})
    if kind == fields.MISTAKE:
        return Problem(field, str(context["problem"]), str(context["remedy"]))
    if kind == "missing":
        return Problem(field, "is missing", "add it")
    if kind == "literal_error":
        return Problem(field, "is not one of the choices", f"write {context['expected']}")
    if kind in ("less_than_equal", "greater_than_equal"):
        limit = context.get("le", context.get("ge"))
        word = "large" if kind == "less_than_equal" else "small"
        bound = "at most" if word == "large" else "at least"
        return Problem(field, f"is too {word}", f"write a number of {bound} {limit}")
    said = _SAY.get(kind)
    if said is None:
        return Problem(field, "cannot be read", "write it as HSDS 3.2.3 says")
    return Problem(field, *said)


def _path(steps: tuple[int | str, ...]) -> str:
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text
