"""The gateway over real HTTP: against the simulated carrier, and against a broken server."""

import socket
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import FormData, UploadFile
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from bot.sms.gateway import (
    AmbiguousSendError,
    DeliveryStatus,
    NotFinalError,
    PermanentSendError,
    RetryableSendError,
    SendFailure,
    SmsGateway,
)
from bot.sms.twilio import (
    TwilioGateway,
    empty_twiml,
    failure_of,
    message_twiml,
    read_inbound,
    read_status,
    status_of,
    webhook_is_genuine,
)
from tests.bot.carrier.running import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    NUMBER,
    OTHER,
    PUBLIC_URL,
    RESIDENT,
    SERVICE_SID,
    Product,
    RunningCarrier,
    carrier_settings,
    eventually,
    running_carrier,
    running_product,
    start_afresh,
)

STATUS_URL = f"{PUBLIC_URL}/webhooks/twilio/status"


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    with running_product() as product:
        yield product


@pytest.fixture(scope="module")
def carrier_on_socket(
    product: Product, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningCarrier]:
    directory: Path = tmp_path_factory.mktemp("carrier")
    with running_carrier(carrier_settings(product.webhook_url, directory)) as carrier:
        yield carrier


@pytest.fixture
def carrier(carrier_on_socket: RunningCarrier, product: Product) -> RunningCarrier:
    start_afresh(carrier_on_socket, product)
    return carrier_on_socket


def gateway_to(url: str, **changes: Any) -> TwilioGateway:
    values: dict[str, Any] = {
        "account_sid": ACCOUNT_SID,
        "auth_token": AUTH_TOKEN,
        "from_number": NUMBER,
        "status_callback_url": STATUS_URL,
        "api_base_url": url,
        "timeout": 1.0,
    }
    return TwilioGateway(**(values | changes))


@pytest.fixture
def gateway(carrier: RunningCarrier) -> TwilioGateway:
    return gateway_to(carrier.url)


def send(gateway: SmsGateway, body: str = "hello", to: str = RESIDENT) -> str:
    return gateway.send(to=to, body=body, reference="r-1", validity_seconds=600).provider_id


def test_a_sent_text_reaches_the_phone(gateway: TwilioGateway, carrier: RunningCarrier) -> None:
    sent = gateway.send(to=RESIDENT, body="Hola", reference="r-1", validity_seconds=None)
    assert (sent.status, sent.segments) == (DeliveryStatus.QUEUED, 1)
    [message] = carrier.control.messages(RESIDENT)
    assert (message.sid, message.body) == (sent.provider_id, "Hola")


def test_the_reference_comes_back_with_each_report(
    gateway: TwilioGateway, product: Product
) -> None:
    gateway.send(to=RESIDENT, body="hi", reference="a b&c", validity_seconds=None)
    assert eventually(lambda: len(product.reports()) == 3)
    report = product.reports()[0]
    assert report.path == "/webhooks/twilio/status?reference=a+b%26c"
    assert webhook_is_genuine(report.public_url, report.form, report.signature, AUTH_TOKEN)


def test_a_callback_url_may_have_a_query_already(carrier: RunningCarrier, product: Product) -> None:
    send(gateway_to(carrier.url, status_callback_url=f"{STATUS_URL}?via=1"))
    assert eventually(product.reports)
    assert product.reports()[0].path == "/webhooks/twilio/status?via=1&reference=r-1"


def test_a_messaging_service_can_be_the_sender(carrier: RunningCarrier) -> None:
    gateway = gateway_to(carrier.url, from_number=None, messaging_service_sid=SERVICE_SID)
    since = datetime.now(UTC)
    sent = gateway.send(to=RESIDENT, body="hi", reference="r", validity_seconds=None)
    assert (sent.status, sent.segments) == (DeliveryStatus.ACCEPTED, None)
    found = gateway.find_sent(to=RESIDENT, body="hi", since=since)
    assert found is not None
    assert found.provider_id == sent.provider_id


