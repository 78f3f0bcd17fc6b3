"""What came of texts, counted at the carrier and in the database, which must agree.

lost: acknowledged and never answered. doubled: more texts at a phone than were decided, or an
answer decided twice. out of order: a reply that reached the carrier before the reply to an earlier
text of the same phone. Danger goes first by intention and is left out of the order.
"""

import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bot.carrier.client import CarrierControl, PhoneMessage
from directory import database
from directory.messages.models import InboundMessage, OutboundMessage, SendPriority

_POLL_SECONDS = 0.2
# What the person is told at once while the database is down is part of the acknowledgement.
OK = 200


@dataclass(frozen=True, slots=True)
class Count:
    """`refused`: texts that the product never acknowledged, and the carrier knows it."""

    texts: int
    refused: int
    lost: int
    doubled: int
    out_of_order: int
    p50: float
    p95: float

    @property
    def clean(self) -> bool:
        return (self.lost, self.doubled, self.out_of_order) == (0, 0, 0)


@dataclass(frozen=True, slots=True)
class _Answer:
    """A reply of ours as decided: to which text, and under which id the carrier has it."""

    to: str
    provider_id: str | None
    priority: int
    body: str


def _decided() -> tuple[dict[str, tuple[str, int]], list[_Answer]]:
    """Stored texts: their sequence by the carrier's id; and all replies."""
    with database.read_scope() as session:
        inbound = {
            row.id: (row.provider_id, row.sequence)
            for row in session.execute(
                select(InboundMessage.id, InboundMessage.provider_id, InboundMessage.sequence)
            )
        }
        replies = [
            _Answer(
                inbound[message.in_reply_to][0], message.provider_id, message.priority, message.body
            )
            for message in session.scalars(
                select(OutboundMessage).where(OutboundMessage.in_reply_to.is_not(None))
            )
            if message.in_reply_to in inbound
        ]
    return {sid: (key, sequence) for key, (sid, sequence) in inbound.items()}, replies


def count(carrier: CarrierControl, phones: Sequence[str]) -> Count:
    """Of everything that these phones have sent and got since the carrier was reset."""
    theirs = set(phones)
    texts = [m for m in carrier.messages() if m.phone in theirs]
    asked = [m for m in texts if m.direction == "inbound"]
    # What a webhook is answered with is no text of the outbox.
    got = [m for m in texts if m.direction == "outbound" and not m.by_carrier and not m.inline]
    stored, replies = _decided()
    reply_to = {reply.provider_id: reply for reply in replies if reply.provider_id}
    answered = {reply_to[m.sid].to for m in got if m.sid in reply_to}
    acknowledged = [m for m in asked if m.webhook_status == OK]
    strangers = [m for m in got if m.sid not in reply_to]
    twice = sum(n - 1 for n in Counter((r.to, r.body) for r in replies).values())
    waits = _waits(asked, got, reply_to)
    return Count(
        texts=len(asked),
        refused=len(asked) - len(acknowledged),
        lost=sum(m.sid not in answered for m in acknowledged),
        doubled=len(strangers) + twice,
        out_of_order=_out_of_order(got, reply_to, stored),
        p50=statistics.median(waits) if waits else 0.0,
        p95=statistics.quantiles(waits, n=20, method="inclusive")[-1] if len(waits) > 1 else 0.0,
    )


def _waits(
    asked: Sequence[PhoneMessage], got: Sequence[PhoneMessage], reply_to: dict[str, _Answer]
) -> list[float]:
    """Seconds from a phone's text to the first reply to it, by the carrier's clock."""
    began = {m.sid: datetime.fromisoformat(m.created_at) for m in asked}
    first: dict[str, datetime] = {}
    for message in got:
        reply = reply_to.get(message.sid)
        if reply is not None:
            at = datetime.fromisoformat(message.created_at)
            first[reply.to] = min(at, first.get(reply.to, at))
    return [(at - began[sid]).total_seconds() for sid, at in first.items() if sid in began]


def _out_of_order(
    got: Sequence[PhoneMessage],
    reply_to: dict[str, _Answer],
    stored: dict[str, tuple[str, int]],
) -> int:
    """How many replies came after one to a later text."""
    latest: dict[str, int] = {}
    late = 0
    for message in sorted(got, key=lambda m: m.order):
        reply = reply_to.get(message.sid)
        if reply is None or reply.priority == SendPriority.DANGER:
            continue
        sequence = stored[reply.to][1]
        if sequence < latest.get(message.phone, 0):
            late += 1
        latest[message.phone] = max(sequence, latest.get(message.phone, 0))
    return late


def wait_until_settled(carrier: CarrierControl, phones: Sequence[str], *, within: float) -> float:
    """Wait until every text that was acknowledged is answered; seconds that it took.

    Gives up after `within` seconds: what is missing then is counted as lost.
    """
    return _until(lambda: _settled(carrier, phones), within=within)


def _settled(carrier: CarrierControl, phones: Sequence[str]) -> bool:
    texts = [m for m in carrier.messages() if m.phone in set(phones)]
    asked = [m for m in texts if m.direction == "inbound"]
    if any(m.webhook_status is None for m in asked):
        return False
    try:
        _, replies = _decided()
    except SQLAlchemyError:
        return False
    known = {m.sid for m in texts}
    answered = {reply.to for reply in replies if reply.provider_id in known}
    waiting = [reply for reply in replies if reply.provider_id is None]
    acknowledged = {m.sid for m in asked if m.webhook_status == OK}
    return acknowledged <= answered and not waiting


def _until(holds: Callable[[], bool], *, within: float) -> float:
    began = time.monotonic()
    while not holds() and time.monotonic() - began < within:
        time.sleep(_POLL_SECONDS)
    return time.monotonic() - began
