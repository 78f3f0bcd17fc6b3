"""What every command does: says a line, complains of one, opens the database."""

from rich.console import Console

from directory import database, migrations
from directory.settings import Settings

out = Console()
err = Console(stderr=True)


def say(line: str) -> None:
    """One line, as it is: not wrapped at 80 columns when another program reads it."""
    out.print(line, markup=False, highlight=False, soft_wrap=True)


def complain(line: str) -> None:
    err.print(line, style="red", markup=False, highlight=False, soft_wrap=True)


def open_database(settings: Settings) -> None:
    """Open and migrate the database that the settings name."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database.use(database.Database(settings))
    migrations.migrate()
