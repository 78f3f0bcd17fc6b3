"""Serves the actions: `python -m bot.actions --port 5055`.

As `python -m rasa_sdk` does, but in one process: that one starts a second one to do the work, and
keeps its own 80 MB to watch it, which our supervisor does already. No page may ask it anything.
"""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic

from directory.database import read_scope
from directory.search import warm_up
from directory.settled import settle
from directory.withheld import without_secrets

log = logging.getLogger(__name__)

# Longer than Rasa keeps a connection that it does not use (bot/rasa_components/action_calls.py).
KEEP_ALIVE_SECONDS = 120


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.actions", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    given = parser.parse_args(arguments)
    os.environ.update(without_secrets(os.environ))  # whoever starts it need not know any
    executor = ActionExecutor()
    executor.register_package("bot.actions")
    app = create_app(executor, cors_origins=[])
    app.config.KEEP_ALIVE_TIMEOUT = KEEP_ALIVE_SECONDS
    app.register_listener(_begin, "after_server_start")
    app.prepare(host=given.host, port=given.port, single_process=True, motd=False)
    Sanic.serve_single(primary=app)
    return 0


async def _begin(*_: Any) -> None:
    await asyncio.to_thread(read_in)
    settle()


def read_in() -> None:
    """What the first person to ask would otherwise wait for: without a database they still do."""
    try:
        with read_scope() as session:
            warm_up(session)
    except Exception:
        log.exception("preparing_failed")


if __name__ == "__main__":
    sys.exit(main())
