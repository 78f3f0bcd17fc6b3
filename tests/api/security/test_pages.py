"""The pages about security name tests and files that are there."""

import re

import pytest

from directory.settings import ROOT

PAGES = sorted((ROOT / "docs" / "security").glob("*.md"))
# Prefixes of what a page may name; other words in backticks are settings, headers or values.
_PATH = re.compile(r"`((?:api|bot|directory|tests|tools|docs|journeys|faults)/[\w./-]+)`")
_TEST = re.compile(r"`(test_\w+)`")


def _there(path: str) -> bool:
    return any((folder / path).exists() for folder in (ROOT, ROOT / "tests"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: object) -> None:
    text = page.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    assert [path for path in _PATH.findall(text) if not _there(path)] == []


def test_every_test_that_a_page_names_is_there() -> None:
    tests = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = {name for page in PAGES for name in _TEST.findall(page.read_text("utf-8"))}
    assert named
    assert [name for name in sorted(named) if f"def {name}(" not in tests] == []


def test_every_requirement_of_level_2_is_answered_once() -> None:
    text = (ROOT / "docs" / "security" / "asvs.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+\.\d+\.\d+) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    assert len(rows) == len({row[0] for row in rows}) == 253
    assert {row[1] for row in rows} == {"met", "not applicable", "**not met**", "operator"}
    for kind in ("met", "not applicable", "not met"):
        count = sum(row[1].strip("*") == kind for row in rows)
        assert re.search(rf"\b{count} {kind}", text.partition("\n## ")[0])
