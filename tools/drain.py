"""Due check-ins, drained by real processes that are killed with -9 and started again.

Shared by the fault test and the benchmark. The carrier is the simulated one, a process of its
own; the workers are the product's, each a process of its own.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Self

import psutil
from sqlalchemy import func, select

from bot.carrier.client import CarrierControl, PhoneMessage
from directory import database
from directory.checkins.models import CheckIn, CheckInStatus
from directory.languages import Language
from directory.messages.models import OutboundMessage
from directory.people.models import ConsentMethod
from directory.quiet_hours import QuietHours
from directory.settings import ROOT, Settings
from directory.visits.models import CallType
from directory.visits.service import NewVisit, log_visit

CLINICIAN = "c0000000-0000-4000-8000-000000000000"
AT_ONCE = 500
POLL_SECONDS = 0.25
LINGER_SECONDS = 2.0


# --- the people -----------------------------------------------------------------------------------


def fictional_phones(count: int) -> list[str]:
    """Numbers that belong to nobody: 555-0100 to 555-0199 are set aside in every area code."""
    numbers = (f"+1{area}55501{line:02}" for area in range(201, 990) for line in range(100))
    return list(islice(numbers, count))


def log_visits(
    settings: Settings,
    phones: Sequence[str],
    *,
    occurred_at: datetime,
    now: datetime,
    follow_up: str | None = None,
) -> None:
    """A visit of each, with consent, in the database that this process uses; `now` as logged."""
    start, end = settings.quiet
    quiet = QuietHours(start, end, settings.zone)
    for first in range(0, len(phones), AT_ONCE):
        with database.session_scope() as session:
            for phone in phones[first : first + AT_ONCE]:
                visit = NewVisit(
                    phone=phone,
                    name=None,
                    language=Language.EN,
                    safe_to_text=True,
                    call_type=CallType.MENTAL_HEALTH,
                    occurred_at=occurred_at,
                    consent_sms=True,
                    consent_referral=False,
                    consent_method=ConsentMethod.VERBAL,
                    disposition=None,
                    follow_up=follow_up,
                )
                log_visit(session, visit, clinician_id=CLINICIAN, quiet=quiet, now=now)


def first_steps() -> Counter[str]:
    """The first check-ins of all sequences by status."""
    with database.read_scope() as session:
        rows = session.execute(
            select(CheckIn.status, func.count()).where(CheckIn.step == 1).group_by(CheckIn.status)
        )
        return Counter({str(status): int(count) for status, count in rows})


def outbox_by_status() -> Counter[str]:
    with database.read_scope() as session:
        rows = session.execute(
            select(OutboundMessage.status, func.count()).group_by(OutboundMessage.status)
        )
        return Counter({str(status): int(count) for status, count in rows})


# --- the workers ----------------------------------------------------------------------------------


class Starter:
    """Starts workers at once, however often: see tools.drain_worker. Use it as a context.

    `with_rules`: each has the rules of the safety screen in memory, as if it had read them in.
    """

    def __init__(self, *, with_rules: bool = False) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.drain_worker", *(["--rules"] if with_rules else [])],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"]},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(timeout=10)

    def start(self, order: dict[str, Any]) -> psutil.Process:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return psutil.Process(int(self._process.stdout.readline()))


@dataclass
class Worker:
    """One process of the product: its workers, and with `web` also its doors."""

    starter: Starter
    environment: dict[str, str]
    log: Path
    web: bool = False
    more: dict[str, Any] = field(default_factory=dict)  # of its order
    peak_bytes: int = 0
    _spent: float = 0.0  # by those that were killed
    _running: float = 0.0
    _process: psutil.Process | None = field(default=None, repr=False)

    @property
    def processor_seconds(self) -> float:
        """What it has computed, all its lives together."""
        return self._spent + self._running

    def start(self) -> None:
        self._spent, self._running = self._spent + self._running, 0.0
        self._process = self.starter.start(
            {
                "environment": self.environment,
                "log": str(self.log),
                "web": self.web,
                **self.more,
            }
        )

    def kill(self) -> None:
        """kill -9: nothing is finished, nothing is said."""
        if self._process is None:
            return
        self.measure()
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=10)

    @property
    def pid(self) -> int:
        """Of the process, and of its group."""
        assert self._process is not None
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process is not None and self._process.is_running()

    def measure(self) -> None:
        """Note the most memory that it has had, and what it has computed."""
        if self._process is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                self.peak_bytes = max(self.peak_bytes, self._process.memory_info().rss)
                self._running = processor_seconds(self._process)


def processor_seconds(process: psutil.Process) -> float:
    """What a process has computed so far. Raises psutil.NoSuchProcess."""
    times = process.cpu_times()
    return float(times.user + times.system)


def environment_of(settings: Settings, **changes: str) -> dict[str, str]:
    """The settings as a process finds them."""
    named = (
        "data_dir database_url port carrier_port rasa_url rasa_token secret_key encryption_keys "
        "twilio_account_sid twilio_auth_token twilio_from_number quiet_hours send_rate"
    )
    found = {f"HANDOFF_{name.upper()}": str(getattr(settings, name)) for name in named.split()}
    return {"PATH": os.environ["PATH"], **found, **changes}


# --- the fault ------------------------------------------------------------------------------------


def drain(
    workers: Sequence[Worker],
    *,
    people: int,
    kills: int,
    give_up_after: float,
    chance: random.Random,
    tell: Callable[[str], object] = lambda _: None,
) -> float:
    """Let `workers` send until every first check-in has left; kill one of them now and then.

    A random one is killed `kills` times, each after a random number of texts and a random moment,
    and started again at once. `tell`: what happens, and how long after a kill any text was sent
    again. Seconds from the start to the end. Raises TimeoutError after `give_up_after` seconds.
    """
    began = time.monotonic()
    for worker in workers:
        worker.start()
    moments = sorted(chance.sample(range(people), kills), reverse=True)
    silent_since: tuple[float, int] | None = (began, 0)  # and how many were sent by then
    try:
        while (sent := first_steps()[CheckInStatus.SENT]) < people:
            if time.monotonic() - began > give_up_after:
                raise TimeoutError(f"{sent} of {people} sent, outbox {dict(outbox_by_status())}")
            if silent_since is not None and sent > silent_since[1]:
                tell(f"sending after {time.monotonic() - silent_since[0]:.1f} s")
                silent_since = None
            for worker in workers:
                worker.measure()
            time.sleep(chance.uniform(0, 2 * POLL_SECONDS))
            if moments and sent >= moments[-1]:
                moments.pop()
                victim = chance.choice(workers)
                victim.kill()
                silent_since = (time.monotonic(), first_steps()[CheckInStatus.SENT])
                victim.start()
                tell(f"a worker killed, {sent} of {people} sent")
        took = time.monotonic() - began
        time.sleep(LINGER_SECONDS)  # anything doubled would come now
        return took
    finally:
        for worker in workers:
            worker.kill()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the phones have got. `behind`: seconds that each text left later than the rate allows
    for, given how many had left before it."""

    lost: int
    doubled: int
    behind: tuple[float, ...]


def outcome_of(
    carrier: CarrierControl, phones: Sequence[str], *, started: datetime, rate: float
) -> Outcome:
    """Counted at the carrier, which knows best."""
    texts = [m for m in carrier.messages() if m.direction == "outbound" and not m.by_carrier]
    got = Counter(message.phone for message in texts)
    left = sorted(map(_created, texts))
    behind = tuple((at - started).total_seconds() - number / rate for number, at in enumerate(left))
    return Outcome(
        lost=sum(got[phone] == 0 for phone in phones),
        doubled=sum(count - 1 for count in got.values() if count > 1),
        behind=behind,
    )


def _created(message: PhoneMessage) -> datetime:
    return datetime.fromisoformat(message.created_at)
