"""Copies of an SQLite database while others write to it (SQLite's online backup API).

Source: https://www.sqlite.org/backup.html.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from directory.backups.manifest import BackupError
from directory.database import BUSY_SECONDS


def copy(source: Path, target: Path) -> None:
    """What is committed at one instant, as one file that the owner alone can read. Writers wait
    for nothing: in WAL mode they go on while it is read. Raises BackupError."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with (
            closing(sqlite3.connect(source, timeout=BUSY_SECONDS)) as read,
            closing(sqlite3.connect(target)) as written,
        ):
            read.backup(written)  # all in one step, so no write begins it anew
            # One file and no -wal beside it; opening it in the product makes it WAL again.
            written.execute("PRAGMA journal_mode=DELETE")
            [(found,)] = written.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as error:
        raise BackupError(f"{source} can't be copied: {error}") from error
    if found != "ok":
        raise BackupError(f"the database is damaged ({found}): look at the disk, keep old backups")
    with target.open("rb") as file:
        os.fsync(file.fileno())


def rows(path: Path) -> dict[str, int]:
    """How many rows each table of a copy holds."""
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        return {
            name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608  # a name of the database's own
            for (name,) in sorted(names)
        }


def revision(path: Path) -> str:
    """The schema of a copy. Raises BackupError where there is none of ours."""
    with closing(sqlite3.connect(path)) as connection:
        try:
            [(found,)] = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        except (sqlite3.Error, ValueError) as error:
            raise BackupError(f"{path} is no database of Handoff") from error
    return str(found)
