"""What must be true before the programs are started, each failure as one clear line."""

import errno
import shutil
import socket
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from api.supervisor.programs import carrier_is_ours, rasa_is_ours
from api.supervisor.progress import Progress
from bot.rasa_server import LOOPBACK, RASA_PYTHON
from directory import database, migrations
from directory.clock import wall_now
from directory.database import Database
from directory.listings.load import load_partners
from directory.listings.service import catalogue_version
from directory.settings import ROOT, Settings

PARTNERS = ROOT / "data" / "partners.yml"
LEAST_FREE_MEGABYTES = 300


class StartError(Exception):
    """The product can't be started. The text says why and what to do; mostly it is one line."""


def check_ports(settings: Settings) -> None:
    """Raises StartError for a port that we were told to use and can't."""
    _check_port(settings.port, "HANDOFF_PORT (or --port)")
    if carrier_is_ours(settings):
        _check_port(settings.simulated_carrier_port, "HANDOFF_CARRIER_PORT")
    if rasa_is_ours(settings) and rasa_port_was_chosen(settings):
        _check_port(rasa_port(settings), "HANDOFF_RASA_URL")


def rasa_port_was_chosen(settings: Settings) -> bool:
    """True when HANDOFF_RASA_URL was given: then another port would not be what was meant."""
    return "rasa_url" in settings.model_fields_set


def rasa_port(settings: Settings) -> int:
    """The port of RASA_URL. Raises StartError if it names none that can be."""
    try:
        return urlsplit(settings.rasa_url).port or 80
    except ValueError as error:
        raise StartError(f"HANDOFF_RASA_URL has no usable port: {error}") from error


def _check_port(port: int, setting: str) -> None:
    problem = why_unusable(port)
    if problem:
        raise StartError(f"port {port} {problem}; set {setting} to another one")


def why_unusable(port: int) -> str | None:
    """Why nothing can listen on this port of loopback now, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        # As servers do: the remains of closed connections are no hindrance, a listener is.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return "is taken by another program"
            if error.errno == errno.EACCES:
                return "is not allowed for this user"
            return f"can't be used ({error.strerror})"
    return None


def free_port() -> int:
    """A port of loopback that nothing listens on now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
        return port


def check_rasa_installed() -> None:
    """Raises StartError when the environment of Rasa has not been made."""
    if not RASA_PYTHON.exists():
        raise StartError("Rasa's environment is missing; `make setup` makes it")


def make_data_folder(settings: Settings) -> Path:
    """Make DATA_DIR and its `logs`; returns the latter. Raises StartError."""
    logs = settings.data_dir / "logs"
    try:
        # Texts are only ever stored encrypted, yet nobody else has any business in here.
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        logs.mkdir(exist_ok=True)
    except OSError as error:
        raise StartError(f"{settings.data_dir} can't be written: {error.strerror}") from error
    free = shutil.disk_usage(settings.data_dir).free // 2**20
    if free < LEAST_FREE_MEGABYTES:
        raise StartError(
            f"the disk is too full: {free} MB free in {settings.data_dir}, "
            f"{LEAST_FREE_MEGABYTES} MB are needed; free some or set HANDOFF_DATA_DIR"
        )
    return logs


def prepare_database(settings: Settings, progress: Progress, *, partners: Path = PARTNERS) -> None:
    """Migrate, and load the community partners into an empty directory. Raises StartError."""
    opened = database.use(Database(settings))
    try:
        progress.wait_for("the database")
        migrations.migrate()
        progress.say("the database is up to date")
        _load_into_empty_directory(progress, partners)
    except SQLAlchemyError as error:
        # The driver's own first line; SQLAlchemy's would show the statement and its values.
        cause = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
        raise StartError(f"the database can't be used: {cause}") from error
    finally:
        opened.close()


def _load_into_empty_directory(progress: Progress, partners: Path) -> None:
    with database.read_scope() as session:
        if catalogue_version(session) is not None:
            return
    progress.wait_for("the community partners")
    with database.session_scope() as session:
        report = load_partners(session, partners, now=wall_now())
    if report.rejected:
        raise StartError("\n".join(str(mistake) for mistake in report.rejected))
    progress.say(f"loaded {len(report.added)} services of community partners")
