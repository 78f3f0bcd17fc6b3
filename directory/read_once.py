"""What a process reads from its own files, once, and before the first person waits for it."""

from collections.abc import Callable
from functools import cache
from typing import TypeVar

What = TypeVar("What")

_readers: list[Callable[[], object]] = []


def read_once(read: Callable[[], What]) -> Callable[[], What]:
    """`functools.cache` for a reader of our own files, which `read_all` then calls as well."""
    kept = cache(read)
    _readers.append(kept)
    return kept


def read_all() -> None:
    """Call every reader of the modules imported so far; together they take seconds."""
    for read in _readers:
        read()
