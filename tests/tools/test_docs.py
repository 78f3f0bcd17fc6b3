"""The documentation: every page is found, every link leads somewhere, what is made is current."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tools.docs_site import api, commands
from tools.docs_site.built import foreign
from tools.docs_site.links import DOCS, OUTSIDE, ROOT, broken, pages, slug_of
from tools.docs_site.stage import place_of, relinked, stage, strict


def nav() -> list[str]:
    """Every page of the navigation, in its order."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    # What the generator alone can read (a Python object) stands above the navigation.
    parsed = YAML(typ="safe", pure=True).load(text[text.index("\nnav:") :])

    def below(entry: Any) -> list[str]:
        if isinstance(entry, str):
            return [entry]
        inner = entry.values() if isinstance(entry, dict) else entry
        return [page for each in inner for page in below(each)]

    return below(parsed["nav"])


def test_every_page_stands_once_in_the_navigation_and_no_other() -> None:
    assert sorted(nav()) == sorted([*(place_of(page) for page in pages()), "contributing.md"])


@pytest.mark.parametrize("page", [*pages(), *OUTSIDE], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    assert broken(page) == []


@pytest.mark.parametrize("made", [commands, api], ids=["commands", "api"])
def test_a_page_made_from_the_code_is_current(made: Any) -> None:
    assert made.PAGE.read_text(encoding="utf-8") == made.page(), "run `make docs`"


def test_every_argument_that_is_not_plain_from_its_name_is_explained() -> None:
    unexplained = re.findall(r"^\| `--[^|]*\|  \|", commands.page(), re.MULTILINE)
    assert unexplained == []


def test_every_decision_stands_in_their_table() -> None:
    records = {file.name for file in (DOCS / "decisions").glob("0*.md")}
    table = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\((0\d{3}-[^)]+\.md)\)", table)) == records


def test_a_broken_link_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.docs_site.links.ROOT", tmp_path)
    (tmp_path / "here.md").write_text("# A `thing`, and more\n")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](here.md#a-thing-and-more) [b](gone.md) [c](here.md#gone) [d](https://example.org)\n"
        "`[e](gone.md)`\n```\n[f](gone.md)\n```\n"
    )
    assert broken(page) == ["page.md:1: gone.md", "page.md:1: here.md#gone: no such heading"]


def test_anchors_are_those_of_the_usual_viewers() -> None:
    assert slug_of("Before the first real text") == "before-the-first-real-text"
    assert slug_of("Registering to text: US A2P 10DLC, `handoff up`") == (
        "registering-to-text-us-a2p-10dlc-handoff-up"
    )


def test_no_page_of_the_site_has_a_diagram_that_stays_text() -> None:
    diagrams = [page.name for page in pages() if "```mermaid" in page.read_text(encoding="utf-8")]
    assert diagrams == [], "draw it as an SVG beside the page (docs/decisions/0024-docs-site.md)"


def test_links_out_of_the_documentation_lead_to_copies_in_the_site(tmp_path: Path) -> None:
    page = DOCS / "operations" / "metrics.md"
    given = "[a](../../deploy/monitoring/prometheus.yml) [b](logs.md#x) [c](../../README.md#y)"
    text, linked = relinked(given, page, place_of(page))
    assert linked == {ROOT / "deploy" / "monitoring" / "prometheus.yml"}
    assert text == (
        "[a](../source/deploy/monitoring/prometheus.yml.txt) [b](logs.md#x) [c](../index.md)"
    )
    staged = stage(tmp_path / "staged")
    assert linked < set(staged)
    assert (tmp_path / "staged" / place_of(next(iter(linked)))).exists()


def test_lists_tables_and_code_are_set_apart_for_the_stricter_reader() -> None:
    given = """\
Words:
- one
  goes on
  - inner
    ```
    code
    ```
1. other

Text
| a |
|---|
"""
    assert (
        "\n".join(strict(given.splitlines()))
        == """\
Words:

- one
    goes on
    - inner

        ```
        code
        ```

1. other

Text

| a |
|---|"""
    )


def test_pictures_come_along(tmp_path: Path) -> None:
    stage(tmp_path / "staged")
    for page in pages():
        for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            assert (tmp_path / "staged" / page.relative_to(DOCS).parent / picture).is_file()


def test_a_page_that_would_load_something_from_elsewhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "good.html").write_text('<a href="https://example.org">x</a><img src="a.png">')
    assert foreign(tmp_path) == []
    (tmp_path / "bad.html").write_text(
        '<link rel="stylesheet" href="https://fonts.example/x.css">'
        '<script src="//cdn.example/x.js"></script><pre class="mermaid">'
    )
    assert [each.split(": ")[1] for each in foreign(tmp_path)] == [
        "https://fonts.example/x.css",
        "//cdn.example/x.js",
        'class="mermaid',
    ]
