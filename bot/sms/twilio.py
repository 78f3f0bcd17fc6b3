"""Twilio, or any server that speaks its REST and webhook protocol. Its words are in
``twilio_words``; its library is used here, for calls in ``voice_twiml``, and nowhere else.

Reference: https://www.twilio.com/docs/messaging/api/message-resource and
https://www.twilio.com/docs/usage/security#validating-requests.
"""

from collections.abc import Container, Mapping
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any, NoReturn
from urllib.parse import urlencode, urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from twilio.base import values
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml.messaging_response import MessagingResponse

from bot.sms.gateway import (
    AmbiguousSendError,
    DeliveryStatus,
    NotFinalError,
    PermanentSendError,
    RetryableSendError,
    SendFailure,
    Sent,
)
from bot.sms.twilio_words import failure_of, read_inbound, read_status, status_of

__all__ = [
    "TWILIO_API",
    "TwilioGateway",
    "empty_twiml",
    "failure_of",
    "message_twiml",
    "read_inbound",
    "read_status",
    "status_of",
    "webhook_is_genuine",
]

TWILIO_API = "https://api.twilio.com"
LONGEST_VALIDITY = 36_000  # seconds; Twilio refuses more

# Kept open: one for each thread that may send (bot/lanes.py, bot/jobs.py and the engine's own).
# The library keeps a few more than there are processors, and in a burst a thread without one would
# greet the carrier anew for each text.
CONNECTIONS = 48
# How far back find_sent reads: far more than one person is sent in the minutes of an outage.
_MESSAGES_SEARCHED = 200
# https://www.twilio.com/docs/api/errors/20009
_NOT_COMPLETE = 20009


class _RebasedHttpClient(TwilioHttpClient):  # type: ignore[misc]
    """Sends the official client's requests to another server, and says what went wrong.

    Transport errors are raised ``from None``: their text holds the request's URL, and with it
    the number a list was filtered by.
    """

    def __init__(self, *, base_url: str, timeout: float) -> None:
        super().__init__(timeout=timeout)
        base = urlsplit(base_url)
        if base.scheme not in {"http", "https"} or not base.netloc:
            raise ValueError("the Twilio API base URL must be an http or https URL")
        self._scheme, self._host, self._path = base.scheme, base.netloc, base.path.rstrip("/")
        for kind in ("https://", "http://"):
            self.session.mount(kind, HTTPAdapter(pool_maxsize=CONNECTIONS))
        # A proxy from the environment must not come between us and a server on this machine.
        self.session.trust_env = base_url.startswith(TWILIO_API)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        _, _, path, query, fragment = urlsplit(url)
        url = urlunsplit((self._scheme, self._host, self._path + path, query, fragment))
        try:
            response = super().request(method, url, *args, **kwargs)
        except (requests.ConnectTimeout, requests.exceptions.SSLError) as error:
            raise RetryableSendError(type(error).__name__) from None
        except requests.ConnectionError as error:
            if _never_connected(error):
                raise RetryableSendError(type(error).__name__) from None
            raise AmbiguousSendError(type(error).__name__) from None
        except requests.RequestException as error:
            raise AmbiguousSendError(type(error).__name__) from None
        _raise_if_busy(response)
        return response

    def log_request(self, kwargs: Mapping[str, Any]) -> None:
        """Nothing: the library would log query parameters, which hold numbers."""

    def log_response(self, status_code: int, response: object) -> None:
        """Nothing, for symmetry."""


def _never_connected(error: requests.ConnectionError) -> bool:
    """urllib3 wraps the refusal of a connection in MaxRetryError(reason=NewConnectionError)."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return type(reason).__name__ in {"NewConnectionError", "NameResolutionError", "ProxyError"}


def _raise_if_busy(response: Response) -> None:
    """429 and server errors: not taken over. A gateway's 504 only says that it stopped waiting."""
    if response.status_code == requests.codes.gateway_timeout:
        raise AmbiguousSendError("HTTP 504")
    if response.status_code == requests.codes.too_many_requests or response.status_code >= 500:
        headers = response.headers or {}
        raise RetryableSendError(
            f"HTTP {response.status_code}", retry_after=_seconds(headers.get("Retry-After"))
        )


