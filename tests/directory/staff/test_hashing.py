"""Passwords are hashed a few at a time, and who would wait too long is told to come again."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import TracebackType

import pytest
from argon2.profiles import RFC_9106_LOW_MEMORY

from directory.errors import TooMany
from directory.staff import hashing
from directory.staff.hashing import Places
from tests.conftest import QUICK_HASHER, USUAL_HASHER

PASSWORD = "correct horse battery"


class SlowHasher:
    """Remembers how many were at work at once."""

    def __init__(self) -> None:
        self.running = self.most = self.tried = 0
        self._guard = threading.Lock()

    def verify(self, kept: str, password: str) -> bool:
        with self:
            time.sleep(0.01)
        return True

    def __enter__(self) -> None:
        with self._guard:
            self.running += 1
            self.tried += 1
            self.most = max(self.most, self.running)

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        with self._guard:
            self.running -= 1


def test_the_hasher_in_use_meets_the_recommended_strength() -> None:
    assert USUAL_HASHER.type.name == "ID"
    assert USUAL_HASHER.memory_cost >= RFC_9106_LOW_MEMORY.memory_cost
    assert USUAL_HASHER.time_cost >= RFC_9106_LOW_MEMORY.time_cost
    assert USUAL_HASHER.parallelism >= RFC_9106_LOW_MEMORY.parallelism


def test_all_other_tests_hash_by_the_same_algorithm_with_less_work() -> None:
    assert hashing._hasher is QUICK_HASHER
    assert QUICK_HASHER.type == USUAL_HASHER.type


def test_a_password_fits_what_was_kept_of_it_and_nothing_else() -> None:
    kept = hashing.hashed(PASSWORD)
    assert hashing.fits(kept, PASSWORD)
    for other, password in ((kept, "wrong"), (None, PASSWORD), ("no hash", PASSWORD)):
        assert not hashing.fits(other, password)
    assert not hashing.fits(kept, "half a character \ud800")


def test_two_at_most_are_worked_on_at_once_whoever_they_are_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hasher = SlowHasher()
    monkeypatch.setattr(hashing, "_hasher", hasher)
    with ThreadPoolExecutor(20) as pool:
        tries = [pool.submit(hashing.fits, kept, PASSWORD) for kept in ["kept", None] * 7]
    assert [each.result() for each in tries] == [True, False] * 7
    assert (hasher.most, hasher.tried) == (2, 14)


def test_who_waited_long_enough_is_told_to_come_again() -> None:
    places = Places(1, longest_wait=timedelta(milliseconds=20))
    with places.take(), pytest.raises(TooMany) as refused, places.take():
        pass
    assert (refused.value.code, refused.value.retry_seconds) == ("sign_in_busy", 5)
    with places.take():
        pass  # the place is free again, and so is that of the one who waited


def test_who_has_a_transaction_open_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """All others who write would wait with them."""
    places = Places(1, longest_wait=timedelta(seconds=30))
    monkeypatch.setattr(hashing, "_places", places)
    began = time.monotonic()
    with places.take():
        with pytest.raises(TooMany):
            hashing.hashed(PASSWORD)
        with pytest.raises(TooMany):
            hashing.fits(None, PASSWORD, wait=False)
    assert time.monotonic() - began < 10
    assert hashing.hashed(PASSWORD)


def test_no_more_wait_than_leave_threads_for_others() -> None:
    places = Places(1, waiting=0, longest_wait=timedelta(seconds=30))
    began = time.monotonic()
    for _ in range(3):
        with places.take(), pytest.raises(TooMany), places.take():
            pass
    assert time.monotonic() - began < 10


def test_a_place_is_free_again_after_an_error() -> None:
    places = Places(1, waiting=0)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"), places.take():
            raise ValueError("broken")
    with places.take():
        pass
