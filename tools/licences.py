"""Writes the libraries and their licences into docs/legal/licences.md, from what is installed.

python -m tools.licences
"""

import re
import tomllib
from importlib.metadata import PackageMetadata, metadata

from directory.settings import ROOT
from tools import guides

PAGE = "docs/legal/licences.md"
_NAME = re.compile(r"^[A-Za-z0-9._-]+")
_OURS = "License :: OSI Approved :: "
# What a package calls its licence when it gives the whole text of it, or nothing.
LONGEST = 60


def direct() -> list[str]:
    """Names of what the application itself asks for, as pyproject.toml has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = (_NAME.match(each) for each in project["dependencies"])
    return sorted(match.group() for match in found if match)


def licence_of(name: str) -> str:
    """As the package names it: its SPDX expression, a short field, or its classifiers."""
    about = metadata(name)
    expression = about.get("License-Expression")
    if expression:
        return str(expression)
    classified = _classified(about)
    short = str(about.get("License") or "").strip()
    if short and "\n" not in short and len(short) <= LONGEST:
        return short
    return classified or "see the package"


def _classified(about: PackageMetadata) -> str:
    given = about.get_all("Classifier") or []
    return ", ".join(each.removeprefix(_OURS) for each in given if each.startswith(_OURS))


def table_of_libraries() -> str:
    """One line a library; no versions, which requirements.txt pins."""
    lines = ["| library | licence, as it says itself |", "|---|---|"]
    lines += [f"| {name} | {licence_of(name)} |" for name in direct()]
    return "\n".join(lines)


def main() -> None:
    """Put the table between its marks."""
    guides.put(ROOT / PAGE, "libraries", table_of_libraries())


if __name__ == "__main__":
    main()
