"""What services say of a mistake, as far as a page can show it: found in the source.

    python -m tools.said     prints what lacks Spanish, as entries to fill in

A page shows the `detail` of an error, and of a field's mistake its problem and remedy. They are
written where the rule is, not where the page is, so that `tools.words` does not see them. A
sentence with a value in it (an f-string) is a pattern, `msgctxt "said"` in the catalogue.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import read_po
from ruamel.yaml import YAML

from api.web.words import SAID, SHARED, catalogues, pattern_parts
from directory.languages import Language
from directory.settings import ROOT
from directory.wordings.rules import REVEALING_FILE

say = sys.stdout.write
ERRORS = {
    "Conflict", "Forbidden", "Gone", "HandoffError", "Invalid", "NotFound", "PreconditionFailed",
    "PreconditionRequired", "TooMany", "Unauthenticated",
}  # fmt: skip
# Calls that say something of a field, and which of their arguments are words.
FIELDS = {
    "mistake": (0, 1), "FieldMistake": (1, 2), "_matching": (1, 2), "Broken": (1,),
    "NumberError": (0,),
}  # fmt: skip
# What is said out of a table, or handed back as a pair.
TABLES = ("_SAY", "_NOT_NULL", "_KEPT_BY_US", "_REFUSALS", "OBSTACLES")
HANDED_BACK = ("area_problem",)
ROOMS = ("api", "bot", "directory")
# Where what is said reaches no page: doors for machines, and commands.
NO_PAGE = (
    "api/auth.py", "api/checkins/", "api/commands/", "api/duplicates/", "api/fhir/", "api/hsds/",
    "api/imports/", "api/interchange/", "api/limits/", "api/partners/access.py",
    "api/partners/contacts.py", "api/partners/listings.py", "api/phone/", "api/webhooks/",
    "directory/hsds/", "directory/imports/", "directory/listings/partner_file.py",
    "directory/listings/partner_schema.py", "directory/partners/service.py",
    "directory/retention/", "directory/visits/uploads.py", "bot/.venv/", "bot/rasa_components/",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, with `{}` where a value stands, and the place that says it."""

    parts: str
    where: str


def said() -> Iterator[Said]:
    """Every sentence of a service that a page may show, once."""
    met: set[str] = set()
    for file in _files():
        for line, parts in _in_file(ast.parse(file.read_text(encoding="utf-8"))):
            if parts.strip("{}") and parts not in met:
                met.add(parts)
                yield Said(parts, f"{file.relative_to(ROOT)}:{line}")
    yield from _of_revealing_words()


def missing() -> list[Said]:
    known = translated()
    return [each for each in said() if each.parts not in known]


def translated() -> set[str]:
    """The sentences that the console and the partner pages both know, a value in one as `{}`."""
    folders = [SHARED, ROOT / "api" / "console" / "locale"]
    found: set[str] = set()
    for file in catalogues(Language.ES, folders):
        with file.open(encoding="utf-8") as source:
            for message in read_po(source, locale=Language.ES.value):
                if isinstance(message.id, str) and message.id and message.string:
                    whole = message.id
                    found.add("{}".join(pattern_parts(whole)) if message.context == SAID else whole)
    return found


def _files() -> Iterator[Path]:
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            if not str(file.relative_to(ROOT)).startswith(NO_PAGE):
                yield file


def _in_file(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef | ast.Module):
            for node in ast.walk(scope):
                for argument in _words_of(node, scope):
                    for parts in _strings(argument, scope, tree):
                        yield argument.lineno, parts


def _words_of(node: ast.AST, scope: ast.FunctionDef | ast.Module) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        name = str(getattr(node.func, "id", None) or getattr(node.func, "attr", ""))
        places = (1,) if name in ERRORS else FIELDS.get(name, ())
        return [node.args[place] for place in places if place < len(node.args)]
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in TABLES:
        return [node.value]
    if isinstance(node, ast.Return) and getattr(scope, "name", "") in HANDED_BACK:
        return [node.value] if isinstance(node.value, ast.Tuple) else []
    return []


def _of_revealing_words() -> Iterator[Said]:
    """Why a wording may not say a word: the reasons stand beside the words."""
    groups = YAML(typ="safe", pure=True).load(REVEALING_FILE)["groups"]
    where = str(REVEALING_FILE.relative_to(ROOT))
    return (Said(group["why"], where) for group in groups)


def _strings(node: ast.expr, scope: ast.AST, tree: ast.Module) -> Iterator[str]:
    """What an expression may say: itself, either way of a choice, or what a name was set to."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
    elif isinstance(node, ast.Tuple | ast.Dict):
        for each in node.elts if isinstance(node, ast.Tuple) else node.values:
            yield from _strings(each, scope, tree)
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body, scope, tree)
        yield from _strings(node.orelse, scope, tree)
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
        yield from _strings(node.args[0], scope, tree)
    elif isinstance(node, ast.Name):
        for within in (scope, tree):
            for value in _set_to(node.id, within):
                if not (isinstance(value, ast.Name) and value.id == node.id):
                    yield from _strings(value, scope, tree)


def _set_to(name: str, part: ast.AST) -> Iterator[ast.expr]:
    within = part.body if isinstance(part, ast.Module) else list(ast.walk(part))
    for each in within:
        if isinstance(each, ast.Assign):
            for target in each.targets:
                if isinstance(target, ast.Name) and target.id == name:
                    yield each.value
                elif isinstance(target, ast.Tuple) and isinstance(each.value, ast.Tuple):
                    for one, value in zip(target.elts, each.value.elts, strict=False):
                        if isinstance(one, ast.Name) and one.id == name:
                            yield value


def main() -> int:
    lacking = missing()
    for each in lacking:
        say(f"#: {each.where}\n{each.parts}\n\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
