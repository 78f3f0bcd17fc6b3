"""Texts both ways: what is said when, and what becomes of it with the carrier."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.demo.world import World
from bot.sms.gateway import DeliveryStatus, SendFailure
from bot.sms.segments import segments
from directory.messages.models import (
    AnsweredBy,
    InboundMessage,
    MessageKind,
    OutboundMessage,
    OutboundStatus,
    SendPriority,
)

_FAILURES = {
    SendFailure.UNREACHABLE: 0.5,
    SendFailure.LANDLINE: 0.2,
    SendFailure.UNKNOWN_NUMBER: 0.2,
    SendFailure.FILTERED: 0.1,
}
_PRIORITIES = {
    MessageKind.REPLY: SendPriority.REPLY,
    MessageKind.CHECKIN: SendPriority.CHECKIN,
    MessageKind.NOTICE: SendPriority.NOTICE,
}


@dataclass
class Talk:
    """All texts of the year. `write` numbers each person's in their order."""

    world: World
    received: list[InboundMessage] = field(default_factory=list)
    sent: list[OutboundMessage] = field(default_factory=list)

    def hears(self, person_id: str, body: str, at: datetime, by: AnsweredBy) -> InboundMessage:
        """A text that reached us and was answered by this part of the product."""
        text = InboundMessage(
            id=self.world.id(),
            provider_id=f"SMdemo{self.world.id().replace('-', '')[:26]}",
            person_id=person_id,
            body=body,
            media_count=0,
            received_at=at,
            answered_at=at + timedelta(seconds=2),
            answered_by=by,
            owed=False,
            attempts=1,
        )
        self.received.append(text)
        return text

    def says(  # noqa: PLR0913  # a text is exactly these facts
        self,
        person_id: str,
        body: str,
        at: datetime,
        *,
        kind: MessageKind = MessageKind.REPLY,
        to: InboundMessage | None = None,
        checkin_id: str | None = None,
        danger: bool = False,
        after_opt_out: bool = False,
        arrives: bool | None = None,
    ) -> OutboundMessage:
        """A text of ours. `arrives`: whether it does; None: chance says."""
        text = OutboundMessage(
            id=self.world.id(),
            person_id=person_id,
            in_reply_to=to.id if to else None,
            checkin_id=checkin_id,
            priority=SendPriority.DANGER if danger else _PRIORITIES[kind],
            kind=kind,
            body=body,
            initiated=kind is not MessageKind.REPLY,
            after_opt_out=after_opt_out,
            attempts=1,
            created_at=at,
            not_before=at,
            first_tried_at=at,
            sent_at=at + timedelta(seconds=1),
            reported_at=at + timedelta(seconds=5),
            provider_id=f"SMdemo{self.world.id().replace('-', '')[:26]}",
            segments=segments(body),
        )
        arrived = self.world.happens(0.99) if arrives is None else arrives
        if arrived:
            text.status, text.provider_status = OutboundStatus.DELIVERED, DeliveryStatus.DELIVERED
            text.delivered_at = at + timedelta(seconds=5)
        else:
            text.status, text.provider_status = OutboundStatus.FAILED, DeliveryStatus.UNDELIVERED
            text.reason = self.world.one_of(_FAILURES)
        self.sent.append(text)
        return text

    def write(self) -> None:
        """What was received first: what was sent answers it."""
        for each in sorted(self.received, key=lambda text: (text.received_at, text.id)):
            each.sequence = self._next(f"in {each.person_id}")
            self.world.rows.append(each)
        for text in sorted(self.sent, key=lambda each: (each.created_at, each.id)):
            text.sequence = self._next(f"out {text.person_id}")
            self.world.rows.append(text)

    def _next(self, key: str) -> int:
        self.world.spoken[key] += 1
        return self.world.spoken[key]
