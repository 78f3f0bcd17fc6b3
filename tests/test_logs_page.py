"""docs/operations/logs.md lists every event that the source logs, with its level and fields."""

import ast
import re
from collections import defaultdict
from pathlib import Path

from directory.settings import ROOT

PAGE = ROOT / "docs" / "operations" / "logs.md"
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
ROW = re.compile(r"^\| `(\w+)` \| ([\w, ]+) \|([^|]*)\|", re.MULTILINE)
Events = dict[str, tuple[set[str], set[str]]]


def in_source() -> Events:
    found: Events = defaultdict(lambda: (set(), set()))
    for room in ("api", "bot", "directory"):
        for file in sorted((ROOT / room).rglob("*.py")):
            if ".venv" in file.parts or "rasa_components" in file.parts:
                continue
            for call in calls(file):
                [event] = [each.value for each in call.args if isinstance(each, ast.Constant)][:1]
                levels, fields = found[str(event)]
                assert isinstance(call.func, ast.Attribute)
                levels.add(call.func.attr)
                fields |= {keyword.arg or "**" for keyword in call.keywords}
    return found


def calls(file: Path) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in LEVELS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "log"
    ]


def on_the_page() -> Events:
    return {
        event: (set(levels.split(", ")), set(re.findall(r"`(\w+)`", fields)))
        for event, levels, fields in ROW.findall(PAGE.read_text())
    }


def test_the_page_and_the_source_agree() -> None:
    source, page = in_source(), on_the_page()
    assert set(source) - set(page) == set(), "events that the page does not tell of"
    assert set(page) - set(source) == set(), "events that are logged no more"
    assert page == dict(source)


def test_the_page_is_in_order() -> None:
    assert list(on_the_page()) == sorted(on_the_page())


def test_no_field_is_for_what_a_person_wrote() -> None:
    fields = {field for _, each in in_source().values() for field in each}
    assert not fields & {"body", "text", "phone", "number", "name", "to", "note", "email", "**"}
