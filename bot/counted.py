"""The words that counters carry, and each of them at zero from the start.

Prometheus sees an increase between two scrapes only: a counter that is first shown at 1 has
never risen for it, so the first refusal of each process would raise no alert
(https://prometheus.io/docs/practices/instrumentation/#avoid-missing-metrics).
"""

from enum import StrEnum

from bot.sms.gateway import DeliveryStatus, SendFailure
from directory.messages.models import AnsweredBy, MessageKind
from directory.telemetry import timings

# We tried a text often enough: the one refusal that is not the carrier's.
GIVEN_UP = "given_up"


class SendOutcome(StrEnum):
    """What came of one try to send a text."""

    SENT = "sent"
    LET_GO = "let_go"  # nothing was sent, and the claim is anybody's or ends by itself
    AMBIGUOUS = "ambiguous"
    RETRY = "retry"
    REFUSED = "refused"


timings.show_from_the_start(
    answered_by=AnsweredBy,
    sends=[(outcome, kind) for outcome in SendOutcome for kind in MessageKind],
    reports=DeliveryStatus,
    refusals=[*SendFailure, GIVEN_UP],
)
