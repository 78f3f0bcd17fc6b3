"""What the generator is given: docs/, CONTRIBUTING.md, and what of the source they link to.

The pages are written for whoever reads them in the repository; the generator's Markdown is
stricter in three things, which are mended in the copy: a list or table needs a blank line before
it, what belongs to a list is indented by four, and a link cannot lead out of the documentation.
"""

import posixpath
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from tools.docs_site.links import DOCS, LINK, ROOT, is_elsewhere

STAGED = ROOT / "dist" / "docs-source"
CONTRIBUTING = "CONTRIBUTING.md"
# Files of the source that pages link to lie here, as they are.
SOURCE = "source"

_FENCE = re.compile(r"^(\s*)(```+|~~~+)")
_ITEM = re.compile(r"^(\s*)([-*]|\d+\.)(\s+)(?=\S)")
_ENDS_A_LIST = ("#", "|", "```", "~~~", "<", ">")
_SUFFIX = ".txt"  # a browser shows it; .py and .yml it would download


def stage(into: Path = STAGED) -> list[Path]:
    """Write the copy anew; the source files that lie beside it."""
    shutil.rmtree(into, ignore_errors=True)
    shutil.copytree(DOCS, into, ignore=shutil.ignore_patterns("*.md"))
    wanted: set[Path] = set()
    for page in (*sorted(DOCS.rglob("*.md")), ROOT / CONTRIBUTING):
        name = place_of(page)
        text, linked = relinked(page.read_text(encoding="utf-8"), page, name)
        wanted |= linked
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        (into / name).write_text("\n".join(strict(text.splitlines())) + "\n", encoding="utf-8")
    for file in wanted:
        copy = into / SOURCE / f"{file.relative_to(ROOT)}{_SUFFIX}"
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    return sorted(wanted)


def place_of(file: Path) -> str:
    """Where a page or a file of the source lies in the site, from its root."""
    if file == ROOT / CONTRIBUTING:
        return "contributing.md"
    if file.is_relative_to(DOCS):
        return file.relative_to(DOCS).as_posix()
    if file == ROOT / "README.md":
        return "index.md"
    return f"{SOURCE}/{file.relative_to(ROOT).as_posix()}{_SUFFIX}"


def relinked(text: str, page: Path, name: str) -> tuple[str, set[Path]]:
    """The text with its links as they are in the site, and the files outside docs/ they lead to."""
    linked: set[Path] = set()

    def lead(found: re.Match[str]) -> str:
        target = found[1]
        if is_elsewhere(target) or target.startswith("#"):
            return target
        path, hash_, anchor = target.partition("#")
        file = (page.parent / path).resolve()
        place = place_of(file)
        if place.startswith(f"{SOURCE}/"):
            linked.add(file)
        elif file == ROOT / "README.md":
            hash_ = anchor = ""  # the site begins with a page of its own
        return posixpath.relpath(place, posixpath.dirname(name) or ".") + hash_ + anchor

    return LINK.sub(lead, text), linked


def strict(lines: list[str]) -> Iterator[str]:
    """The lines as the generator's Markdown wants them; what is inside a fence only moves along."""
    copy = _Copy()
    for line in lines:
        yield from copy.of(line)


class _Copy:
    """Where in a page the copy is: in a fence, and inside of which items of lists."""

    def __init__(self) -> None:
        self._before = ""
        self._fence = ""
        self._shift = 0
        self._indents: list[int] = []

    def of(self, line: str) -> Iterator[str]:
        """The line, with a blank one beside it where something begins or a fence ends."""
        closed = bool(self._fence) and line.strip().startswith(self._fence)
        if closed:
            self._fence = ""
        elif not self._fence:
            opened = _FENCE.match(line)
            begins = opened is not None or (_is_row(line) and not _is_row(self._before))
            if _ITEM.match(line):
                begins = self._begins_list(line)
            else:
                self._go_on(line)
            if begins and self._before.strip():
                yield ""
            self._fence = opened[2] if opened else ""
        yield _moved(line, self._shift)
        if closed:
            yield ""
        self._before = "" if closed else line

    def _begins_list(self, line: str) -> bool:
        """Take up an item; whether it is the first of an outer list."""
        indent = _indent(line)
        while self._indents and indent < self._indents[-1]:
            self._indents.pop()
        first = not self._indents
        if first or indent > self._indents[-1]:
            self._indents.append(indent)
        self._shift = 4 * (len(self._indents) - 1) - indent
        return first

    def _go_on(self, line: str) -> None:
        """A line that is no item: it belongs to the one before, or ends the list."""
        if not self._indents or not line.strip():
            return
        if indent := _indent(line):
            while len(self._indents) > 1 and indent <= self._indents[-1]:
                self._indents.pop()
            self._shift = 4 * len(self._indents) - indent
        elif not self._before.strip() or line.startswith(_ENDS_A_LIST):
            self._indents, self._shift = [], 0


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _moved(line: str, by: int) -> str:
    if not line.strip():
        return ""
    return " " * by + line if by >= 0 else line[min(-by, _indent(line)) :]


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|")
