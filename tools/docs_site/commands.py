"""docs/reference/commands.md: every command with what it takes, as it is parsed."""

import re
from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from api.cli import app
from tools.docs_site.links import DOCS

PAGE = DOCS / "reference" / "commands.md"
_HEAD = """\
# Commands

Made by `.venv/bin/python -m tools.docs_site write` from the commands themselves; a test fails
where this page is old. Each is called as `.venv/bin/handoff …` in the project's folder, reads the
same [settings](settings.md) as the product, and tells all of this by `--help`. Exit code 0: done;
1: looked and found something wrong, or nothing came; 2: it could not be done, and one line says
why. `make` alone lists what developers start.
"""


def page() -> str:
    """The whole page."""
    lines = [_HEAD]
    for name, command in sorted(_commands(get_command(app), "handoff")):
        lines += [
            f"## {name}",
            "",
            _words(command.help),
            "",
            "```",
            _usage(name, command),
            "```",
            "",
        ]
        rows = [_row(each) for each in command.params if not _is_hidden(each)]
        if rows:
            lines += ["| takes | meaning | default |", "|---|---|---|", *rows, ""]
    return "\n".join(lines).rstrip() + "\n"


def _commands(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    for word, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{name} {word}")
        else:
            yield f"{name} {word}", command


def _usage(name: str, command: Any) -> str:
    parts = [name]
    for each in command.params:
        if each.param_type_name == "argument":
            word = each.name.upper()
            parts.append(word if each.required else f"[{word}]")
        elif each.required:
            parts.append(f"{max(each.opts, key=len)} …")
    optional = any(
        each.param_type_name == "option" and not each.required and not _is_hidden(each)
        for each in command.params
    )
    return " ".join([*parts, "[OPTIONS]"] if optional else parts)


def _is_hidden(param: Any) -> bool:
    return bool(param.hidden) or param.name == "help"


def _row(param: Any) -> str:
    if param.param_type_name == "argument":
        named = f"`{param.name.upper()}`"
    else:
        named = ", ".join(f"`{each}`" for each in (*param.opts, *param.secondary_opts))
        if choices := getattr(param.type_descriptor, "choices", None):
            named += " " + " or ".join(f"`{getattr(each, 'value', each)}`" for each in choices)
    return f"| {named} | {_words(param.help)} | {_default(param)} |"


def _default(param: Any) -> str:
    if param.required:
        return "needed"
    value = param.default() if callable(param.default) else param.default
    if value is None or value == () or (param.is_flag and not value):
        return ""
    if param.is_flag:
        return "yes"
    return f"`{getattr(value, 'value', value)}`"


def _words(text: str | None) -> str:
    """One paragraph of plain words, safe inside a table."""
    return re.sub(r"\s+", " ", text or "").strip().replace("|", "\\|")
