"""Reads queries.yml and needs.yml; anything that does not fit is an error at once."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from benchmarks.filters import Filters
from benchmarks.places import Town, town

FOLDER = Path(__file__).parent
QUERIES_FILE = FOLDER / "queries.yml"
NEEDS_FILE = FOLDER / "needs.yml"


class Kind(StrEnum):
    NAME = "name"
    NAME_TYPO = "name_typo"
    NEED_PLACE = "need_place"
    DESCRIPTION = "description"
    NEED_TYPO = "need_typo"
    FILTERED = "filtered"


@dataclass(frozen=True, slots=True)
class Meant:
    """For the judging alone: a name, or a need and perhaps where."""

    names: tuple[str, ...] = ()
    brand: str | None = None
    need: str | None = None
    place: Town | None = None


@dataclass(frozen=True, slots=True)
class LabelledQuery:
    id: str
    kind: Kind
    text: str
    lang: str
    meant: Meant
    filters: Filters


@dataclass(frozen=True, slots=True)
class NeedGrades:
    """What meets a need: grades by the partners' keys, and by what a pantry offers."""

    partners: dict[str, int] = field(default_factory=dict)
    offers: dict[str, int] = field(default_factory=dict)


@cache
def read_queries() -> tuple[LabelledQuery, ...]:
    """All of them. Raises ValueError for what does not fit, KeyError for a town that is none."""
    content = YAML(typ="safe", pure=True).load(QUERIES_FILE)
    return tuple(
        _query(Kind(kind), entry) for kind, entries in content.items() for entry in entries
    )


def _query(kind: Kind, entry: dict[str, Any]) -> LabelledQuery:
    meant, filters = entry["meant"], entry.get("filters", {})
    unknown = {*entry} - {"id", "text", "lang", "meant", "filters"}
    unknown |= {*meant} - {"name", "brand", "need", "place"}
    unknown |= {*filters} - {"place", "open_at", "language", "free"}
    if unknown:
        raise ValueError(f"{entry['id']}: not known: {', '.join(sorted(unknown))}")
    open_at = filters.get("open_at")
    return LabelledQuery(
        id=entry["id"],
        kind=kind,
        text=entry["text"],
        lang=entry["lang"],
        meant=Meant(
            names=tuple(meant.get("name", ())),
            brand=meant.get("brand"),
            need=meant.get("need"),
            place=town(meant["place"]) if "place" in meant else None,
        ),
        filters=Filters(
            place=town(filters["place"]) if "place" in filters else None,
            open_at=datetime.fromisoformat(open_at) if open_at else None,
            language=filters.get("language"),
            free=filters.get("free", False),
        ),
    )


@cache
def read_needs() -> dict[str, NeedGrades]:
    content = YAML(typ="safe", pure=True).load(NEEDS_FILE)
    return {
        need: NeedGrades(_by_name(entry.get("partners")), _by_name(entry.get("offers")))
        for need, entry in content.items()
    }


def _by_name(lists: dict[int, list[str]] | None) -> dict[str, int]:
    """A grade's names -> each name's grade. Raises ValueError where one stands twice."""
    grades: dict[str, int] = {}
    for grade, names in (lists or {}).items():
        for name in names:
            if name in grades:
                raise ValueError(f"{name} has two grades")
            grades[name] = grade
    return grades
