"""An SMTP server (aiosmtpd) on loopback that delivers nothing: each e-mail becomes a file.

Files are named by the moment of arrival, written whole or not at all, readable by their owner
alone. The newest KEPT stay.
"""

import asyncio
import secrets
import socket
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT = 1000
LARGEST_BYTES = 1_000_000


class Keeper:
    """Writes e-mails into a folder (an aiosmtpd handler)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        if not isinstance(content, bytes):
            return "550 nothing to keep"
        # Who it was for: a blind copy says so nowhere else.
        recipients = "".join(f"X-Envelope-To: {each}\r\n" for each in envelope.rcpt_tos)
        try:
            self._keep(recipients.encode("ascii", "replace") + content)
        except OSError:
            return "452 the disk refuses"
        return "250 kept"

    def _keep(self, content: bytes) -> None:
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{secrets.token_hex(3)}.eml"
        scratch = self._folder / f".{name}"
        scratch.touch(mode=0o600)
        scratch.write_bytes(content)
        scratch.rename(self._folder / name)
        for old in sorted(self._folder.glob("*.eml"))[:-KEPT]:
            old.unlink(missing_ok=True)


async def serve(listener: socket.socket, folder: Path) -> None:
    """Take e-mail on a bound socket until cancelled."""
    keeper = Keeper(folder)
    loop = asyncio.get_running_loop()

    def connected() -> SMTP:
        return SMTP(
            keeper,
            data_size_limit=LARGEST_BYTES,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="Handoff mail catcher",
            timeout=60,
            loop=loop,
        )

    server = await loop.create_server(connected, sock=listener)
    async with server:
        await server.serve_forever()
