"""One process of the application: doors, work, or both. Started by a supervisor or by hand.

    python -m api.server [--duty all|web|work] [--port N] [--host ADDRESS] [--listener FD]

`--listener`: the number of an open descriptor, a socket that is listened on as well. Processes
that share one take turns at its connections, and while one of them starts again the connections
wait in it instead of being refused.
"""

import argparse
import os
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api.app import create_app
from api.connection import TimedHttp
from api.duty import Duty
from api.logs import set_up_logs
from api.services import Services, build, prepare_search
from api.worker_app import create_worker_app
from bot.jobs import Workers
from directory import failpoints
from directory.database import Database
from directory.search import compare_meanings
from directory.settings import Carrier, Settings, SettingsError, load_settings
from directory.settled import settle
from directory.telemetry import traces

log = structlog.get_logger(__name__)

# Connections and requests together. Beyond it 503 is said at once; below the 1,024 open files that
# a process may usually have, so that database and carrier can still be reached.
MOST_AT_ONCE = 800
LOOPBACK = "127.0.0.1"
# How a process ends that lost its lock, for the supervisor to start it again (EX_TEMPFAIL).
LOCK_LOST = 75
NOT_STARTED = 3
DATABASE_WITHIN_SECONDS = 300.0
# How long one thread may compute while another wants to. A webhook comes back from the database a
# dozen times before it is acknowledged; with the usual 5 ms it waits as often for everybody else.
SWITCH_SECONDS = 0.0005
_FAILPOINTS = "HANDOFF_FAILPOINTS"


def main(arguments: Sequence[str] = ()) -> int:
    given = _parser().parse_args(arguments)
    duty = Duty(given.duty)
    set_up_logs()
    try:
        settings = load_settings()
        check(settings, duty)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if settings.carrier is Carrier.SIMULATED and _FAILPOINTS in os.environ:
        failpoints.arm(Path(os.environ[_FAILPOINTS]))
    traces.start(settings.traces_to, part="application")
    if duty is not Duty.ALL:
        wait_for_database(settings)
    services = build(settings, duty=duty, prepare=prepare_and_settle)
    services.clock.start(speed=settings.clock_speed)
    if duty is not Duty.WORK:
        compare_meanings(settings.data_dir)
    config = uvicorn.Config(
        application(services, duty),
        port=given.port or settings.port,
        **listening(settings) | {"host": given.host},
    )
    sockets = [config.bind_socket()]
    if given.listener is not None:
        sockets.append(socket.socket(fileno=given.listener))
    server = uvicorn.Server(config)
    sys.setswitchinterval(SWITCH_SECONDS)
    server.run(sockets=sockets)
    return 0 if server.started else NOT_STARTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m api.server", description=__doc__)
    parser.add_argument("--duty", choices=list(Duty), default=Duty.ALL)
    parser.add_argument("--port", type=int, help="default: HANDOFF_PORT")
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--listener", type=int)
    return parser


def check(settings: Settings, duty: Duty) -> None:
    """Raises SettingsError where this duty cannot be done."""
    if duty is not Duty.ALL and settings.database.startswith("sqlite"):
        raise SettingsError(
            "processes for the doors and for the work share a PostgreSQL: set HANDOFF_DATABASE_URL"
        )


def application(services: Services, duty: Duty) -> FastAPI:
    """What this process serves, with what goes on behind it."""
    if duty is Duty.WORK and isinstance(services.workers, Workers):
        services.workers.when_lock_is_lost(_end_at_once)
        return create_worker_app(services)
    return create_app(services)


def prepare_and_settle() -> None:
    """Both for the whole life of the process, which a test's is not."""
    prepare_search()
    settle()


def _end_at_once() -> None:
    """The others take what it held, and nothing may be done with it here any more: as if killed,
    which all is made for."""
    log.error("ending_without_lock")
    os._exit(LOCK_LOST)


def wait_for_database(settings: Settings, *, within: float = DATABASE_WITHIN_SECONDS) -> None:
    """One of many processes is started again while PostgreSQL is: it is there when that is."""
    database, deadline = Database(settings), time.monotonic() + within
    try:
        while True:
            try:
                with database.read_scope() as session:
                    session.execute(text("SELECT 1"))
            except SQLAlchemyError as error:
                if time.monotonic() > deadline:
                    raise
                log.warning("database_awaited", kind=type(error).__name__)
                time.sleep(0.5)
            else:
                return
    finally:
        database.close()


def listening(settings: Settings) -> dict[str, Any]:
    """How uvicorn listens: on this machine only, to heads that come in time, and believing of the
    caller's address only what a proxy of ours says."""
    return {
        "host": LOOPBACK,
        "http": TimedHttp,
        "ws": "none",
        "limit_concurrency": MOST_AT_ONCE,
        "log_config": None,
        "access_log": False,
        "proxy_headers": True,
        "forwarded_allow_ips": settings.trusted_proxies,
        "timeout_graceful_shutdown": 8,
        "server_header": False,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
