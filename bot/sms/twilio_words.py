"""Twilio's vocabulary as ours: error codes, statuses, the forms of its webhooks. All pure.

Reference: https://www.twilio.com/docs/api/errors and
https://www.twilio.com/docs/messaging/guides/webhook-request.
"""

from collections.abc import Mapping
from typing import Any

from bot.sms.gateway import DeliveryStatus, InboundText, SendFailure, StatusReport

_FAILURES = {
    21211: SendFailure.UNKNOWN_NUMBER,
    21610: SendFailure.OPTED_OUT,
    21614: SendFailure.UNKNOWN_NUMBER,
    30003: SendFailure.UNREACHABLE,
    30005: SendFailure.UNKNOWN_NUMBER,
    30006: SendFailure.LANDLINE,
    30007: SendFailure.FILTERED,
    30034: SendFailure.UNREGISTERED,
}


def failure_of(error_code: int | None) -> SendFailure | None:
    """What an error code means to us; None for no error.

    Codes 20000-21999 refuse a request, so an unlisted one there is a mistake of ours (INVALID);
    the 30000s are about delivery (OTHER).
    """
    if not error_code:
        return None
    if error_code in _FAILURES:
        return _FAILURES[error_code]
    return SendFailure.INVALID if 20_000 <= error_code < 22_000 else SendFailure.OTHER


def status_of(word: str | None) -> DeliveryStatus | None:
    """Twilio's message status as ours; None for a word that was added after this was written."""
    try:
        return DeliveryStatus(word or "")
    except ValueError:
        return None


def read_inbound(params: Mapping[str, Any]) -> InboundText | None:
    """Twilio's inbound webhook form as ours; None when what makes it a text is missing."""
    provider_id, sender = _text(params, "MessageSid"), _text(params, "From")
    if not provider_id or not sender:
        return None
    media = _text(params, "NumMedia")
    return InboundText(
        provider_id=provider_id,
        sender=sender,
        recipient=_text(params, "To"),
        body=_text(params, "Body"),
        media_count=int(media) if media.isdecimal() else 0,
        opt_out=_text(params, "OptOutType") or None,
    )


def read_status(params: Mapping[str, Any]) -> StatusReport | None:
    """Twilio's status callback form as ours; None when it names no message."""
    provider_id = _text(params, "MessageSid") or _text(params, "SmsSid")
    if not provider_id:
        return None
    code = _text(params, "ErrorCode")
    return StatusReport(
        provider_id=provider_id,
        status=status_of(_text(params, "MessageStatus") or _text(params, "SmsStatus")),
        failure=failure_of(int(code)) if code.isdecimal() else None,
    )


def _text(params: Mapping[str, Any], name: str) -> str:
    value = params.get(name)
    return value if isinstance(value, str) else ""
