"""How long residents wait, and how many can be served at once.

    make bench ARGS="turns"                       all of it: a quarter of an hour
    make bench ARGS="turns --quick"               fewer turns of each
    make bench ARGS="turns --only embedded"       embedded, scaled or stock
    make bench ARGS="turns --dry"                 prints, leaves docs/performance.md as it is
    make bench ARGS="turns --stored 1000000"      on an empty and on a filled database, in turn:
                                                  what a million texts cost; a quarter of an hour

Each product runs as its users run it, in processes of its own; the phones and the carrier are this
process, which computes too. Every text comes by a signed webhook and is answered through the
carrier's REST API; the times are from the webhook's departure to the text's arrival. Delivery
reports come back as they do with Twilio.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import psutil

from benchmarks.turns import report, stored
from benchmarks.turns.carrier import Carrier
from benchmarks.turns.measure import (
    CONVERSATION,
    KEYWORD,
    KINDS,
    SEARCH,
    Rig,
    Waits,
    seconds_of,
)
from benchmarks.turns.products import Running, product, stock_rasa
from benchmarks.turns.report import Figures
from bot.safety.screen import screen
from directory.settled import settle
from tests.journeys.running import free_port
from tools import guides

SENDERS = (1, 2, 4, 8, 16, 32)
ACKNOWLEDGED_A_SECOND = 50.0
SLOW_CARRIER = 0.15
SCALED = ("scale",)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started ends with this
    settle()  # or the phones' own searches for garbage, 0.2 s each, are taken for the product's
    if options.stored:
        return _stored(options)
    found = []
    with tempfile.TemporaryDirectory(prefix="handoff-turns-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        for name in options.only or ("embedded", "stock", "scaled"):
            found.append(asyncio.run(_measured(name, folder, options)))
    text = report.text(found, screen=seconds_of(lambda: screen(SEARCH.texts[0][0])))
    print(text)
    if not options.dry:
        guides.put(report.GUIDE, "turns", text)
    return 0


def _stored(options: argparse.Namespace) -> int:
    found = []
    with tempfile.TemporaryDirectory(prefix="handoff-stored-") as made:
        folder = Path(made)
        folder.chmod(0o755)  # the database server may run as another user
        for kind in options.only or ("embedded", "scaled"):
            found.append(asyncio.run(stored.measured(kind, folder, texts=options.stored)))
    text = stored.text(found)
    print(text)
    if not options.dry:
        guides.put(report.GUIDE, "stored", text)
    return 0


async def _measured(name: str, folder: Path, options: argparse.Namespace) -> Figures:
    async with Carrier(free_port()).listening() as carrier:
        running = await asyncio.to_thread(_started, name, folder, carrier)
        with_it = running.__enter__  # starting takes its time, and the carrier must answer
        started = await asyncio.to_thread(with_it)
        try:
            return await _figures(started, carrier, options)
        finally:
            await asyncio.to_thread(running.__exit__, None, None, None)


def _started(name: str, folder: Path, carrier: Carrier) -> AbstractContextManager[Running]:
    if name == "stock":
        data = folder / "embedded"
        return stock_rasa(data, ports=(free_port(), free_port()), carrier_url=carrier.url)
    command = SCALED if name == "scaled" else ("up",)
    return product(
        folder / name, port=free_port(), carrier_url=carrier.url, command=command, name=name
    )


async def _figures(running: Running, carrier: Carrier, options: argparse.Namespace) -> Figures:
    rig = Rig(carrier, running.sms_url)
    some = 1 if options.quick else 3
    await rig.closed_loop(CONVERSATION, senders=2, turns=20)  # what is read in once
    figures = Figures(running.name)
    stock = running.name.startswith("stock")
    for kind in KINDS[:2] if stock else KINDS:
        for senders in (1, 8):
            waits = await rig.closed_loop(kind, senders=senders, turns=40 * some)
            figures.turns[kind.name, senders] = waits
            _say(f"{running.name}: {kind.name}, {senders} at a time", waits)
    for senders in SENDERS:
        waits = await _loaded(rig, senders, seconds=5.0 * some)
        figures.growth[senders] = waits
        _say(f"{running.name}: conversation, {senders} at a time", waits)
        if waits.per_second and max(waits.turns) > 20:
            break
    carrier.latency = SLOW_CARRIER
    figures.slow_carrier = await _loaded(rig, 8, seconds=5.0 * some)
    _say(f"{running.name}: conversation, 8 at a time, slow carrier", figures.slow_carrier)
    carrier.latency = 0.0
    if not stock:
        await _acknowledged(rig, figures, seconds=5.0 * some)
        if not options.quick:
            await _slowly_sent(rig, figures, carrier, seconds=5.0 * some)
    figures.memory = running.memory()
    figures.load = psutil.getloadavg()[0]
    return figures


async def _loaded(rig: Rig, senders: int, *, seconds: float) -> Waits:
    return await rig.closed_loop(CONVERSATION, senders=senders, seconds=seconds, every_turn=True)


async def _acknowledged(rig: Rig, figures: Figures, *, seconds: float) -> None:
    """Webhooks at a rate that the product need not keep up with: all are stored at once."""
    for name, kind in (("HELP", KEYWORD), ("needs", SEARCH)):
        waits = await rig.open_loop(kind, rate=ACKNOWLEDGED_A_SECOND, seconds=seconds)
        figures.acknowledged[name] = waits
        _say(f"{figures.name}: {ACKNOWLEDGED_A_SECOND:g} a second, {name}", waits)


async def _slowly_sent(rig: Rig, figures: Figures, carrier: Carrier, *, seconds: float) -> None:
    """The same while the carrier takes its time: storing must not wait for it."""
    carrier.latency = 3.0
    waits = await rig.open_loop(KEYWORD, rate=ACKNOWLEDGED_A_SECOND, seconds=seconds)
    figures.acknowledged["HELP, carrier takes 3 s"] = waits
    carrier.latency = 0.0
    _say(f"{figures.name}: the same, the carrier takes 3 s", waits)


def _say(what: str, waits: Waits) -> None:
    print(f"{what:55} {report.summary(waits)}", flush=True)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="turns", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--quick", action="store_true")
    add("--dry", action="store_true")
    add("--only", action="append", choices=("embedded", "scaled", "stock"))
    add("--stored", type=int, default=0, metavar="TEXTS")
    options = parser.parse_args(arguments)
    if options.stored and "stock" in (options.only or ()):
        parser.error("stock Rasa stores nothing: --only embedded or scaled")
    if options.only and "stock" in options.only and "embedded" not in options.only:
        parser.error("stock Rasa reads the listings of the embedded product: add --only embedded")
    return options


if __name__ == "__main__":
    sys.exit(main())
