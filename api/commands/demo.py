"""`handoff demo`: a fictional year in a database of its own, and the product on it."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from api import supervisor
from api.commands.terminal import open_database, say
from api.supervisor.preparation import PARTNERS
from directory import database
from directory.clock import ProductClock, wall_now
from directory.listings.load import load_partners
from directory.listings.service import catalogue_version
from directory.setting_checks import is_loopback
from directory.settings import Carrier, Settings, SettingsError, load_settings

KEPT_IN = "password.txt"
# What the environment says of the real database, of its keys and of who hears of it.
_NOT_TAKEN_OVER = (
    "database_url",
    "secret_key",
    "encryption_keys",
    "public_url",
    "smtp_url",
    "alarm_ping_url",
    "twilio_messaging_service_sid",
)


def demo(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Instead of the setting PORT.")
    ] = None,
    fill_only: Annotated[
        bool, typer.Option("--fill-only", help="Only write the year; start nothing.")
    ] = False,
) -> None:
    """Fill a separate database with a fictional year, and run the product on it.

    It is in DATA_DIR/demo; delete that folder to have it made anew.
    """
    settings = demo_settings(load_settings(), port=port)
    fill(settings)
    if not fill_only:
        raise typer.Exit(supervisor.up(settings))


def demo_settings(real: Settings, *, port: int | None = None) -> Settings:
    """Settings like these on a database, with keys and files, of the demo's own.

    Raises SettingsError where texts could reach anybody real.
    """
    if real.carrier is not Carrier.SIMULATED or not is_loopback(real.carrier_api):
        raise SettingsError("demo works with the simulated carrier only: its people don't exist")
    return load_settings(
        data_dir=real.data_dir / "demo",
        demo=True,
        port=port or real.port,
        **dict.fromkeys(_NOT_TAKEN_OVER, ""),
        clock_speed=1.0,
    )


def fill(settings: Settings) -> None:
    """Write the year, unless there is one, and say how to sign in."""
    # Only here: every other command, and the supervisor as long as it lives, does without.
    from bot.demo import crew, example_house, year  # noqa: PLC0415

    open_database(settings)
    now = ProductClock().now()
    with database.read_scope() as session:
        filled, listed = year.is_filled(session), catalogue_version(session) is not None
    if not listed:
        say("loading the community partners")
        with database.session_scope() as session:
            load_partners(session, PARTNERS, now=wall_now())
    if not filled:
        say("making up a year")
        password = secrets.token_urlsafe(12)
        _keep(settings.data_dir / KEPT_IN, password)
        with database.session_scope() as session:
            made = year.fill(session, now=now, password=password)
        say(f"made up {made.people} people, {made.visits} visits and {made.texts} texts")
    password = (settings.data_dir / KEPT_IN).read_text(encoding="ascii").strip()
    say(f"sign in at {settings.base_url}/console with the password {password} as")
    for email in crew.sign_ins():
        say(f"  {email}")
    say(f"or as a partner at {settings.base_url}/partner with the number")
    say(f"  {example_house.FRONT_DESK}: the link comes to the phone at {settings.base_url}/phone")


def _keep(path: Path, password: str) -> None:
    path.touch(mode=0o600)
    path.write_text(f"{password}\n", encoding="ascii")
