"""What the product needs from a text-message provider, in the product's own words.

A provider's status and error codes become these enums in its own file (``twilio.py``); nothing
else knows them. Every method is synchronous and must be called with no database session open.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class DeliveryStatus(StrEnum):
    """How far a text has come. ``advances`` says which one may follow which."""

    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELED = "canceled"
    READ = "read"


class SendFailure(StrEnum):
    """Why a text will never arrive; each asks for something different from us."""

    OPTED_OUT = "opted_out"  # the carrier blocks this number until START: stop for good
    UNREACHABLE = "unreachable"  # phone off or out of coverage: a few later tries
    UNKNOWN_NUMBER = "unknown_number"
    LANDLINE = "landline"  # can't take texts: a person calls instead
    FILTERED = "filtered"  # taken for spam by a carrier: stop and alert
    UNREGISTERED = "unregistered"  # our campaign is not registered: alert
    INVALID = "invalid"  # our request is wrong: alert
    OTHER = "other"


_ORDER = {
    DeliveryStatus.ACCEPTED: 0,
    DeliveryStatus.SCHEDULED: 1,
    DeliveryStatus.QUEUED: 2,
    DeliveryStatus.SENDING: 3,
    DeliveryStatus.SENT: 4,
    DeliveryStatus.DELIVERED: 5,
    DeliveryStatus.UNDELIVERED: 5,
    DeliveryStatus.FAILED: 5,
    DeliveryStatus.CANCELED: 5,
    DeliveryStatus.READ: 6,
}
_NEVER_ARRIVED = frozenset(
    {DeliveryStatus.UNDELIVERED, DeliveryStatus.FAILED, DeliveryStatus.CANCELED}
)


def advances(old: DeliveryStatus | None, new: DeliveryStatus) -> bool:
    """Whether a report of ``new`` may replace ``old``.

    Reports come late, twice and out of order, so a text only ever moves forward and the first
    final status stays; the one exception is ``read``, which may follow ``delivered``.
    """
    if old is None:
        return True
    if old in _NEVER_ARRIVED:
        return False
    return _ORDER[new] > _ORDER[old]


@dataclass(frozen=True, slots=True)
class Sent:
    """A text that the provider has taken over. ``segments`` is None until it is known."""

    provider_id: str
    status: DeliveryStatus
    segments: int | None


class SendError(Exception):
    """A text was not taken over, or we can't tell. Never carries a number or a text."""


class RetryableSendError(SendError):
    """Not taken over, and trying again later is right. ``retry_after``: seconds, if told."""

    def __init__(self, cause: str, *, retry_after: float | None = None) -> None:
        super().__init__(cause)
        self.retry_after = retry_after


class NotFinalError(SendError):
    """The provider still works on this text: what is asked can be done once it came to its end."""


class AmbiguousSendError(SendError):
    """The answer was lost: the text may be on its way. Look with ``find_sent`` before resending."""


class PermanentSendError(SendError):
    """Refused for good, because of ``reason``."""

    def __init__(self, reason: SendFailure) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text as the provider's webhook brought it. ``opt_out`` is the provider's own reading:
    it has already blocked (``STOP``) or unblocked (``START``) the number."""

    provider_id: str
    sender: str
    recipient: str
    body: str
    media_count: int
    opt_out: str | None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """A delivery report. ``status`` is None when the provider uses a word that we don't know."""

    provider_id: str
    status: DeliveryStatus | None
    failure: SendFailure | None


class SmsGateway(Protocol):
    """A provider. All methods raise RetryableSendError when it can't be reached."""

    def send(self, *, to: str, body: str, reference: str, validity_seconds: int | None) -> Sent:
        """Hand over one text. ``reference`` comes back with every delivery report.

        ``validity_seconds``: how long it may wait at the carrier before it is dropped.
        Raises RetryableSendError, AmbiguousSendError or PermanentSendError.
        """
        ...

    def find_sent(
        self, *, to: str, body: str, since: datetime, excluding: Container[str] = ()
    ) -> Sent | None:
        """The text that an ambiguous ``send`` may have left behind: the first of exactly this
        body to this number, from our sender, created at or after ``since`` (wall time).

        ``excluding``: provider ids known to be other texts of the same words.
        """
        ...

    def redact(self, provider_id: str) -> None:
        """Blank the text kept by the provider. Doing it twice, or to a gone text, is no error.

        Raises NotFinalError, RetryableSendError or PermanentSendError.
        """
        ...

    def ping(self) -> bool:
        """Whether the provider answers and accepts our credentials."""
        ...
