"""Brings up what the understanding needs, and takes it down again.

A Rasa that runs already and takes our token is asked as it is. Otherwise one is started, with
its action server, on free ports of this machine. The directory is always a new one, filled from
data/partners.yml in a folder that goes away: the product's own database is never opened.
"""

import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot import training
from bot.conversation import Conversation
from bot.evaluation.predict import CountingRasa
from bot.evaluation.processes import StartError, ending_in_order, free_ports, started
from bot.rasa_client import RasaClient, RasaUnavailable
from bot.rasa_server import LOOPBACK, action_server, rasa_server
from directory import database, migrations
from directory.clock import wall_now
from directory.database import Database, new_id
from directory.listings.load import load_partners
from directory.search import FindResult, Query, find
from directory.settings import ROOT, Carrier, Settings, load_settings

PARTNERS_FILE = ROOT / "data" / "partners.yml"
ACTIONS_START_SECONDS = 120.0
RASA_START_SECONDS = 240.0
# Nobody waits for these answers, so a slow machine should not make Rasa look absent.
ANSWER_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Running:
    """The understanding, ready to be asked; `rasa` counts how often it failed."""

    conversation: Conversation
    rasa: CountingRasa
    forget: Callable[[str], None]


@contextmanager
def understanding(settings: Settings, progress: Callable[[str], None]) -> Iterator[Running]:
    """What answers residents, inside the block. `progress` gets a line for each step.

    Raises StartError, or bot.training.TrainingError when a model has to be trained and can't be.
    """
    with ExitStack() as stack:
        stack.enter_context(ending_in_order())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="handoff-evaluate-")))
        progress("Filling a directory from data/partners.yml")
        own = _own_settings(folder)
        stack.callback(_fill_directory(own).close)
        client = running_rasa(settings)
        if client is not None:
            progress(f"Asking the Rasa that runs at {settings.rasa_url}")
        else:
            client = stack.enter_context(_started_rasa(own, folder, progress))
        stack.callback(client.close)
        rasa = CountingRasa(client)
        conversation = Conversation(rasa=rasa, search=_search, zone=settings.zone)
        yield Running(conversation, rasa, _forgetter(client))


def running_rasa(settings: Settings) -> RasaClient | None:
    """A client for the Rasa that the settings name, if it runs and takes our token."""
    if not settings.rasa_token:
        return None
    client = RasaClient(settings.rasa_url, settings.rasa_token, timeout=ANSWER_SECONDS)
    if client.ready():
        with suppress(RasaUnavailable):
            client.forget(new_id())  # knows nobody by that id, so this only tries the token
            return client
    client.close()
    return None


def _own_settings(folder: Path) -> Settings:
    """Settings of a directory of its own, whatever environment and `.env` say."""
    return load_settings(
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'handoff.sqlite'}",
        carrier=Carrier.SIMULATED,
        twilio_api_base_url="",
        clock_speed=1.0,
        secret_key=secrets.token_urlsafe(32),
        rasa_token=secrets.token_urlsafe(24),
    )


def _fill_directory(own: Settings) -> Database:
    opened = database.use(Database(own))
    migrations.migrate()
    with database.session_scope() as session:
        report = load_partners(session, PARTNERS_FILE, now=wall_now())
    if report.rejected:
        raise StartError("\n".join(str(mistake) for mistake in report.rejected))
    return opened


@contextmanager
def _started_rasa(
    own: Settings, folder: Path, progress: Callable[[str], None]
) -> Iterator[RasaClient]:
    model = training.model_path() if training.model_is_current() else training.train(progress)
    port, actions_port = free_ports(2)
    actions = action_server(port=actions_port, **_environment(own))
    rasa = rasa_server(
        port=port,
        actions_port=actions_port,
        model=model,
        token=own.rasa_token,
        tracker_db=folder / "conversations.sqlite",
    )
    client = RasaClient(f"http://{LOOPBACK}:{port}", own.rasa_token, timeout=ANSWER_SECONDS)
    progress("Starting Rasa and its action server; this can take a minute")
    with (
        started(
            "the action server",
            actions,
            log=folder / "actions.log",
            ready=lambda: _answers(f"http://{LOOPBACK}:{actions_port}/health"),
            within=ACTIONS_START_SECONDS,
        ),
        started(
            "Rasa",
            rasa,
            log=folder / "rasa.log",
            ready=client.ready,
            within=RASA_START_SECONDS,
        ),
    ):
        yield client


def _environment(own: Settings) -> dict[str, str]:
    """What makes the action server read this directory, whatever environment and `.env` say."""
    return {
        "HANDOFF_DATA_DIR": str(own.data_dir),
        "HANDOFF_DATABASE_URL": own.database,
        "HANDOFF_CARRIER": own.carrier.value,
        "HANDOFF_TWILIO_API_BASE_URL": "",
        "HANDOFF_CLOCK_SPEED": "1",
        "HANDOFF_SECRET_KEY": own.secret_key,
        "HANDOFF_ENCRYPTION_KEYS": own.encryption_keys,
    }


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2.0, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _search(query: Query) -> FindResult:
    with database.read_scope() as session:
        return find(session, query)


def _forgetter(client: RasaClient) -> Callable[[str], None]:
    def forget(sender: str) -> None:
        # What was said for measuring must not stay with a Rasa that residents use; where it
        # can't be erased now, Rasa's own limit on age does it.
        with suppress(RasaUnavailable):
            client.forget(sender)

    return forget