@pytest.mark.parametrize("changes", [{"from_number": None}, {"messaging_service_sid": "MG1"}])
def test_exactly_one_sender_must_be_given(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not both"):
        gateway_to("http://127.0.0.1:1", **changes)


def test_an_address_that_is_no_url_is_refused() -> None:
    with pytest.raises(ValueError, match="URL"):
        gateway_to("127.0.0.1:8010")


@pytest.mark.parametrize("seconds", [0, 1, 36_000, 10**9])
def test_the_validity_is_kept_within_what_twilio_takes(
    gateway: TwilioGateway, seconds: int
) -> None:
    assert gateway.send(to=RESIDENT, body="x", reference="r", validity_seconds=seconds)


@pytest.mark.parametrize(
    ("code", "reason"),
    [(21211, SendFailure.UNKNOWN_NUMBER), (21614, SendFailure.UNKNOWN_NUMBER)],
)
def test_a_refused_number_is_permanent(
    gateway: TwilioGateway, carrier: RunningCarrier, code: int, reason: SendFailure
) -> None:
    carrier.control.faults(undeliverable={RESIDENT: code})
    with pytest.raises(PermanentSendError) as refusal:
        send(gateway)
    assert refusal.value.reason is reason


def test_an_opted_out_number_is_permanent(gateway: TwilioGateway, carrier: RunningCarrier) -> None:
    carrier.control.text(RESIDENT, "STOP")
    with pytest.raises(PermanentSendError) as refusal:
        send(gateway)
    assert refusal.value.reason is SendFailure.OPTED_OUT


@pytest.mark.parametrize("body", ["", "x" * 10_240])
def test_a_mistake_of_ours_is_permanent_and_says_so(gateway: TwilioGateway, body: str) -> None:
    with pytest.raises(PermanentSendError) as refusal:
        send(gateway, body)
    assert refusal.value.reason is SendFailure.INVALID


def test_wrong_credentials_are_a_mistake_of_ours(carrier: RunningCarrier) -> None:
    with pytest.raises(PermanentSendError) as refusal:
        send(gateway_to(carrier.url, auth_token="wrong"))
    assert refusal.value.reason is SendFailure.INVALID


def test_a_busy_carrier_is_worth_another_try_after_what_it_says(
    gateway: TwilioGateway, carrier: RunningCarrier
) -> None:
    carrier.control.faults(send_429=1, send_5xx=1)
    with pytest.raises(RetryableSendError) as busy:
        send(gateway)
    assert busy.value.retry_after == 1.0
    with pytest.raises(RetryableSendError) as broken:
        send(gateway)
    assert broken.value.retry_after is None
    assert send(gateway)


def test_an_answer_that_never_comes_is_ambiguous_and_can_be_looked_up(
    carrier: RunningCarrier,
) -> None:
    carrier.control.faults(send_timeout_after_accept=1)
    since = datetime.now(UTC)
    gateway = gateway_to(carrier.url, timeout=0.2)
    with pytest.raises(AmbiguousSendError):
        send(gateway)
    [message] = carrier.control.messages(RESIDENT)
    found = gateway.find_sent(to=RESIDENT, body="hello", since=since)
    assert found is not None
    assert found.provider_id == message.sid


def test_a_text_is_found_by_number_body_and_time_alone(
    gateway: TwilioGateway, carrier: RunningCarrier
) -> None:
    since = datetime.now(UTC)
    first = send(gateway, "same words")
    second = send(gateway, "same words")
    send(gateway, "same words", OTHER)
    carrier.control.text(RESIDENT, "from the phone")

    def found(body: str, to: str = RESIDENT, after: datetime = since) -> str | None:
        sent = gateway.find_sent(to=to, body=body, since=after)
        return sent.provider_id if sent else None

    assert found("same words") == first
    assert found("same") is None
    another = gateway.find_sent(to=RESIDENT, body="same words", since=since, excluding={first})
    assert another is not None
    assert another.provider_id == second
    assert found("from the phone") is None
    assert found("same words", "+16305550104") is None
    assert found("same words", after=since + timedelta(hours=1)) is None


def test_redaction_blanks_the_carriers_copy_and_may_be_repeated(
    gateway: TwilioGateway, carrier: RunningCarrier
) -> None:
    sid = send(gateway)
    assert eventually(lambda: carrier.control.messages(RESIDENT)[0].status == "delivered")
    for _ in range(2):
        gateway.redact(sid)
    assert carrier.control.messages(RESIDENT)[0].redacted
    gateway.redact("SM" + "f" * 32)  # gone already: nothing left to blank


def test_a_text_still_on_its_way_is_not_blanked_yet(
    gateway: TwilioGateway, product: Product
) -> None:
    product.delay = 0.5  # each status waits until the one before has been reported
    with pytest.raises(NotFinalError):
        gateway.redact(send(gateway))


def test_ping_needs_an_answer_and_good_credentials(carrier: RunningCarrier) -> None:
    assert gateway_to(carrier.url).ping()
    assert not gateway_to(carrier.url, auth_token="wrong").ping()
    assert not gateway_to(f"http://127.0.0.1:{free_port()}").ping()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def server_that_answers(*answers: bytes) -> Iterator[str]:
    """A socket that reads a request and answers with these bytes, then hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for answer in answers:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        thread.join(timeout=2)
        listener.close()


def test_nobody_there_means_nothing_was_sent() -> None:
    gateway = gateway_to(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(RetryableSendError):
        send(gateway)
    with pytest.raises(RetryableSendError):
        gateway.find_sent(to=RESIDENT, body="hello", since=datetime.now(UTC))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 201 Created\r\nContent-Length: 900\r\n\r\n{",
        b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\n<html",
        b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_an_answer_cut_short_is_ambiguous(answer: bytes) -> None:
    with server_that_answers(answer) as url, pytest.raises(AmbiguousSendError):
        send(gateway_to(url))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("", None), ("2.5", 2.5), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-3", 0.0)],
)
def test_retry_after_is_read_when_it_is_in_seconds(header: str, seconds: float | None) -> None:
    answer = f"HTTP/1.1 429 Busy\r\nRetry-After: {header}\r\nContent-Length: 0\r\n\r\n"
    with server_that_answers(answer.encode()) as url, pytest.raises(RetryableSendError) as busy:
        send(gateway_to(url))
    assert busy.value.retry_after == seconds


def test_no_error_shows_the_number_or_the_text(
    gateway: TwilioGateway, carrier: RunningCarrier
) -> None:
    carrier.control.text(RESIDENT, "STOP")
    quoting = (
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 65\r\n\r\n"
        b'{"code": 21211, "message": "+16305550100 is not a number", "x": 1}'
    )
    shown = []
    with server_that_answers(quoting) as url:
        for each in (gateway, gateway_to(url), gateway_to(f"http://127.0.0.1:{free_port()}")):
            try:
                each.send(to=RESIDENT, body="private", reference="r", validity_seconds=None)
                each.find_sent(to=RESIDENT, body="private", since=datetime.now(UTC))
            except (PermanentSendError, RetryableSendError):
                shown.append(traceback.format_exc())
    assert len(shown) == 3
    for text in shown:
        assert "6305550100" not in text.replace("%2B", "")


def test_no_log_line_shows_the_number(
    gateway: TwilioGateway, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        gateway.find_sent(to=RESIDENT, body="hello", since=datetime.now(UTC))
    assert "6305550100" not in caplog.text


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (None, None),
        (0, None),
        (21610, SendFailure.OPTED_OUT),
        (30003, SendFailure.UNREACHABLE),
        (30005, SendFailure.UNKNOWN_NUMBER),
        (30006, SendFailure.LANDLINE),
        (30007, SendFailure.FILTERED),
        (30034, SendFailure.UNREGISTERED),
        (21617, SendFailure.INVALID),
        (30008, SendFailure.OTHER),
        (99999, SendFailure.OTHER),
    ],
)
def test_error_codes_become_our_reasons(code: int | None, failure: SendFailure | None) -> None:
    assert failure_of(code) is failure


def test_every_status_of_ours_is_one_of_twilios_and_a_new_one_is_unknown() -> None:
    assert {status_of(status.value) for status in DeliveryStatus} == set(DeliveryStatus)
    assert status_of("partially_delivered") is None
    assert status_of(None) is None


URL = f"{PUBLIC_URL}/webhooks/twilio/sms?x=1&y=%20"


def sign(url: str, params: Any) -> str:
    return str(RequestValidator(AUTH_TOKEN).compute_signature(url, params))


def test_a_signature_covers_the_url_and_every_field() -> None:
    form = {"From": RESIDENT, "Body": " hi ", "Extra": ""}
    signature = sign(URL, form)
    assert webhook_is_genuine(URL, form, signature, AUTH_TOKEN)
    assert not webhook_is_genuine(URL, form, signature, "another token")
    assert not webhook_is_genuine(URL.replace("x=1", "x=2"), form, signature, AUTH_TOKEN)
    assert not webhook_is_genuine(URL, form | {"Body": "hi"}, signature, AUTH_TOKEN)
    assert not webhook_is_genuine(URL, form | {"More": "1"}, signature, AUTH_TOKEN)


def test_repeated_fields_are_all_covered() -> None:
    form = FormData([("From", RESIDENT), ("Body", "one"), ("Body", "two")])
    signature = sign(URL, form)
    assert webhook_is_genuine(URL, form, signature, AUTH_TOKEN)
    assert not webhook_is_genuine(URL, dict(form), signature, AUTH_TOKEN)


@pytest.mark.parametrize("signature", [None, "", "x", "ü" * 28, "A" * 10_000])
def test_a_missing_or_bad_signature_is_refused(signature: str | None) -> None:
    assert not webhook_is_genuine(URL, {"Body": "hi"}, signature, AUTH_TOKEN)


def test_what_can_not_be_signed_is_refused() -> None:
    uploaded = FormData([("Body", UploadFile(file=None))])  # type: ignore[arg-type]
    assert not webhook_is_genuine(URL, uploaded, "x" * 28, AUTH_TOKEN)
    assert not webhook_is_genuine("https://h:port/", {}, "x" * 28, AUTH_TOKEN)


def test_an_inbound_form_is_read() -> None:
    form = {
        "MessageSid": "SM1", "From": RESIDENT, "To": NUMBER, "Body": "STOP", "NumMedia": "2",
        "OptOutType": "STOP",
    }  # fmt: skip
    text = read_inbound(form)
    assert text is not None
    assert (text.provider_id, text.sender, text.recipient) == ("SM1", RESIDENT, NUMBER)
    assert (text.body, text.media_count, text.opt_out) == ("STOP", 2, "STOP")


@pytest.mark.parametrize("media", ["", "-1", "many", "²"])
def test_a_form_with_little_in_it_is_still_a_text(media: str) -> None:
    text = read_inbound({"MessageSid": "SM1", "From": RESIDENT, "NumMedia": media})
    assert text is not None
    assert (text.body, text.media_count, text.opt_out) == ("", 0, None)
    assert read_inbound({"From": RESIDENT}) is None
    assert read_inbound({"MessageSid": "SM1"}) is None


def test_a_status_form_is_read() -> None:
    report = read_status(
        {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30005"}
    )
    assert report is not None
    assert report.status is DeliveryStatus.UNDELIVERED
    assert report.failure is SendFailure.UNKNOWN_NUMBER
    older = read_status({"SmsSid": "SM2", "SmsStatus": "sent", "ErrorCode": "none"})
    assert older is not None
    assert (older.provider_id, older.status, older.failure) == ("SM2", DeliveryStatus.SENT, None)
    assert read_status({"MessageStatus": "sent"}) is None


def test_the_acknowledgement_sends_nothing_back() -> None:
    assert empty_twiml() == '<?xml version="1.0" encoding="UTF-8"?><Response />'


def test_an_answer_in_twiml_is_escaped() -> None:
    assert message_twiml("Dial <988> & wait").endswith(
        "<Response><Message>Dial &lt;988&gt; &amp; wait</Message></Response>"
    )
