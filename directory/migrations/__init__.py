"""The database's shape, step by step (Alembic); the same steps on SQLite and PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from directory import database, jobs
from directory.migrations import readers

HERE = Path(__file__).parent
# Any fixed number: two processes that start at once must not migrate at once.
_LOCK = 630_555


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def migrate() -> None:
    """Bring the current database to the newest shape, the job engine's tables included.

    As the role that owns it (MIGRATION_DATABASE_URL), where the one that serves may not.
    """
    with _as_owner() as engine, engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        try:
            command.upgrade(configuration(connection), "head")
            if _is_owner(connection):
                readers.let_read(connection)
            connection.commit()
        finally:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
                connection.commit()
    jobs.migrate()


def revisions() -> tuple[str, ...]:
    """Every step that this version knows, the newest first."""
    return tuple(
        script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()
    )


def revision_of(engine: Engine) -> str | None:
    """The step that a database stands at; None before the first."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def go_back(revision: str) -> None:
    """Take the current database back to an earlier step: what the later ones added is lost, with
    all that is in it. Nothing may be running."""
    with _as_owner() as engine, engine.connect() as connection:
        command.downgrade(configuration(connection), revision)
        connection.commit()


@contextmanager
def _as_owner() -> Iterator[Engine]:
    """An engine of the role that may change the tables."""
    current = database.current()
    if current.settings.database_of_owner == current.settings.database:
        yield current.engine
        return
    engine = database.make_engine(current.settings.database_of_owner, pooled=False)
    try:
        yield engine
    finally:
        engine.dispose()


def _is_owner(connection: Connection) -> bool:
    """Whether this role may grant on the tables: who only serves may not, and need not."""
    if connection.dialect.name != "postgresql":
        return False
    mine = "SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'service'"
    return bool(connection.execute(text(mine)).scalar())
