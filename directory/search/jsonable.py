"""Frozen dataclasses to plain JSON values and back, by their annotations.

Knows what the search's values are made of: text, numbers, truth values, dates and aware
instants, StrEnums, tuples of one type, dictionaries of text, optional values, dataclasses.
"""

import types
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints


def to_jsonable(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: to_jsonable(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple):
        return [to_jsonable(item) for item in value]
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return value


def from_jsonable(kind: Any, value: Any) -> Any:  # one return a kind of value
    """The value of type `kind` that `to_jsonable` made `value` from."""
    if get_origin(kind) in (types.UnionType, Union):
        if value is None:
            return None
        (kind,) = (option for option in get_args(kind) if option is not type(None))
    origin = get_origin(kind)
    if origin is tuple:
        return tuple(from_jsonable(get_args(kind)[0], item) for item in value)
    if origin is dict:
        return dict(value)
    if is_dataclass(kind):
        return _dataclass_from(kind, value)
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    return value


def _dataclass_from(kind: Any, value: Any) -> Any:
    hints = _hints(kind)
    return kind(**{name: from_jsonable(hints[name], item) for name, item in value.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