def _seconds(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None  # an HTTP date; our own backoff is as good


def _translate(error: TwilioException) -> NoReturn:
    """Raise our error for Twilio's, with its message blanked: it may quote the number."""
    if not isinstance(error, TwilioRestException):
        raise AmbiguousSendError(type(error).__name__) from None
    error.msg = f"error {error.code}"
    if error.code == 20429:
        raise RetryableSendError("error 20429") from error
    raise PermanentSendError(failure_of(error.code) or SendFailure.INVALID) from error


class TwilioGateway:
    """The official client, pointed at ``api_base_url``; one instance serves all threads.

    Exactly one of ``from_number`` and ``messaging_service_sid`` says who sends. Each send gives
    Twilio ``status_callback_url`` with our reference in its query, so that a delivery report
    can be matched even when the answer to the send was lost.
    """

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        status_callback_url: str,
        from_number: str | None = None,
        messaging_service_sid: str | None = None,
        api_base_url: str = TWILIO_API,
        timeout: float = 10.0,
    ) -> None:
        if bool(from_number) == bool(messaging_service_sid):
            raise ValueError("give a from-number or a messaging service, and not both")
        self._from_number = from_number or None
        self._messaging_service_sid = messaging_service_sid or None
        self._status_callback_url = status_callback_url
        self._client = Client(
            account_sid,
            auth_token,
            http_client=_RebasedHttpClient(base_url=api_base_url, timeout=timeout),
        )
        # Kept: the library looks up its modules again each time that it is asked for them.
        self._messages = self._client.messages

    def send(self, *, to: str, body: str, reference: str, validity_seconds: int | None) -> Sent:
        separator = "&" if urlsplit(self._status_callback_url).query else "?"
        callback = f"{self._status_callback_url}{separator}{urlencode({'reference': reference})}"
        validity = validity_seconds and max(1, min(validity_seconds, LONGEST_VALIDITY))
        try:
            message = self._messages.create(
                to=to,
                body=body,
                from_=self._from_number or values.unset,
                messaging_service_sid=self._messaging_service_sid or values.unset,
                status_callback=callback,
                validity_period=validity or values.unset,
            )
        except TwilioException as error:
            _translate(error)
        except (ValueError, AttributeError):
            # A success that isn't a JSON object: something was accepted, we don't know what.
            raise AmbiguousSendError("unreadable answer") from None
        if not message.sid:
            raise AmbiguousSendError("answer without an id")
        return _sent(message)

    def find_sent(
        self, *, to: str, body: str, since: datetime, excluding: Container[str] = ()
    ) -> Sent | None:
        # Not filtered by date sent: a text that still waits at Twilio has none.
        earliest = since.astimezone(UTC).replace(microsecond=0)  # its dates have whole seconds
        try:
            messages = self._messages.list(
                to=to,
                from_=self._from_number or values.unset,
                limit=_MESSAGES_SEARCHED,
                page_size=100,
            )
        except AmbiguousSendError as error:
            raise RetryableSendError("the look-up failed") from error
        except (TwilioException, ValueError):
            raise RetryableSendError("the look-up was refused") from None
        matching = [
            message
            for message in messages
            if message.to == to
            and message.body == body
            and message.direction != "inbound"
            and self._is_ours(message)
            and message.sid not in excluding
            and isinstance(message.date_created, datetime)
            and message.date_created >= earliest
        ]
        # The list comes newest first, and dates have whole seconds: of equals the last is first.
        oldest = min(reversed(matching), key=lambda each: each.date_created, default=None)
        return _sent(oldest) if oldest is not None else None

    def _is_ours(self, message: Any) -> bool:
        if self._from_number:
            return bool(message.from_ == self._from_number)
        return bool(message.messaging_service_sid == self._messaging_service_sid)

    def redact(self, provider_id: str) -> None:
        try:
            self._messages(provider_id).update(body="")
        except TwilioRestException as error:
            if error.status == requests.codes.not_found:
                return
            if error.code == _NOT_COMPLETE or error.status == requests.codes.conflict:
                raise NotFinalError("not at its end") from None
            _translate(error)
        except TwilioException as error:
            _translate(error)
        except AmbiguousSendError as error:
            raise RetryableSendError("the answer was lost") from error

    def ping(self) -> bool:
        try:
            account = self._client.api.v2010.accounts(self._client.account_sid).fetch()
        except (TwilioException, RetryableSendError, AmbiguousSendError, ValueError):
            return False
        return bool(account.status == "active")


def _sent(message: Any) -> Sent:
    # A messaging service picks the sender later; until then Twilio reports "0" segments.
    count = str(message.num_segments)
    segments = (int(count) or None) if count.isdecimal() else None
    status = status_of(message.status) or DeliveryStatus.ACCEPTED
    return Sent(provider_id=message.sid, status=status, segments=segments)


def webhook_is_genuine(
    url: str, params: Mapping[str, Any], signature: str | None, auth_token: str
) -> bool:
    """Whether Twilio signed exactly this request.

    ``url`` is the public URL with its query; ``params`` the whole form, untrimmed: a mapping of
    strings, or a multi-dict with ``getlist`` when a name is repeated.
    """
    if not signature:
        return False
    several = getattr(params, "getlist", None)
    form = _Signed((name, several(name) if several else [params[name]]) for name in params)
    validator = RequestValidator(auth_token)
    try:
        if compare_digest(validator.compute_signature(url, form).encode(), signature.encode()):
            return True
        # Else as the library does it: with the port and without, since Twilio signs either.
        return bool(validator.validate(url, form, signature))
    except (TypeError, ValueError):
        return False  # an uploaded file among the fields, a URL that can't be parsed


class _Signed(dict[str, list[Any]]):
    """A form by the first of the ways in which the library asks: each other costs an exception a
    field, and it asks twice (with the port and without)."""

    def getall(self, name: str) -> list[Any]:
        return self[name]


def empty_twiml() -> str:
    """The acknowledgement that sends nothing back: replies go out through the REST API."""
    return str(MessagingResponse())


def message_twiml(text: str) -> str:
    """An answer inside the acknowledgement: only for when nothing can be stored or sent."""
    response = MessagingResponse()
    response.message(text)
    return str(response)
