"""``python -m bot.mail``: the mail catcher as a process of its own."""

import argparse
import asyncio
import errno
import signal
import socket
import sys
from pathlib import Path

from bot.mail.catcher import serve

LOOPBACK = "127.0.0.1"


def main(arguments: list[str] | None = None) -> int:
    """Serve until stopped; 1 with one clear line on standard error if that can't be."""
    options = _parser().parse_args(arguments)
    try:
        listener = socket.create_server((LOOPBACK, options.port))
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "is taken; stop what uses it or choose another" if taken else "can't be used"
        sys.stderr.write(f"mail catcher: port {options.port} {why}\n")
        return 1
    port = listener.getsockname()[1]
    sys.stdout.write(f"mail catcher on smtp://{LOOPBACK}:{port}\n")
    sys.stdout.flush()
    asyncio.run(_until_stopped(listener, options.data))
    return 0


async def _until_stopped(listener: socket.socket, folder: Path) -> None:
    serving = asyncio.ensure_future(serve(listener, folder))
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        return


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.mail", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 for any free one")
    parser.add_argument("--data", type=Path, required=True, help="directory for the e-mails")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
