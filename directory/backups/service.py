"""Backups: made while the product runs, written whole or not at all, restored into an empty place.

A backup is a folder `handoff-<time>` with the database, the texts that wait on disk, and a
manifest. It is as private as the database: texts, names and numbers in it are encrypted, the rest
is not.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from directory.backups import keys, postgres_dump, sqlite_copy
from directory.backups.manifest import BackupError, Manifest, Stored
from directory.backups.models import BackupKind, BackupRun
from directory.database import Database
from directory.key_rotation import name_of
from directory.settings import Settings

PREFIX = "handoff-"
PARTIAL = ".partial"
LOCK = ".lock"
SQLITE, POSTGRESQL = "sqlite", "postgresql"
DATABASE_FILES = {SQLITE: "database.sqlite", POSTGRESQL: "database.dump"}
SPOOL = "inbox-spool"
KEPT = 14
# What a copy may take more than what it is a copy of.
SLACK_BYTES = 50 * 2**20


def make(
    database: Database, place: Path, *, keep: int = KEPT, wall: datetime, tools: Path | None = None
) -> tuple[Path, Manifest]:
    """Write a backup into a new folder under `place`; the newest `keep` stay. Raises BackupError.

    `tools`: the folder of `pg_dump`, where it isn't in one of the usual places.
    """
    folder = place / f"{PREFIX}{wall.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    with _alone_in(place):
        manifest = _write(database, folder, wall=wall, tools=tools)
        _note(database, manifest, BackupKind.MADE, wall=wall)
        _prune(place, keep)
    return folder, manifest


@contextmanager
def _alone_in(place: Path) -> Iterator[None]:
    """Two that write into one folder would each take the other's for what a dead one left."""
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (place / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
    except BlockingIOError as error:
        raise BackupError(f"another backup is being written into {place}") from error
    except OSError as error:
        raise BackupError(f"{place} can't be written: {error.strerror}") from error


def _write(database: Database, folder: Path, *, wall: datetime, tools: Path | None) -> Manifest:
    """All of it or nothing; on the disk when this returns."""
    kind, place = database.engine.dialect.name, folder.parent
    if folder.exists():
        raise BackupError(f"{folder} is there already")
    _remove_partial(place)
    partial = folder.with_name(f".{folder.name}{PARTIAL}")
    partial.mkdir(mode=0o700)
    try:
        # The waiting texts first: one that is taken into the database meanwhile is then in both,
        # and known by its id. The other way round it could be in neither.
        _copy_spool(database.settings.data_dir / SPOOL, partial / SPOOL)
        copied = _copy_sqlite if kind == SQLITE else _dump_postgresql
        rows, revision = copied(database, partial / DATABASE_FILES[kind], tools)
        manifest = Manifest(
            made_at=wall,
            kind=kind,
            revision=revision,
            keys=keys.set_keys(database),
            index_key=name_of(database.settings.secret_key),
            rows=rows,
            files=_stored(partial),
        )
        manifest.write(partial)
        _on_disk(partial)
        partial.rename(folder)
        _on_disk(place)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


def _copy_sqlite(database: Database, target: Path, _: Path | None) -> tuple[dict[str, int], str]:
    source = sqlite_file(database.settings)
    _check_space(target.parent, source.stat().st_size)
    sqlite_copy.copy(source, target)
    return sqlite_copy.rows(target), sqlite_copy.revision(target)


def _dump_postgresql(
    database: Database, target: Path, tools: Path | None
) -> tuple[dict[str, int], str]:
    with postgres_dump.snapshot(database.engine) as (connection, snapshot_id):
        server = postgres_dump.server_major(connection)
        pg_dump = postgres_dump.tool("pg_dump", server=server, folder=tools)
        size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        _check_space(target.parent, int(size))
        postgres_dump.dump(pg_dump, database.settings.database, target, snapshot_id=snapshot_id)
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        return postgres_dump.rows(connection), str(revision)


def sqlite_file(settings: Settings) -> Path:
    """Where the SQLite database is."""
    return Path(make_url(settings.database).database or "")


def _check_space(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size + SLACK_BYTES:
        raise BackupError(
            f"the disk of {folder.parent} is too full: {free // 2**20} MB free, "
            f"{(size + SLACK_BYTES) // 2**20} MB are needed"
        )


def _copy_spool(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700)
    for path in sorted(source.glob("*.text")):
        with suppress(FileNotFoundError):  # taken into the database at this moment: it is there
            content = path.read_bytes()
            handle = os.open(target / path.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())


def _stored(folder: Path) -> dict[str, Stored]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): Stored.of(path) for path in files}


def _on_disk(folder: Path) -> None:
    """That its entries survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_partial(place: Path) -> None:
    """What a backup left behind that was killed."""
    for left in place.glob(f".{PREFIX}*{PARTIAL}"):
        shutil.rmtree(left, ignore_errors=True)


def found_in(place: Path) -> Sequence[Path]:
    """The whole backups under a folder, the oldest first."""
    return sorted(each for each in place.glob(f"{PREFIX}*") if (each / "manifest.json").is_file())


def _prune(place: Path, keep: int) -> None:
    for old in found_in(place)[: -max(keep, 1)]:
        shutil.rmtree(old, ignore_errors=True)


def note_restored(database: Database, manifest: Manifest, *, wall: datetime) -> None:
    """That this database came from that backup."""
    _note(database, manifest, BackupKind.RESTORED, wall=wall)


def _note(database: Database, manifest: Manifest, kind: BackupKind, *, wall: datetime) -> None:
    with database.session_scope() as session:
        session.add(
            BackupRun(
                kind=kind,
                at=manifest.made_at,
                noted_at=wall,
                revision=manifest.revision,
                size=manifest.size,
                keys=",".join(manifest.keys)[:400],
            )
        )
