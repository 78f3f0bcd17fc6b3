"""Errors that users meet: a stable code, a sentence that says what to do, and context.

Each class fixes its meaning for the edge (HTTP status); the text never holds a phone number,
a name or the words of a message.
"""

from datetime import timedelta
from math import ceil
from typing import Any, ClassVar

QUARTER_OF_AN_HOUR = timedelta(minutes=15)


class HandoffError(Exception):
    """Base of every error that an API client, a partner or an operator may see."""

    status: ClassVar[int] = 400

    def __init__(self, code: str, detail: str, **context: Any) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.context = context


class NotFound(HandoffError):
    """Unknown, or not yours to know."""

    status = 404


class Gone(HandoffError):
    """It was here once, and everybody could see it."""

    status = 410


class Invalid(HandoffError):
    """Well-formed, but it breaks a rule."""

    status = 422


class Conflict(HandoffError):
    """Not a move from where things stand."""

    status = 409


class PreconditionRequired(HandoffError):
    """A change that does not say which version it was made from."""

    status = 428


class PreconditionFailed(HandoffError):
    """A change of something that somebody else has changed meanwhile."""

    status = 412


class Unauthenticated(HandoffError):
    status = 401


class Forbidden(HandoffError):
    status = 403


class TooMany(HandoffError):
    """Too often. `retry_after`: when to come again; `retry_seconds`: the same in whole seconds."""

    status = 429

    def __init__(
        self, code: str, detail: str, *, retry_after: timedelta = QUARTER_OF_AN_HOUR, **context: Any
    ) -> None:
        super().__init__(code, detail, **context)
        self.retry_seconds = max(1, ceil(retry_after.total_seconds()))


class TooLarge(HandoffError):
    status = 413
