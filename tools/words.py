"""The sentences of the pages that lack a Spanish one, as entries to fill in.

    python -m tools.words            prints what is missing, by part of the site
    python -m tools.words --unused   prints what the catalogues have and no page says

Sentences are found as Babel finds them: `_("…")` and `n_("…", "…", count)` in templates and Python.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from api.web.words import SHARED, catalogues
from directory.languages import Language
from directory.settings import ROOT

PARTS = ("console", "partners", "public", "web")
_KEYWORDS = {"_": None, "n_": (1, 2)}
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
_OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}
say = sys.stdout.write

Message = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence and the first place that says it."""

    message: Message
    where: str


def said_in(part: str) -> Iterator[Found]:
    """Every sentence of one part of the site, once."""
    folder = ROOT / "api" / part
    met: set[Message] = set()
    extracted = extract_from_dir(folder, _METHODS, _OPTIONS, keywords=_KEYWORDS)
    for name, line, message, _comments, _context in extracted:
        if message and message not in met:
            met.add(message)
            yield Found(message, f"api/{part}/{name}:{line}")


def translated(part: str, language: Language = Language.ES) -> dict[Message, object]:
    """What the catalogues of one part, and the shared one, have a sentence for."""
    folders = dict.fromkeys((SHARED, ROOT / "api" / part / "locale"))
    found: dict[Message, object] = {}
    for file in catalogues(language, folders):
        with file.open(encoding="utf-8") as source:
            for message in read_po(source, locale=language.value):
                if message.id and not message.fuzzy:
                    found[_whole(message.id)] = message.string
    return found


def _whole(message: str | tuple[str, ...] | list[str]) -> Message:
    return message if isinstance(message, str) else tuple(message)


def missing(part: str) -> list[Found]:
    """The sentences of one part without a translation, or with an empty one."""
    known = translated(part)
    return [each for each in said_in(part) if not _is_filled(known.get(each.message))]


def _is_filled(translation: object) -> bool:
    if isinstance(translation, str):
        return bool(translation)
    return isinstance(translation, tuple | list) and all(translation)


def unused(part: str) -> list[Message]:
    folder = ROOT / "api" / part / "locale"
    own: list[Message] = []
    for file in catalogues(Language.ES, [folder]):
        with file.open(encoding="utf-8") as source:
            own += [_whole(message.id) for message in read_po(source) if message.id]
    said = {each.message for each in said_in(part)}
    if part == "web":
        said.update(each.message for other in PARTS for each in said_in(other))
    return [message for message in own if message not in said]


def _entry(found: Found) -> str:
    message = found.message
    lines = [f"#: {found.where}"]
    if isinstance(message, tuple):
        lines += [f'msgid "{_quoted(message[0])}"', f'msgid_plural "{_quoted(message[1])}"']
        lines += ['msgstr[0] ""', 'msgstr[1] ""']
    else:
        lines += [f'msgid "{_quoted(message)}"', 'msgstr ""']
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def main() -> int:
    wrong = 0
    for part in PARTS:
        if not (ROOT / "api" / part).is_dir():
            continue
        if "--unused" in sys.argv:
            for message in unused(part):
                say(f"{part}: {message}\n")
            continue
        for found in missing(part):
            wrong += 1
            say(f"{_entry(found)}\n\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
