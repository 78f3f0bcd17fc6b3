"""HSDS JSON lines: one service object on each line, UTF-8."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

from directory.hsds.read import Problem
from directory.imports.entries import Entry

LONGEST_LINE = 2_000_000
TOO_DEEP = Problem("", "is nested too deeply", "send it as HSDS has it")
NOT_UTF8 = Problem("", "is not UTF-8", "save the file as UTF-8 text")


def read_lines(stream: BinaryIO, file: str) -> Iterator[Entry]:
    """The entries of a file. A line that cannot be read is told of, and the next one read."""
    line = 0
    while True:
        data = stream.readline(LONGEST_LINE + 1)
        if not data:
            return
        line += 1
        if len(data) > LONGEST_LINE:
            _skip_rest(stream)
            problem = Problem("", "is longer than 2 MB", "put one service on each line")
            yield Entry(file, line, problems=(problem,))
            continue
        if line == 1:
            data = data.removeprefix(b"\xef\xbb\xbf")
        if data.strip():
            yield _entry(data, file, line)


def _entry(data: bytes, file: str, line: int) -> Entry:
    try:
        return Entry(file, line, json.loads(data, parse_constant=no_number))
    except UnicodeDecodeError:
        problem = NOT_UTF8
    except RecursionError:
        problem = TOO_DEEP
    except ValueError:
        whole = data.rstrip().endswith(b"}")
        remedy = "write one JSON object on each line"
        why = "is not JSON" if whole else "ends in the middle"
        problem = Problem("", why, remedy if whole else "send the file again, whole")
    return Entry(file, line, problems=(problem,))


def _skip_rest(stream: BinaryIO) -> None:
    while True:
        rest = stream.readline(LONGEST_LINE)
        if not rest or rest.endswith(b"\n"):
            return


def no_number(name: str) -> NoReturn:
    """For `parse_constant`: NaN and Infinity are no JSON."""
    raise ValueError(name)


def as_line(value: Any) -> bytes:
    """One object as a line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
