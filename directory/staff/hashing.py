"""Passwords are kept by argon2id (RFC 9106), and few are worked on at once.

Each takes 64 MiB and four threads for a tenth of a second. With as many at once as requests come,
a process would need more memory than it is given: strangers who only guess could end it.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from directory.errors import TooMany

AT_ONCE = 2
# Half of the threads that answer requests: the others are for whoever is signed in already.
MOST_WAITING = 20
LONGEST_WAIT = timedelta(seconds=5)


class Places:
    """So many at once; who comes later waits a little. Raises TooMany where that was not enough,
    or where so many wait already, or at once for who may not wait."""

    def __init__(
        self,
        at_once: int = AT_ONCE,
        *,
        waiting: int = MOST_WAITING,
        longest_wait: timedelta = LONGEST_WAIT,
    ) -> None:
        self._inside = BoundedSemaphore(at_once)
        self._present = BoundedSemaphore(at_once + waiting)
        self._longest_wait = longest_wait.total_seconds()

    @contextmanager
    def take(self, *, wait: bool = True) -> Iterator[None]:
        """`wait`: False where a writing transaction is open: nobody else could write to SQLite
        for as long."""
        if not self._present.acquire(blocking=False):
            raise _too_busy()
        try:
            if not self._inside.acquire(timeout=self._longest_wait if wait else 0):
                raise _too_busy()
            try:
                yield
            finally:
                self._inside.release()
        finally:
            self._present.release()


_hasher = PasswordHasher()
# Checked against when the account is unknown, so that the time taken tells nothing.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))
_places = Places()


def hashed(password: str) -> str:
    """What is kept of a password. Never waits for a place, for it is made where it is written:
    raises TooMany at once where none is free."""
    with _places.take(wait=False):
        return _hasher.hash(password)


def fits(kept: str | None, password: str, *, wait: bool = True) -> bool:
    """Whether it is the password that this was kept of; None takes as long, and never fits.

    Raises TooMany as `Places` does. `wait`: see there.
    """
    try:
        with _places.take(wait=wait):
            return _hasher.verify(kept or _NOBODY, password) and kept is not None
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False


def _too_busy() -> TooMany:
    return TooMany(
        "sign_in_busy",
        "Too many are signing in at this moment: try again in a few seconds.",
        retry_after=LONGEST_WAIT,
    )
