"""`handoff report`: the figures of one period as a PDF, to be passed on."""

from pathlib import Path
from typing import Annotated

import typer

from api.commands.terminal import open_database, say
from directory import database
from directory.clock import ProductClock
from directory.languages import Language
from directory.measures import period as periods
from directory.people import service as people
from directory.settings import SettingsError, load_settings

BY = "command"


def report(
    period: Annotated[
        str, typer.Option("--month", "--period", help="Such as 2026-10, 2026-Q4 or 2026.")
    ],
    pdf: Annotated[Path, typer.Option(help="File to write.", dir_okay=False)],
    language: Annotated[Language, typer.Option(help="In which language.")] = Language.EN,
) -> None:
    """Write the programme figures of a month, a quarter or a year to a PDF; it is noted."""
    # Only here: every other command, and the supervisor as long as it lives, does without.
    from api.console.access import SITE  # noqa: PLC0415
    from api.console.measures import report as reports  # noqa: PLC0415
    from api.console.measures.tables import Asked, title_of  # noqa: PLC0415
    from api.web.words import Words  # noqa: PLC0415

    settings = load_settings()
    open_database(settings)
    now = ProductClock().now()
    with database.read_scope() as session:
        asked = Asked(
            session=session,
            period=periods.read(period, now=now, zone=settings.zone),
            now=now,
            settings=settings,
            words=Words(language, SITE.locales, settings.zone),
        )
        made = reports.printed(asked)
    try:
        pdf.write_bytes(made)
    except OSError as error:
        raise SettingsError(f"cannot write {pdf}: {error.strerror}") from error
    with database.session_scope() as session:
        people.audit(
            session,
            actor=BY,
            action="measures.export",
            person_id=None,
            subject_id="report.pdf",
            now=now,
        )
    say(f"{pdf}: {title_of(asked.period, asked.words)}")
