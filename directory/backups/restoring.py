"""A backup put back: checked, into an empty place, all of it or nothing.

What was under way when it was made is looked after apart (bot/after_restore.py): this alone does
not make it safe to run.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from directory import database, migrations
from directory.backups import keys, postgres_dump, service, sqlite_copy
from directory.backups.manifest import BackupError, Manifest
from directory.database import Database
from directory.key_rotation import name_of
from directory.messages.spool import Spool, SpooledText
from directory.settings import Settings

# What looks after what was under way: the texts that waited on disk, and what the backup says.
Settle = Callable[[list[SpooledText], Manifest], None]


def chosen(folder: Path) -> Path:
    """The backup that is meant: the folder itself, or the newest one in it."""
    if (folder / "manifest.json").is_file():
        return folder
    inside = service.found_in(folder)
    if not inside:
        raise BackupError(f"{folder} holds no backup")
    return inside[-1]


def check(folder: Path, settings: Settings) -> Manifest:
    """Raises BackupError unless it can be restored into the place that the settings name."""
    manifest = Manifest.read(folder)
    _check_keys(manifest, settings)
    _check_revision(manifest)
    kind = service.SQLITE if settings.database.startswith("sqlite") else service.POSTGRESQL
    if manifest.kind != kind:
        raise BackupError(
            f"this is a backup of {manifest.kind}, and HANDOFF_DATABASE_URL names {kind}"
        )
    _check_empty(settings)
    manifest.verify(folder)
    return manifest


def restore(
    folder: Path,
    settings: Settings,
    manifest: Manifest,
    *,
    wall: datetime,
    settle: Settle,
    tools: Path | None = None,
) -> None:
    """Put a backup that was checked into its place; `settle` is called with it open, and in use.

    Raises BackupError, and leaves an SQLite place as empty as it was.
    """
    if manifest.kind == service.POSTGRESQL:
        _restore_postgresql(folder, settings, tools)
        try:
            _finish(folder, settings, manifest, settle, wall=wall)
        except BackupError as error:
            raise BackupError(f"{error}. Drop the database before the next try") from error
        return
    target = service.sqlite_file(settings)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Under another name until all is well: a place that looks restored is.
    unfinished = target.with_name(f".{target.name}.restoring")
    whole = target.with_name(f".{target.name}.restored")
    try:
        _remove_sqlite(unfinished)  # what a restore left behind that was killed
        whole.unlink(missing_ok=True)
        sqlite_copy.copy(folder / service.DATABASE_FILES[service.SQLITE], unfinished)
        elsewhere = settings.model_copy(update={"database_url": f"sqlite:///{unfinished}"})
        _finish(folder, elsewhere, manifest, settle, wall=wall)
        sqlite_copy.copy(unfinished, whole)  # one file, whatever its -wal still held
        whole.rename(target)
    finally:
        _remove_sqlite(unfinished)
        whole.unlink(missing_ok=True)


def _remove_sqlite(path: Path) -> None:
    for each in _sqlite_files(path):
        each.unlink(missing_ok=True)


def _sqlite_files(path: Path) -> list[Path]:
    """The database and what SQLite keeps beside it, one of which is there after a crash."""
    return [path.with_name(path.name + end) for end in ("", "-wal", "-shm", "-journal")]


def _restore_postgresql(folder: Path, settings: Settings, tools: Path | None) -> None:
    opened = Database(settings)
    try:
        with opened.engine.connect() as connection:
            server = postgres_dump.server_major(connection)
    finally:
        opened.close()
    pg_restore = postgres_dump.tool("pg_restore", server=server, folder=tools)
    source = folder / service.DATABASE_FILES[service.POSTGRESQL]
    postgres_dump.restore(pg_restore, settings.database_of_owner, source)


def _finish(
    folder: Path, settings: Settings, manifest: Manifest, settle: Settle, *, wall: datetime
) -> None:
    """Migrate, see that everything can be read, settle, and note where it came from."""
    opened = database.use(Database(settings))
    try:
        migrations.migrate()
        with opened.read_scope() as session:
            lost = keys.unreadable(session, opened.cipher, sample=None)
            if lost:
                raise BackupError(
                    _not_readable(lost, keys.missing_key(session, opened, lost[0].last))
                )
            if not keys.index_fits(session, opened.cipher):
                raise BackupError("HANDOFF_SECRET_KEY is another one: nobody would be found again")
        spool = Spool(folder / service.SPOOL, opened.cipher)
        settle([spool.read(path) for path in spool.files()], manifest)
        service.note_restored(opened, manifest, wall=wall)
    finally:
        opened.close()


def _not_readable(lost: list[keys.Unreadable], key: str | None) -> str:
    where = ", ".join(f"{each.column} ({each.count} of {each.looked_at})" for each in lost)
    named = f"the key {key}" if key else "the key in use then"
    return (
        f"values written from {lost[0].first:%Y-%m-%d} to {lost[0].last:%Y-%m-%d} can't be read: "
        f"{where}; {named} is missing from HANDOFF_ENCRYPTION_KEYS"
    )


def _check_keys(manifest: Manifest, settings: Settings) -> None:
    here = {name_of(key) for key in settings.encryption_key_list}
    # The newest wrote last, so it is needed for certain; whether an older one still is, shows when
    # every value is read.
    newest = next(iter(manifest.keys), None)
    if newest is not None and newest not in here:
        has = ", ".join(sorted(here)) or "none"
        raise BackupError(
            f"the encryption key {newest} is missing: this backup of "
            f"{manifest.made_at:%Y-%m-%d} was written with it, and HANDOFF_ENCRYPTION_KEYS "
            f"holds {has} (names of keys, not the keys)"
        )
    if name_of(settings.secret_key) != manifest.index_key:
        raise BackupError(
            f"HANDOFF_SECRET_KEY is not the one of this backup ({manifest.index_key}): people "
            "would not be found again by their numbers"
        )


def _check_revision(manifest: Manifest) -> None:
    if manifest.revision not in migrations.revisions():
        raise BackupError(
            f"this backup has schema {manifest.revision}, which this version doesn't know: "
            "restore it with the version that made it, or a newer one"
        )


def _check_empty(settings: Settings) -> None:
    """Nothing is ever overwritten: who restores by mistake must lose nothing."""
    spool = settings.data_dir / service.SPOOL
    if any(spool.glob("*.text")):
        raise BackupError(f"{spool} holds texts that wait: they would be lost")
    if settings.database.startswith("sqlite"):
        _check_no_sqlite(service.sqlite_file(settings))
        return
    opened = Database(settings)
    try:
        with opened.engine.connect() as connection:
            if postgres_dump.rows(connection):
                raise BackupError("the database has tables already: restore into an empty one")
    except SQLAlchemyError as error:
        raise BackupError(f"the database can't be reached ({type(error).__name__})") from error
    finally:
        opened.close()


def _check_no_sqlite(target: Path) -> None:
    main, *beside = _sqlite_files(target)
    left = [each for each in beside if each.exists()]
    there = [main] if main.exists() and main.stat().st_size > 0 else []
    if left:
        # SQLite would play the changes of the dead system over what is restored, pause and all.
        names = ", ".join(str(each) for each in [*there, *left])
        raise BackupError(
            f"{names}: left of the database that was there, and SQLite would play it over what is "
            "restored. Move all of these away together, then restore into an empty place"
        )
    if there:
        raise BackupError(f"{main} is there already: restore into an empty place")
