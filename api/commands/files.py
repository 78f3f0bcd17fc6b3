"""Lines of a file, written where the command line says."""

import sys
from collections.abc import Iterator
from pathlib import Path

from directory.settings import SettingsError

STANDARD_OUTPUT = "-"


def write(lines: Iterator[str], path: str) -> int | None:
    """Write to a file, or for `-` to the standard output; how many lines a file has besides the
    names of its columns, None for the standard output. Raises SettingsError."""
    if path == STANDARD_OUTPUT:
        # The lines have their ends already: Python must not make two of each.
        for line in lines:
            sys.stdout.buffer.write(line.encode())
        sys.stdout.flush()
        return None
    count = -1  # the line with the names of the columns
    try:
        with Path(path).open("w", encoding="utf-8", newline="") as file:
            for line in lines:
                file.write(line)
                count += 1
    except OSError as error:
        raise SettingsError(f"cannot write {path}: {error.strerror}") from error
    return count
