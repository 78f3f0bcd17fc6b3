"""YAML that remembers its lines.

`read_yaml` gives plain values (dict, list, str, int, bool, date, None) and a map from the path
of each value to its line, so that a mistake found anywhere later can say where it stands.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from directory.listings.mistakes import Mistake, PartnerFileError, shown

_TAG_PREFIX = "tag:yaml.org,2002:"
Step = str | int
Location = tuple[Step, ...]
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_WHOLE = re.compile(r"[-+]?(0|[1-9]\d{0,17})")


@dataclass(slots=True)
class YamlSource:
    """The values of a file, with the line of each (counted from 1)."""

    file: str
    value: Any
    lines: dict[Location, int] = field(default_factory=dict)
    repeated: list[tuple[Location, int]] = field(default_factory=list)

    def line_of(self, location: Location) -> int:
        """The line of the value, or of the nearest thing around it."""
        for length in range(len(location), -1, -1):
            if location[:length] in self.lines:
                return self.lines[location[:length]]
        return 1


def read_yaml(path: Path) -> YamlSource:
    """Raises PartnerFileError when there is no file or it is not YAML."""
    file = shown(path)
    try:
        text = path.read_text(encoding="utf-8")
        node = YAML(typ="safe", pure=True).compose(text)
    except FileNotFoundError as error:
        raise _refusal(file, 1, "is not there", "check the path") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _refusal(file, line, "is not UTF-8", "save the file as UTF-8 text") from error
    except OSError as error:
        raise _refusal(file, 1, "cannot be read", str(error.strerror)) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = " ".join(str(error.problem or "unreadable").split())
        remedy = 'check the indentation, and put text that holds ": " or "#" in quotes'
        raise _refusal(file, line, f"is not YAML here ({problem})", remedy) from error
    except YAMLError as error:
        problem = " ".join(str(error).split())[:120]
        raise _refusal(file, 1, f"is not YAML ({problem})", "remove unusual characters") from error
    source = YamlSource(file, None)
    if node is not None:
        source.value = _value(node, (), source, frozenset())
    return source


def _refusal(file: str, line: int, problem: str, remedy: str) -> PartnerFileError:
    return PartnerFileError([Mistake(line, "", "the file", problem, remedy, file)])


def _value(node: Node, location: Location, source: YamlSource, above: frozenset[int]) -> Any:
    source.lines.setdefault(location, node.start_mark.line + 1)
    if id(node) in above:  # an alias (&a … *a) that holds itself
        line = node.start_mark.line + 1
        raise _refusal(source.file, line, "refers to itself", "remove the alias")
    if isinstance(node, MappingNode):
        return _mapping(node, location, source, above | {id(node)})
    if isinstance(node, SequenceNode):
        inside = above | {id(node)}
        return [
            _value(item, (*location, position), source, inside)
            for position, item in enumerate(node.value)
        ]
    return _scalar(node)


def _mapping(
    node: MappingNode, location: Location, source: YamlSource, above: frozenset[int]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in values:
            source.repeated.append(((*location, key), key_node.start_mark.line + 1))
            continue
        source.lines[(*location, key)] = key_node.start_mark.line + 1
        values[key] = _value(value_node, (*location, key), source, above)
    return values


def _scalar(node: Node) -> Any:
    """Text stays text; what YAML takes for a number, a truth value or a date becomes one.

    A date that is none ("2025-02-30") stays text, so that the schema can say so with its line;
    so does 0123, which would lose its zero.
    """
    text = str(node.value)
    match str(node.tag).removeprefix(_TAG_PREFIX):
        case "null":
            return None
        case "bool":
            return text.casefold() == "true"
        case "int" if _WHOLE.fullmatch(text):
            return int(text)
        case "timestamp" if _DATE.fullmatch(text):
            return _date(text)
    return text


def _date(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
