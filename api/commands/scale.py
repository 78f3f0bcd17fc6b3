"""`handoff scale`: the product as many processes on one PostgreSQL."""

from typing import Annotated

import typer

from api.commands.terminal import complain
from api.supervisor import scaled
from api.supervisor.preparation import StartError, make_data_folder, prepare_database
from api.supervisor.progress import ConsoleProgress
from api.supervisor.scaled import Counts
from directory.settings import load_settings

_OF_EACH = {"min": 1, "max": 32}


def scale(
    api: Annotated[int, typer.Option(help="Processes at the doors.", **_OF_EACH)] = 2,
    workers: Annotated[int, typer.Option(help="Processes that answer and send.", **_OF_EACH)] = 2,
    rasa: Annotated[int, typer.Option(help="Rasa servers.", **_OF_EACH)] = 2,
    actions: Annotated[int, typer.Option(help="Action servers.", **_OF_EACH)] = 2,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Instead of the setting PORT.")
    ] = None,
) -> None:
    """Start the scaled topology on this machine; Ctrl-C stops every process of it."""
    settings = load_settings(**({} if port is None else {"port": port}))
    counts = Counts(api=api, workers=workers, rasa=rasa, actions=actions)
    raise typer.Exit(scaled.scale(settings, counts))


def prepare() -> None:
    """Bring the database to its newest shape and load the partners into an empty directory."""
    settings = load_settings()
    try:
        make_data_folder(settings)
        prepare_database(settings, ConsoleProgress())
    except StartError as error:
        complain(f"handoff: {error}")
        raise typer.Exit(1) from error
