"""`handoff schema`: the shape of the database; and back to an earlier one, for an older version."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from api.commands.terminal import say
from api.supervisor.lifecycle import alone_on
from api.supervisor.preparation import StartError
from directory import database, fleet, migrations, processes
from directory.database import Database
from directory.settings import Settings, SettingsError, load_settings


def schema(
    back_to: Annotated[
        str, typer.Option("--back-to", help="An earlier step, such as 0005; take a backup first.")
    ] = "",
) -> None:
    """Say which step the database stands at; with --back-to, undo the later ones."""
    settings = load_settings()
    opened = database.use(Database(settings))
    try:
        known, current = migrations.revisions(), migrations.revision_of(opened.engine)
        if back_to:
            _check(back_to, current, known)
            with _nothing_running(opened):
                migrations.go_back(back_to)
            current = migrations.revision_of(opened.engine)
        say(f"at {current or 'none'}; this version has {known[0]}")
    finally:
        opened.close()


def _check(back_to: str, current: str | None, known: tuple[str, ...]) -> None:
    if current not in known:
        raise SettingsError(f"the database is at {current}, which this version doesn't know")
    if back_to not in known or known.index(back_to) < known.index(current):
        earlier = ", ".join(known[known.index(current) :])
        raise SettingsError(f"{back_to} is no step to go back to; there are {earlier}")


@contextmanager
def _nothing_running(opened: Database) -> Iterator[None]:
    """The version that runs would meet tables that are gone.

    Under a supervisor or by itself, here or on another machine: also a process that only holds
    the doors. Raises SettingsError.
    """
    settings = opened.settings
    opened.engine.dispose()  # the sessions that are left are not this command's
    try:
        with alone_on(settings.data_dir):
            _check_nobody_else(settings)
            yield
    except StartError as error:
        raise SettingsError(str(error)) from error


def _check_nobody_else(settings: Settings) -> None:
    if settings.database.startswith("sqlite"):
        if processes.living(settings.data_dir / processes.FOLDER):
            raise SettingsError("the product is running on this database: stop it first")
        return
    with fleet.connect(settings.database) as connection:
        count = fleet.sessions(connection)
        if count or fleet.living(connection):
            raise SettingsError(
                f"programs of the product keep {count} connections to this database: stop "
                "them all first, the doors and the action servers too"
            )
