"""The declared table of routes and callers, and docs/security/access.md made from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

DECLARED = Path(__file__).with_name("routes.yml")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "security" / "access.md"


class Caller(StrEnum):
    """Everybody who can come to a door, each with one kind of proof and no other."""

    NOBODY = "nobody"
    CLINICIAN = "clinician"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    KEY = "partner's key"
    PARTNER = "partner signed in"
    LINK = "link's secret"
    CARRIER = "Twilio's signature"


@dataclass(frozen=True, slots=True)
class Group:
    """Routes that the same callers may use. `why`: one sentence for the page."""

    name: str
    why: str
    callers: frozenset[Caller]
    routes: tuple[str, ...]


def declared(path: Path = DECLARED) -> tuple[Group, ...]:
    """The groups in their order. Raises ValueError on a caller that is none."""
    parsed: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return tuple(
        Group(
            name,
            given["why"],
            frozenset(Caller)
            if given["who"] == "everybody"
            else frozenset(Caller(each) for each in given["who"]),
            tuple(given["routes"]),
        )
        for name, given in parsed.items()
    )


def who_may(groups: tuple[Group, ...]) -> dict[str, frozenset[Caller]]:
    """Callers by route. Raises ValueError on a route that stands twice."""
    found: dict[str, frozenset[Caller]] = {}
    for group in groups:
        for route in group.routes:
            if route in found:
                raise ValueError(f"{route} is declared twice")
            found[route] = group.callers
    return found


def routes_of(app: Any) -> list[str]:
    """Every method and path that the application answers, mounted ones included."""
    return list(dict.fromkeys(_routes(app.routes, "")))


def _routes(routes: Any, prefix: str) -> Iterator[str]:
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _routes(included.routes, prefix)
        elif getattr(route, "routes", None):
            yield from _routes(route.routes, f"{prefix}{route.path}")
        else:
            # A door without methods of its own takes any; what is behind it stands for itself.
            for method in sorted(getattr(route, "methods", None) or ()):
                yield f"{method} {prefix}{route.path}"


def page(groups: tuple[Group, ...]) -> str:
    """docs/security/access.md."""
    lines = [
        "# Who may use which route",
        "",
        "Made by `.venv/bin/python -m tools.access` from `tools/access/routes.yml`; a test sends a "
        "request to every route as",
        "every caller and fails where the answer is another, where a route is missing here, and "
        "where this page is old",
        "(`tests/api/security/test_access.py`). What is let in may still be told that a thing is "
        "not there: foreign and",
        "unknown ids are both 404. No role of the police exists: an account is a clinician's, a "
        "supervisor's or an admin's.",
        "",
    ]
    for group in groups:
        lines += [f"## {group.name[0].upper()}{group.name[1:]}", "", group.why, ""]
        lines += ["| route | " + " | ".join(Caller) + " |", "|---|" + ":-:|" * len(Caller)]
        marks = " | ".join("yes" if each in group.callers else "·" for each in Caller)
        lines += [f"| `{route}` | {marks} |" for route in group.routes]
        lines.append("")
    return "\n".join(lines)
