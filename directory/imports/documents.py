"""HSDS JSON as one document: a service object over several lines, a list, or a page of an API.

What HSDS's own examples and the answers of other directories' APIs look like. A document is read
whole, so it may be no larger than a workbook; JSON lines have no such limit.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from directory.hsds.read import Problem
from directory.imports.entries import Entry
from directory.imports.limits import LARGEST_WORKBOOK, MEGABYTE, too_large
from directory.imports.lines import LONGEST_LINE, NOT_UTF8, TOO_DEEP, no_number, read_lines

_NO_JSON = Problem("", "is not JSON from here on", "send the file again, whole, as it was made")
_SPACE = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder(parse_constant=no_number)


def read_json(open_file: Callable[[], BinaryIO], file: str) -> Iterator[Entry]:
    """The entries of a file of JSON lines or of a document, told apart by the first line.

    What may be either and is no whole document is read as lines, so that each bad one is named and
    the others are taken. Raises TooLarge for a document of more than 60 MB.
    """
    with open_file() as stream:
        first = _first_line(stream)
    if not _is_line(first):
        with open_file() as stream:
            data = stream.read(LARGEST_WORKBOOK + 1)
        entries = _read_document(data, file, surely=first == b"{" or first.startswith(b"["))
        if entries is not None:
            yield from entries
            return
    with open_file() as stream:
        yield from read_lines(stream, file)


def _first_line(stream: BinaryIO) -> bytes:
    while line := stream.readline(LONGEST_LINE):
        if first := line.removeprefix(b"\xef\xbb\xbf").strip():
            return first
    return b""


def _is_line(first: bytes) -> bool:
    """Whether it is an object by itself, and no page; or too long for anything but a page."""
    if not first.startswith(b"{"):
        return False
    if b'"contents"' not in first:
        return first.endswith(b"}") or len(first) == LONGEST_LINE
    if not first.endswith(b"}"):
        return False
    try:
        return _contents(json.loads(first)) is None
    except (ValueError, RecursionError):
        return True


def _read_document(data: bytes, file: str, *, surely: bool) -> list[Entry] | None:
    """None when it may be lines. Several documents, one after the other, are read like one."""
    if len(data) > LARGEST_WORKBOOK:
        if surely:
            limit = LARGEST_WORKBOOK // MEGABYTE
            raise too_large(f"The JSON document is larger than {limit} MB.")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [Entry(file, 1, problems=(NOT_UTF8,))] if surely else None
    found: list[Entry] = []
    try:
        for each in _entries(text, file):
            found.append(each)
    except RecursionError:
        return [*found, Entry(file, 1, problems=(TOO_DEEP,))]
    except json.JSONDecodeError as error:
        return [*found, Entry(file, error.lineno, problems=(_NO_JSON,))] if surely else None
    except ValueError:  # NaN: nobody says where
        return [*found, Entry(file, 1, problems=(_NO_JSON,))] if surely else None
    return found


def _entries(text: str, file: str) -> Iterator[Entry]:
    """Raises ValueError where the text is no JSON."""
    listed = text.lstrip().startswith("[")
    place, line, counted = text.index("[") + 1 if listed else 0, 1, 0
    while True:
        place = _SPACE.match(text, place).end()  # type: ignore[union-attr]  # matches nothing, too
        if listed and text[place : place + 1] == "]":
            if text[place + 1 :].strip():
                raise json.JSONDecodeError("more after the list", text, place + 1)
            return
        if place == len(text) and not listed:
            return
        line += text.count("\n", counted, place)
        counted = place
        value, place = _DECODER.raw_decode(text, place)  # which also says that a list has no end
        page = _contents(value)
        for each in [value] if page is None else page:
            yield Entry(file, line, each)


def _contents(value: Any) -> list[Any] | None:
    """The services of an HSDS page, which has them in `contents`. None: it is no page."""
    if not isinstance(value, dict) or "id" in value:
        return None
    found = value.get("contents")
    return found if isinstance(found, list) else None
