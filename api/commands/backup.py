"""`handoff backup` and `handoff restore`: both databases, while it runs and into an empty place."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.commands.terminal import say
from bot import after_restore
from bot.after_restore import Settled
from directory import database
from directory.backups import restoring, service
from directory.backups.manifest import BackupError, Manifest
from directory.clock import ProductClock, wall_now
from directory.database import Database
from directory.messages.spool import SpooledText
from directory.settings import Settings, load_settings

Tools = Annotated[
    Path | None,
    typer.Option("--tools", help="Folder of pg_dump and pg_restore.", file_okay=False, exists=True),
]


def backup(
    place: Annotated[Path, typer.Argument(help="Folder to keep backups in.", file_okay=False)],
    keep: Annotated[int, typer.Option(min=1, help="How many stay; older ones go.")] = service.KEPT,
    tools: Tools = None,
) -> None:
    """Back up everything into a new folder under PLACE; works while the product runs."""
    settings = load_settings()
    sqlite = settings.database.startswith("sqlite")
    if sqlite and not service.sqlite_file(settings).is_file():
        raise BackupError(f"there is no database yet: {service.sqlite_file(settings)}")
    opened = database.use(Database(settings))
    try:
        folder, manifest = service.make(opened, place, keep=keep, wall=wall_now(), tools=tools)
    finally:
        opened.close()
    say(str(folder))
    say(_described(manifest))


def restore(
    folder: Annotated[
        Path, typer.Argument(help="A backup, or a folder of them: then the newest.", exists=True)
    ],
    tools: Tools = None,
) -> None:
    """Put a backup into the empty place that the settings name; it starts paused."""
    settings = load_settings()
    chosen = restoring.chosen(folder)
    manifest = restoring.check(chosen, settings)
    say(str(chosen))
    say(_described(manifest))
    settled = _restored(chosen, settings, manifest, tools)
    say("Every value could be read with the keys that are set.")
    for line in _next_steps(manifest, settled):
        say(line)


def _restored(folder: Path, settings: Settings, manifest: Manifest, tools: Path | None) -> Settled:
    wall, found = wall_now(), [Settled()]

    def settle(spooled: list[SpooledText], _: Manifest) -> None:
        now = ProductClock().now()
        with database.session_scope() as session:
            found[0] = after_restore.settle(session, spooled, now=now, wall=wall)

    restoring.restore(folder, settings, manifest, wall=wall, settle=settle, tools=tools)
    return found[0]


def _described(manifest: Manifest) -> str:
    rows = sum(manifest.rows.values())
    made: datetime = manifest.made_at
    return (
        f"{manifest.kind}, schema {manifest.revision}, {made:%Y-%m-%d %H:%M:%S} UTC: "
        f"{rows:,} rows in {len(manifest.rows)} tables, {manifest.size / 2**20:.1f} MB"
    )


def _next_steps(manifest: Manifest, settled: Settled) -> list[str]:
    since = f"{manifest.made_at:%Y-%m-%d %H:%M:%S} UTC"
    return [
        f"Left to people, as it may have happened since: {settled.texts} texts of ours, "
        f"{settled.checkins} check-ins, {settled.notices} notices, "
        f"{settled.unanswered} texts without an answer. Each is a task.",
        f"{settled.sign_ins} sign-ins were ended: everybody signs in again.",
        "It is PAUSED: nothing that the product starts goes out before `handoff resume`.",
        f"What came in after {since} is not in here. In the carrier's log, from then on: who "
        "texted STOP or the like, who needs an answer, who is in danger.",
        "Staff, partners' keys and contacts that were removed since then are back: remove them "
        "again. So is who was erased: erase them again.",
    ]
