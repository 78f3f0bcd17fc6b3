"""What a source sent, made plain before anything is read out of it. Pure.

Nothing is null in HSDS: what is empty is left out. Texts lose markup, invisible characters and
blanks around them; a text that cannot be stored at all is a mistake.
"""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

DEEPEST = 24
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--")
# Control characters but tab, line feed and carriage return; and those that turn text around.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069\ufeff]")
_ENDS_LINE = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4"})
_NAMES = frozenset({"name", "alternate_name"})
_NOT_SHOWN = frozenset({"script", "style"})


class NotPlainError(ValueError):
    """The text says what is wrong and what to do, for whoever keeps the source."""

    def __init__(self, path: str, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.path, self.problem, self.remedy = path, problem, remedy


def plain(value: Any, path: str = "", depth: int = 0) -> Any:
    """`value` (JSON) without what is empty, every text of it plain.

    Raises NotPlainError. Names keep their markup: they are refused for it, since what is left of
    a name is anybody's guess.
    """
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, dict):
        if depth > DEEPEST:
            raise NotPlainError(path, "is nested too deeply", "send it as HSDS has it")
        found = {}
        for key, inner in value.items():
            if inner is None:
                continue
            made = plain(inner, f"{path}.{key}" if path else key, depth + 1)
            if made not in ("", [], {}):
                found[key] = made
        return found
    if isinstance(value, list):
        if depth > DEEPEST:
            raise NotPlainError(path, "is nested too deeply", "send it as HSDS has it")
        return [
            plain(inner, f"{path}[{position}]", depth + 1)
            for position, inner in enumerate(value)
            if inner is not None
        ]
    return value


def _text(text: str, path: str) -> str:
    if text.isascii() and text.isprintable() and "<" not in text:
        return text.strip()
    try:
        text.encode()
    except UnicodeEncodeError as error:  # half of a pair, as "\\ud800" in JSON
        raise NotPlainError(path, "is no text", "save the file as UTF-8 again") from error
    text = _INVISIBLE.sub("", text)
    if "<" in text and _TAG.search(text) and path.rpartition(".")[2] not in _NAMES:
        text = _without_markup(text)
    return text.strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NOT_SHOWN:
            self._hidden += 1
        elif tag in _ENDS_LINE:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _NOT_SHOWN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _ENDS_LINE:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def _without_markup(text: str) -> str:
    parser = _Words()
    parser.feed(text)
    parser.close()
    # What was hidden twice ("&lt;script&gt;") comes out once more: it is text then, and stays it.
    words = unescape("".join(parser.words)) if "&" in text else "".join(parser.words)
    lines = [" ".join(line.split()) for line in _TAG.sub(" ", words).split("\n")]
    return "\n".join(line for line in lines if line)
