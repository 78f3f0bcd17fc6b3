"""Twilio's shapes: JSON of the REST API, form fields of the webhooks, errors."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from bot.carrier.settings import CarrierSettings
from bot.carrier.store import Direction, StoredMessage

API_VERSION = "2010-04-01"

# https://www.twilio.com/docs/api/errors: the messages are ours to word, the codes are not.
ERROR_MESSAGES = {
    20001: "Invalid parameter",
    20003: "Authenticate",
    20009: "Cannot delete because delivery of message has not been completed.",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "An internal server error has occurred",
    21211: "Invalid 'To' Phone Number",
    21266: "'To' and 'From' number cannot be the same",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21606: "The 'From' phone number provided is not a valid message-capable phone number",
    21609: "The 'StatusCallback' URL is not a valid URL.",
    21610: "Attempt to send to unsubscribed recipient",
    21614: "'To' number is not a valid mobile number",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21624: "Invalid validity period value",
    21701: "The Messaging Service does not exist.",
    30003: "Unreachable destination handset",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30034: "Message from an unregistered number",
    30036: "Validity Period Expired",
}


class Refusal(Exception):
    """A request that Twilio answers with an error."""

    def __init__(self, status: int, code: int) -> None:
        super().__init__(f"HTTP {status}, error {code}")
        self.status = status
        self.code = code

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": ERROR_MESSAGES.get(self.code, "Error"),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def message_json(message: StoredMessage, settings: CarrierSettings) -> dict[str, Any]:
    """The Message resource. A messaging service's sender and segments are known once it left."""
    undecided = message.status == "accepted"
    path = f"/{API_VERSION}/Accounts/{settings.account_sid}/Messages/{message.sid}"
    return {
        "account_sid": settings.account_sid,
        "api_version": API_VERSION,
        "body": "" if message.redacted else message.body,
        "date_created": _rfc2822(message.created_at),
        "date_sent": _rfc2822(message.sent_at),
        "date_updated": _rfc2822(message.updated_at),
        "direction": message.direction.value,
        "error_code": message.error_code,
        "error_message": ERROR_MESSAGES.get(message.error_code or 0),
        "from": None if undecided else message.sender,
        "messaging_service_sid": message.messaging_service_sid,
        "num_media": str(len(message.media)),
        "num_segments": "0" if undecided else str(message.segments),
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": message.recipient,
        "uri": f"{path}.json",
    }


def account_json(settings: CarrierSettings) -> dict[str, Any]:
    return {
        "sid": settings.account_sid,
        "owner_account_sid": settings.account_sid,
        "friendly_name": "Simulated carrier",
        "status": "active",
        "type": "Full",
        "date_created": None,
        "date_updated": None,
        "uri": f"/{API_VERSION}/Accounts/{settings.account_sid}.json",
        "subresource_uris": {},
    }


def inbound_fields(message: StoredMessage, settings: CarrierSettings) -> list[tuple[str, str]]:
    """The form of an inbound webhook."""
    form = {
        "ToCountry": "US",
        "ToState": "IL",
        "SmsMessageSid": message.sid,
        "NumMedia": str(len(message.media)),
        "ToCity": "",
        "FromZip": "",
        "SmsSid": message.sid,
        "FromState": "IL" if message.sender.startswith("+1630") else "",
        "SmsStatus": "received",
        "FromCity": "NAPERVILLE" if message.sender.startswith("+1630") else "",
        "Body": message.body,
        "FromCountry": "US" if message.sender.startswith("+1") else "",
        "To": message.recipient,
        "ToZip": "",
        "NumSegments": str(message.segments),
        "MessageSid": message.sid,
        "AccountSid": settings.account_sid,
        "From": message.sender,
        "ApiVersion": API_VERSION,
    }
    if message.messaging_service_sid:
        form["MessagingServiceSid"] = message.messaging_service_sid
    if message.opt_out_type:
        form["OptOutType"] = message.opt_out_type
    for index, content_type in enumerate(message.media):
        form[f"MediaContentType{index}"] = content_type
        form[f"MediaUrl{index}"] = (
            f"https://api.twilio.com/{API_VERSION}/Accounts/{settings.account_sid}"
            f"/Messages/{message.sid}/Media/ME{message.sid[2:30]}{index:04d}"
        )
    return list(form.items())


def callback_fields(message: StoredMessage, settings: CarrierSettings) -> list[tuple[str, str]]:
    """The form of a delivery status callback, for the status the message has now."""
    form = {
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "MessageStatus": message.status,
        "To": message.recipient,
        "MessageSid": message.sid,
        "AccountSid": settings.account_sid,
        "From": message.sender,
        "ApiVersion": API_VERSION,
    }
    if message.messaging_service_sid:
        form["MessagingServiceSid"] = message.messaging_service_sid
    if message.status == "delivered":
        form["RawDlrDoneDate"] = message.updated_at.strftime("%y%m%d%H%M")
    if message.error_code:
        form["ErrorCode"] = str(message.error_code)
        form["ErrorMessage"] = ERROR_MESSAGES.get(message.error_code, "")
    return list(form.items())


def phone_json(message: StoredMessage) -> dict[str, Any]:
    """A message as the control interface and the phones show it."""
    return {
        "order": message.number,
        "revision": message.revision,
        "sid": message.sid,
        "phone": message.phone,
        "direction": "inbound" if message.direction is Direction.INBOUND else "outbound",
        "by_carrier": message.direction is Direction.CARRIER_REPLY,
        "inline": message.direction is Direction.TWIML_REPLY,
        "body": message.body,
        "media": list(message.media),
        "status": message.status,
        "error_code": message.error_code,
        "segments": message.segments,
        "created_at": message.created_at.astimezone(UTC).isoformat(),
        "webhook_status": message.webhook_status,
        "redacted": message.redacted,
    }


def _rfc2822(at: datetime | None) -> str | None:
    return format_datetime(at.astimezone(UTC)) if at else None
