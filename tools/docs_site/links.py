"""Links and anchors of Markdown pages, as a reader of the repository meets them."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
OUTSIDE = (ROOT / "README.md", ROOT / "CONTRIBUTING.md")

LINK = re.compile(r"(?<=\]\()([^()\s]+(?:\([^()\s]*\)[^()\s]*)?)(?=(?:\s+\"[^\"]*\")?\))")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_FENCE = re.compile(r"^\s*(```+|~~~+)")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$")


def pages() -> list[Path]:
    """Every page of the documentation."""
    return sorted(DOCS.rglob("*.md"))


def prose(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not inside a fence of code, with their numbers."""
    fence = ""
    for number, line in enumerate(text.splitlines(), start=1):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        elif not fence:
            yield number, line


def is_elsewhere(target: str) -> bool:
    """Whether the link leads to another host (or is a mail address): not ours to check."""
    return bool(_ELSEWHERE.match(target)) or target.startswith("//")


def broken(page: Path) -> list[str]:
    """The page's relative links that lead nowhere: to no file, or to no heading of it."""
    found = []
    for number, line in prose(page.read_text(encoding="utf-8")):
        for target in LINK.findall(re.sub(r"`[^`]*`", "", line)):
            if is_elsewhere(target):
                continue
            path, _, anchor = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            where = f"{page.relative_to(ROOT)}:{number}: {target}"
            if not file.exists() or not file.is_relative_to(ROOT):
                found.append(where)
            elif anchor and file.suffix == ".md" and anchor not in anchors(file):
                found.append(f"{where}: no such heading")
    return found


@cache
def anchors(page: Path) -> frozenset[str]:
    """What can follow the # in a link to this page, as viewers of repositories make it."""
    taken: dict[str, int] = {}
    for _, line in prose(page.read_text(encoding="utf-8")):
        if heading := _HEADING.match(line):
            slug = slug_of(heading[1])
            again = taken.get(slug, -1) + 1
            taken[slug] = again
            if again:
                taken[f"{slug}-{again}"] = 0
    return frozenset(taken)


def slug_of(heading: str) -> str:
    """Lower case, marks removed, spaces to hyphens; of a link its words alone."""
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
