"""Texts on their way: to phones with a report of every step, and from phones to the webhook."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.carrier.faults import Fault, FaultPlan
from bot.carrier.keywords import Keyword, keyword_in
from bot.carrier.lanes import Lanes
from bot.carrier.poster import NO_ANSWER, Answer, WebhookPoster
from bot.carrier.settings import CarrierSettings
from bot.carrier.signing import signature
from bot.carrier.store import Direction, Store, StoredMessage
from bot.carrier.twiml import messages_in
from bot.carrier.wire import callback_fields, inbound_fields
from bot.sms.segments import segments

# What a text goes through after each status; sent may turn into undelivered instead.
_NEXT = {"accepted": "queued", "queued": "sent", "sending": "sent", "sent": "delivered"}
_EXPIRED = 30036


class Network:
    """Owns everything that happens after a request to the carrier was answered."""

    def __init__(
        self,
        *,
        settings: CarrierSettings,
        store: Store,
        faults: FaultPlan,
        poster: WebhookPoster,
    ) -> None:
        self._settings = settings
        self._store = store
        self._faults = faults
        self._poster = poster
        self._lanes = Lanes()

    def busy(self) -> int:
        return self._lanes.busy()

    async def stop(self) -> None:
        await self._lanes.stop()

    def resume(self) -> None:
        """Take up what a stopped carrier left undone; reports that were lost stay lost."""
        for message in self._store.unfinished():
            if message.direction is Direction.INBOUND:
                self._tell(message)
            else:
                self._send_on(message.recipient, message.sid)

    def send(
        self,
        *,
        to: str,
        body: str,
        messaging_service_sid: str | None = None,
        status_callback: str | None = None,
        validity_seconds: int | None = None,
        direction: Direction = Direction.OUTBOUND,
    ) -> StoredMessage:
        """Take over a text to a phone; it is on its way when this returns."""
        sid = self._store.add(
            direction=direction,
            sender=self._settings.number,
            recipient=to,
            body=body,
            status="accepted" if messaging_service_sid else "queued",
            segments=segments(body),
            messaging_service_sid=messaging_service_sid,
            status_callback=status_callback,
            validity_seconds=validity_seconds,
        )
        self._send_on(to, sid)
        return self._existing(sid)

    def receive(self, *, sender: str, body: str, media: tuple[str, ...]) -> StoredMessage:
        """A phone sends a text. Keywords act here, before the product hears of them."""
        keyword = keyword_in(body)
        was_blocked = self._store.is_blocked(sender)
        sid = self._store.add(
            direction=Direction.INBOUND,
            sender=sender,
            recipient=self._settings.number,
            body=body,
            status="received",
            segments=segments(body),
            media=media,
            messaging_service_sid=self._settings.messaging_service_sid,
            opt_out_type=keyword,
        )
        if keyword is Keyword.STOP:
            self._store.block(sender)
            if self._settings.opt_out_confirmation and not was_blocked:
                self.send(
                    to=sender,
                    body=self._settings.opt_out_confirmation,
                    direction=Direction.CARRIER_REPLY,
                )
        elif keyword is Keyword.START:
            self._store.unblock(sender)
        message = self._existing(sid)
        self._tell(message)
        return message

    def _existing(self, sid: str) -> StoredMessage:
        message = self._store.message(sid)
        if message is None:
            raise LookupError("the message is gone")
        return message

    def _send_on(self, phone: str, sid: str) -> None:
        self._lanes.put(f"deliver {phone}", lambda: self._deliver(sid))

    async def _deliver(self, sid: str) -> None:
        """Take one text to its end, reporting each status it passes, the first included."""
        message = self._store.message(sid)
        if message is None:
            return
        held: list[StoredMessage] | None = (
            [] if self._faults.strikes(Fault.CALLBACKS_REORDERED) else None
        )
        self._report(message, held)
        while message is not None and message.status in _NEXT:
            await asyncio.sleep(self._settings.step_seconds)
            self._advance(message)
            message = self._store.message(sid)
            if message is not None:
                self._report(message, held)
        for report in reversed(held or ()):
            self._post_callback(report)

    def _advance(self, message: StoredMessage) -> None:
        following = _NEXT[message.status]
        code = self._faults.undeliverable.get(message.recipient)
        if following == "sent" and _has_expired(message):
            self._store.change(message.sid, status="failed", error_code=_EXPIRED)
        elif following == "delivered" and code is not None:
            self._store.change(message.sid, status="undelivered", error_code=code)
        elif following == "sent":
            self._store.mark_sent(message.sid, following)
        else:
            self._store.change(message.sid, status=following)

    def _report(self, message: StoredMessage, held: list[StoredMessage] | None) -> None:
        if message.status_callback is None:
            return
        if held is not None:
            held.append(message)
        else:
            self._post_callback(message)

    def _post_callback(self, message: StoredMessage) -> None:
        url = message.status_callback
        local = self._settings.local_url(url) if url else None
        if url is None or local is None or self._faults.strikes(Fault.CALLBACK_LOST):
            return
        fields = callback_fields(message, self._settings)
        signed = signature(self._settings.auth_token, url, fields)
        times = 2 if self._faults.strikes(Fault.CALLBACK_DUPLICATED) else 1

        async def post() -> None:
            for _ in range(times):
                await self._poster.post(local, fields, signature=signed)

        self._lanes.put(f"callback {message.recipient}", post)

    def _tell(self, message: StoredMessage) -> None:
        self._lanes.put(f"inbound {message.sender}", lambda: self._post_inbound(message))

    async def _post_inbound(self, message: StoredMessage) -> None:
        settings, faults = self._settings, self._faults
        fields = inbound_fields(message, settings)
        signed = signature(settings.auth_token, settings.signed_webhook_url(), fields)
        if faults.strikes(Fault.INBOUND_TAMPERED):
            fields = inbound_fields(replace(message, body=message.body + "!"), settings)
        unsigned = faults.strikes(Fault.INBOUND_UNSIGNED)
        answer = Answer(NO_ANSWER)
        for _ in range(2 if faults.strikes(Fault.INBOUND_DUPLICATED) else 1):
            answer = await self._poster.post(
                settings.webhook_url,
                fields,
                signature=None if unsigned else signed,
                patience=settings.connection_patience,
            )
            for reply in messages_in(answer) if not self._store.is_blocked(message.sender) else ():
                self.send(to=message.sender, body=reply, direction=Direction.TWIML_REPLY)
        self._store.change(message.sid, webhook_status=answer.status)


def _has_expired(message: StoredMessage) -> bool:
    if message.validity_seconds is None:
        return False
    return datetime.now(UTC) - message.created_at > timedelta(seconds=message.validity_seconds)
