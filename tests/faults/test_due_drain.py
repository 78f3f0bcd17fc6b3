"""Due check-ins while processes are killed with -9: everybody gets exactly one text."""

import os
import random
from datetime import timedelta
from pathlib import Path

import pytest

from bot.carrier.client import CarrierControl
from directory import database
from directory.checkins.models import CheckInStatus
from directory.clock import wall_now
from directory.database import Database
from directory.messages.models import OutboundStatus
from directory.settings import Settings
from tools.drain import (
    Starter,
    Worker,
    drain,
    environment_of,
    fictional_phones,
    first_steps,
    log_visits,
    outbox_by_status,
    outcome_of,
)

PEOPLE = 120
RATE = 50.0
KILLS = 3


@pytest.mark.parametrize(("kind", "processes"), [("sqlite_settings", 1), ("postgres_settings", 2)])
def test_every_due_check_in_is_sent_exactly_once(
    kind: str,
    processes: int,
    request: pytest.FixtureRequest,
    ports: dict[str, int],
    carrier: CarrierControl,
    starter: Starter,
    tmp_path: Path,
) -> None:
    carrier.reset()
    carrier.faults(send_5xx=5, send_429=5)
    given: Settings = request.getfixturevalue(kind)
    # Never quiet: the test runs at any hour.
    changes = {"send_rate": RATE, "quiet_hours": "00:00-00:00"}
    settings = given.model_copy(update=ports | changes)
    database.use(Database(settings))
    phones = fictional_phones(PEOPLE)
    day_ago = wall_now() - timedelta(days=1)
    log_visits(settings, phones, occurred_at=day_ago, now=day_ago)
    # The doors are shut: no delivery report ever comes, so that only what the workers have
    # written down, and what the carrier answers when it is asked, keeps them from doubling.
    workers = [
        Worker(starter, environment_of(settings), tmp_path / f"worker-{number}.log")
        for number in range(processes)
    ]
    seed = int.from_bytes(os.urandom(4))
    started = wall_now()
    try:
        drain(
            workers,
            people=PEOPLE,
            kills=KILLS,
            give_up_after=120,
            chance=random.Random(seed),
        )
    except TimeoutError as error:
        pytest.fail(f"seed {seed}: {error}")
    outcome = outcome_of(carrier, phones, started=started, rate=RATE)
    assert (outcome.lost, outcome.doubled) == (0, 0), f"seed {seed}"
    assert first_steps() == {CheckInStatus.SENT: PEOPLE}
    assert outbox_by_status() == {OutboundStatus.SENT: PEOPLE}
