"""Where a text waits when the database cannot take it.

One encrypted line a text in `DATA_DIR/inbox-spool`; taken into the inbox, and answered fully,
once the database is back. The provider's id makes a text that was both spooled and stored one.
"""

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from directory.encryption import Cipher, DecryptionError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SpooledText:
    provider_id: str
    phone: str
    body: str
    media_count: int
    received_at: str

    @property
    def received(self) -> datetime:
        return datetime.fromisoformat(self.received_at)


FOLDER = "inbox-spool"
# Nobody writes at one file for so long: whoever did was killed.
LEFT_BEHIND = timedelta(hours=1)


def half_kept(folder: Path) -> list[Path]:
    """Files that somebody is writing, or was killed at: no text was acknowledged for one."""
    return list(folder.glob(".[0-9]*"))


def set_aside(folder: Path) -> list[tuple[Path, datetime]]:
    """Texts that no key fitted, and when each came."""
    found = sorted(folder.glob("[0-9]*-*.unreadable"))
    return [(path, _came_at(path)) for path in found]


def _came_at(path: Path) -> datetime:
    return datetime.fromtimestamp(float(path.name.partition("-")[0]), UTC)


class Spool:
    """A folder of encrypted files, one a text; written whole or not at all."""

    def __init__(self, folder: Path, cipher: Cipher) -> None:
        self._folder = folder
        self._cipher = cipher

    def keep(self, text: SpooledText) -> None:
        """Raises OSError when even the disk refuses."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{text.received.timestamp():020.6f}-{secrets.token_hex(4)}"
        scratch = self._folder / f".{name}"
        with scratch.open("w", encoding="ascii") as file:
            file.write(self._cipher.encrypt(json.dumps(asdict(text))))
            file.flush()
            os.fsync(file.fileno())
        scratch.rename(self._folder / f"{name}.text")

    def count(self) -> int:
        """How many texts wait."""
        return len(self.files())

    def files(self) -> list[Path]:
        """The texts that wait, in the order of their arrival."""
        return sorted(self._folder.glob("*.text"))

    def read(self, path: Path) -> SpooledText:
        """Raises DecryptionError, ValueError or TypeError for one that cannot be read."""
        return SpooledText(**json.loads(self._cipher.decrypt(path.read_text("ascii"))))

    def of_number(self, phone: str) -> list[tuple[Path, SpooledText]]:
        """The texts of one number that wait (E.164), in the order of their arrival.

        What cannot be read is passed over: nobody can tell whose it is.
        """
        found = []
        for path in self.files():
            try:
                text = self.read(path)
            except (DecryptionError, ValueError, TypeError, FileNotFoundError):
                continue
            if text.phone == phone:
                found.append((path, text))
        return found

    def unreadable(self) -> int:
        """How many texts are here that no key fits, set aside already or not."""
        count = len(list(self._folder.glob("*.unreadable")))
        for path in self.files():
            try:
                self.read(path)
            except (DecryptionError, ValueError, TypeError):
                count += 1
            except FileNotFoundError:
                continue
        return count

    @property
    def holds_some(self) -> bool:
        """Whether a text waits here; a look at the folder and no more."""
        return next(self._folder.glob("*.text"), None) is not None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other process that shares the folder takes texts in meanwhile."""
        if not self._folder.exists():
            yield
            return
        with (self._folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def clear(self) -> None:
        """Remove what was left behind by those who were killed while they wrote."""
        for path in half_kept(self._folder):
            try:
                idle_seconds = time.time() - path.stat().st_mtime
            except FileNotFoundError:
                continue  # it has just got its name
            if idle_seconds > LEFT_BEHIND.total_seconds():
                path.unlink(missing_ok=True)

    def waiting(self) -> Iterator[tuple[Path, SpooledText]]:
        """Texts in the order of their arrival; `path.unlink()` once one is stored.

        A file that cannot be read is set aside as `.unreadable`: it must not hold up the others.
        """
        for path in self.files():
            try:
                text = self.read(path)
            except (DecryptionError, ValueError, TypeError):
                log.error("spooled_text_unreadable", file=path.name)  # noqa: TRY400
                path.rename(path.with_suffix(".unreadable"))
                continue
            yield path, text
