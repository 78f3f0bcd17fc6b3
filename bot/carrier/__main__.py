"""``python -m bot.carrier``: the simulated carrier as a process of its own."""

import argparse
import errno
import os
import socket
import sys
from pathlib import Path

import uvicorn

from bot.carrier.app import build_app
from bot.carrier.settings import CarrierSettings, is_loopback

TOKEN_VARIABLE = "HANDOFF_TWILIO_AUTH_TOKEN"  # noqa: S105 - its name, not its value


def main(arguments: list[str] | None = None) -> int:
    """Serve until stopped; 1 with one clear line on standard error if that can't be."""
    options = _parser().parse_args(arguments)
    try:
        settings = CarrierSettings(
            account_sid=options.account_sid,
            auth_token=os.environ.get(TOKEN_VARIABLE, ""),
            number=options.number,
            webhook_url=options.webhook_url,
            public_url=options.public_url,
            data_directory=options.data,
            messaging_service_sid=options.messaging_service_sid,
            step_seconds=options.step_seconds,
        )
        listener = _listen(options.host, options.port)
        app = build_app(settings)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"simulated carrier: {error}\n")
        return 1
    host, port = listener.getsockname()[:2]
    sys.stdout.write(f"simulated carrier on http://{host}:{port}\n")
    sys.stdout.flush()
    # No access log: its lines would hold numbers.
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=2
    )
    uvicorn.Server(config).run(sockets=[listener])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.carrier", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, required=True, help="0 for any free one")
    parser.add_argument("--data", type=Path, required=True, help="directory for its memory")
    parser.add_argument("--webhook-url", required=True, help="where inbound texts are posted")
    parser.add_argument("--public-url", required=True, help="the address signatures are made for")
    parser.add_argument("--account-sid", required=True)
    parser.add_argument(
        "--number", required=True, help="the product's number, such as +16305550199"
    )
    parser.add_argument("--messaging-service-sid")
    parser.add_argument("--step-seconds", type=float, default=0.15, help="between two statuses")
    return parser


def _listen(host: str, port: int) -> socket.socket:
    if not is_loopback(host):
        raise ValueError("listens on loopback only")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise OSError(f"port {port} is taken; stop what uses it or choose another") from error
        raise
    return listener


if __name__ == "__main__":
    raise SystemExit(main())
