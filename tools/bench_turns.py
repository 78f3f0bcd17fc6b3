"""How long a resident waits, and what the product weighs.

Against the running product (`make run` in another terminal): texts from one client, one after
the other, each timed from the carrier sending the signed webhook to the carrier being given the
reply; and the memory of every process. Prints p50 and p95 and their ratio to the same machine's
bare cost of a signed webhook that needs no understanding (HELP), so that machines compare.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime

import psutil

from bot.carrier.client import CarrierControl, PhoneMessage
from directory.settings import load_settings

TURNS = 60
PAUSE = 0.2  # receipts of one text are no part of the next one's wait
TEXTS = (
    "need food 60540",
    "help paying my electric bill in naperville",
    "someone to talk to 60563",
    "necesito comida en naperville",
    "i need a ride to the doctor, lisle",
    "lawyer for eviction 60540",
)


def main() -> int:
    settings = load_settings()
    carrier = CarrierControl(settings.carrier_api)
    say = sys.stdout.write
    say(f"{TURNS} turns each, one client, on {psutil.cpu_count()} cores\n")
    bare = _measure(carrier, lambda _: "HELP", first_phone=2000)
    full = _measure(carrier, lambda turn: TEXTS[turn % len(TEXTS)], first_phone=3000)
    danger = _measure(carrier, lambda _: "i want to kill myself", first_phone=4000)
    for name, seconds in (("HELP", bare), ("need to services", full), ("danger", danger)):
        p50, p95 = _percentiles(seconds)
        ratio = p50 / _percentiles(bare)[0]
        figures = f"p50 {p50 * 1000:5.0f} ms   p95 {p95 * 1000:5.0f} ms   x{ratio:.1f} of HELP"
        say(f"{name:18} {figures}\n")
    total = 0.0
    for name, megabytes in _memory(settings.port):
        total += megabytes
        say(f"memory {name:14} {megabytes:6.0f} MB\n")
    say(f"memory in all        {total:6.0f} MB\n")
    return 0


def _measure(
    carrier: CarrierControl, text: Callable[[int], str], *, first_phone: int
) -> list[float]:
    """Seconds from the carrier's note of the text to its note of the reply, by its own clock."""
    waited = []
    for turn in range(TURNS):
        phone = f"+1630556{first_phone + turn:04d}"
        before = carrier.last_order()
        carrier.text(phone, text(turn))
        reply = carrier.wait_for_replies(phone, before, timeout=30)[0]
        asked = next(m for m in carrier.messages(phone, before) if m.direction == "inbound")
        seconds = datetime.fromisoformat(reply.created_at) - datetime.fromisoformat(
            asked.created_at
        )
        waited.append(seconds.total_seconds())
        time.sleep(PAUSE)
    return waited


def _instant(message: PhoneMessage) -> datetime:
    return datetime.fromisoformat(message.created_at)


def _percentiles(seconds: list[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return statistics.median(seconds), cuts[-1]


def _memory(port: int) -> list[tuple[str, float]]:
    """Memory of its own (USS) of the supervisor that serves `port` and of each child."""
    servers = [
        c.pid
        for c in psutil.net_connections("tcp")
        if c.laddr and c.laddr.port == port and c.status == psutil.CONN_LISTEN and c.pid
    ]
    if not servers:
        raise SystemExit("nothing listens on the product's port")
    supervisor = psutil.Process(servers[0]).parent() or psutil.Process(servers[0])
    family = [supervisor, *supervisor.children(recursive=True)]
    return [(_name(each), each.memory_full_info().uss / 2**20) for each in family]


def _name(process: psutil.Process) -> str:
    line = " ".join(process.cmdline())
    for mark, name in (
        ("rasa_sdk", "action server"),
        ("-m rasa", "rasa"),
        ("bot.carrier", "carrier"),
        ("api.server", "api"),
        ("handoff", "supervisor"),
        ("api.cli", "supervisor"),
    ):
        if mark in line:
            return name
    return process.name()


if __name__ == "__main__":
    sys.exit(main())
