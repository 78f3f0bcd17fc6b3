"""What was looked up, against what was accepted.

    python -m tools.audit.report FOLDER

FOLDER holds `application.json` and `rasa.json` (pip-audit) and `web.json` (npm audit). Exit code: 0
nothing new is known; 1 something is; 3 it could not be looked up, which is never good news.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ACCEPTED = Path(__file__).with_name("accepted.yml")
NOTHING_NEW, SOMETHING, NOT_LOOKED_UP = 0, 1, 3


@dataclass(frozen=True, slots=True)
class Weakness:
    """One that is known of a package that we use. `ids`: all the names it goes by."""

    where: str
    package: str
    version: str
    ids: tuple[str, ...]
    fixed_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """`id`: None for whatever is known of the package."""

    package: str
    where: str
    reason: str
    until: date
    id: str | None = None

    def covers(self, weakness: Weakness, today: date) -> bool:
        same = (self.where, self.package) == (weakness.where, weakness.package)
        return same and today <= self.until and (self.id is None or self.id in weakness.ids)


@dataclass(frozen=True, slots=True)
class LookedUp:
    """`asked`: of how many packages something could be learnt; `of`: how many there are."""

    where: str
    asked: int
    of: int
    found: tuple[Weakness, ...]


def accepted(path: Path = ACCEPTED) -> tuple[Accepted, ...]:
    return tuple(Accepted(**each) for each in YAML(typ="safe").load(path.read_text("utf-8")))


def python_packages(where: str, answer: dict[str, Any] | None) -> LookedUp:
    """From pip-audit, which calls it a success when it could look up nothing at all."""
    packages = (answer or {}).get("dependencies", [])
    asked = [each for each in packages if "skip_reason" not in each]
    found = tuple(
        Weakness(
            where,
            each["name"],
            each["version"],
            (known["id"], *known["aliases"]),
            tuple(known["fix_versions"]),
        )
        for each in asked
        for known in each["vulns"]
    )
    return LookedUp(where, len(asked), len(packages), found)


def web_packages(answer: dict[str, Any] | None) -> LookedUp:
    """From npm audit; an answer without counts is an error of the registry."""
    counts = (answer or {}).get("metadata", {}).get("dependencies")
    if counts is None:
        return LookedUp("web", 0, 1, ())
    found = tuple(
        Weakness("web", name, each.get("range", ""), tuple(_names(each)))
        for name, each in (answer or {}).get("vulnerabilities", {}).items()
    )
    total = counts.get("total", 0)
    return LookedUp("web", total, total, found)


def _names(known: dict[str, Any]) -> Iterator[str]:
    for via in known.get("via", []):
        yield str(via.get("url", via.get("source", ""))) if isinstance(via, dict) else str(via)


def told(looked_up: Iterable[LookedUp], known: Iterable[Accepted], today: date) -> tuple[int, str]:
    """The exit code, and what to print."""
    lines, code, allowed = [], NOTHING_NEW, tuple(known)
    for each in looked_up:
        lines.append(f"{each.where}: {each.asked} of {each.of} packages looked up")
        if each.asked < each.of or not each.of:
            lines.append("  NOT AUDITED as a whole: the advisories cannot be reached from here")
            code = max(code, NOT_LOOKED_UP) if code != SOMETHING else code
        for weakness in each.found:
            reasons = [entry.reason for entry in allowed if entry.covers(weakness, today)]
            fixed = f", fixed in {', '.join(weakness.fixed_in)}" if weakness.fixed_in else ""
            lines.append(f"  {weakness.package} {weakness.version} {weakness.ids[0]}{fixed}")
            lines.append(f"    accepted: {reasons[0]}" if reasons else "    NEW: mend or accept it")
            code = code if reasons else SOMETHING
    over = [entry.package for entry in allowed if today > entry.until]
    if over:
        lines.append(f"accepted for a time that is over: {', '.join(over)}")
    return code, "\n".join(lines)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return answer if isinstance(answer, dict) else None


def main() -> int:
    folder = Path(sys.argv[1])
    looked_up = [
        python_packages("application", _read(folder / "application.json")),
        python_packages("rasa", _read(folder / "rasa.json")),
        web_packages(_read(folder / "web.json")),
    ]
    code, text = told(looked_up, accepted(), date.today())  # noqa: DTZ011  # a day is enough
    print(text)
    return code


if __name__ == "__main__":
    sys.exit(main())
