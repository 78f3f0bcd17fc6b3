"""Files that commands write, for their owner's eyes: most are about people."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from directory.settings import SettingsError

STANDARD_OUTPUT = "-"
_OWNER_ALONE = stat.S_IRUSR | stat.S_IWUSR


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
        with os.fdopen(_opened(path, new=False), "w", encoding="utf-8", newline="") as file:
            for line in lines:
                file.write(line)
                count += 1
    except OSError as error:
        raise _not_written(path, error) from error
    return count


def write_private(path: Path, content: bytes) -> None:
    """A new file for its owner's eyes. Raises SettingsError, also where it exists already."""
    try:
        with os.fdopen(_opened(path, new=True), "wb") as file:
            file.write(content)
    except FileExistsError as error:
        raise SettingsError(f"{path} exists already: name another file") from error
    except OSError as error:
        raise _not_written(path, error) from error


def _opened(path: Path | str, *, new: bool) -> int:
    """A descriptor to write to; the file is closed to others before anything is in it."""
    only = os.O_EXCL if new else 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | only, _OWNER_ALONE)
    try:
        if stat.S_ISREG(os.fstat(handle).st_mode):  # a pipe or a device stays as it is
            os.fchmod(handle, _OWNER_ALONE)
            os.ftruncate(handle, 0)  # last: a file that cannot be closed keeps what it has
    except OSError:
        os.close(handle)
        raise
    return handle


def _not_written(path: Path | str, error: OSError) -> SettingsError:
    return SettingsError(f"cannot write {path}: {error.strerror}")
