"""Forks workers of the product on request, so that one that was killed is back at once.

    python -m tools.drain_worker [--rules]

Reads one order a line from standard input, as JSON, and answers with the process id of the new
worker. Reading in the code takes seconds, and with `--rules` the rules of the safety screen too;
it is done once, here, before anything has begun that a fork could cut in half. Workers end with
this process.
"""

import json
import os
import signal
import socket
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any

import time_machine

from api import server
from api.logs import set_up_logs
from api.services import build
from bot.safety.screen import screen
from directory.settings import load_settings


def main() -> int:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who were killed
    if "--rules" in sys.argv[1:]:
        screen("")
    for line in sys.stdin:
        order = json.loads(line)
        if "doors" in order and order["doors"] not in _doors:
            _doors[order["doors"]] = _listening(order["doors"])
        worker = os.fork()
        if worker == 0:
            _work(order)
        sys.stdout.write(f"{worker}\n")
        sys.stdout.flush()
    return 0


# Sockets that several workers share; held here, so that connections wait while those are dead.
_doors: dict[int, socket.socket] = {}


def _listening(port: int) -> socket.socket:
    listener = socket.create_server(("127.0.0.1", port), backlog=512)
    listener.set_inheritable(True)
    return listener


def _work(order: dict[str, Any]) -> None:
    """What a worker runs until it is killed. What it says goes into the file `log`."""
    os.setsid()  # a group of its own, as under a supervisor
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(order["environment"])
    with Path(order["log"]).open("ab") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    if "clock" in order:
        Thread(target=_follow_clock, args=(Path(order["clock"]),), daemon=True).start()
    if "arguments" in order:
        shared = [f"--listener={_doors[order['doors']].fileno()}"] if "doors" in order else []
        os._exit(server.main([*order["arguments"], *shared]))
    if order["web"]:
        os._exit(server.main())
    set_up_logs()
    services = build(load_settings())
    services.clock.start(speed=1)
    services.workers.start()
    signal.pause()
    os._exit(0)


def _follow_clock(file: Path) -> None:
    """Once `file` is there, what this process takes for the time of day is so many seconds ahead.

    As when a machine's clock is set: monotonic time goes on as it was. Only what asks Python for
    the time is deceived; the libraries in C that keep time (libpq, OpenSSL) are not.
    """
    set_to, clock = 0.0, None
    while True:
        time.sleep(0.05)
        wanted = float(file.read_text(encoding="ascii")) if file.exists() else 0.0
        if wanted == set_to:
            continue
        if clock is None:
            clock = time_machine.travel(time.time(), tick=True).start()
        clock.shift(wanted - set_to)
        set_to = wanted


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
