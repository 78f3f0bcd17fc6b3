"""Trying again: what a failed try means, and when the next one comes."""

from datetime import timedelta

# About an hour in all: the clinician must hear in time that a partner cannot be told.
TRIES = 8
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=30)


class TryLater(Exception):
    """It did not go through, or we can't tell. `retry_after`: seconds, if told."""

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class Refused(Exception):
    """It never will go through. `reason` is a short code, without addresses or content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def pause_after(tries: int, *, jitter: float, retry_after: float | None) -> timedelta:
    """How long to wait after so many tries (1 and up). Pure.

    `jitter`: 0 to 1, adds up to a quarter, so that not everybody comes back at once. A receiver
    that says when is asked no earlier, but not much later either.
    """
    doubled = FIRST_PAUSE * (1 << min(tries - 1, 20))
    usual = min(doubled, LONGEST_PAUSE) * (1 + jitter / 4)
    told = min(retry_after or 0.0, LONGEST_PAUSE.total_seconds())
    return max(usual, timedelta(seconds=told))
