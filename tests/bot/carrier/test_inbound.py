"""Texts from phones: signed webhooks, tried twice, with the carrier's own keywords."""

from pathlib import Path

import httpx
import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from bot.carrier.client import PhoneMessage
from bot.carrier.settings import OPT_OUT_CONFIRMATION
from tests.bot.carrier.running import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    NUMBER,
    OTHER,
    PUBLIC_URL,
    RESIDENT,
    Product,
    RunningCarrier,
    WebhookRequest,
    carrier_settings,
    eventually,
    running_carrier,
    running_product,
)


def text(carrier: RunningCarrier, body: str, sender: str = RESIDENT) -> PhoneMessage:
    """Send, and wait until the product was told or given up on."""
    sid = carrier.control.text(sender, body)

    def told() -> PhoneMessage | None:
        message = next(each for each in carrier.control.messages() if each.sid == sid)
        return message if message.webhook_status is not None else None

    message = eventually(told)
    assert isinstance(message, PhoneMessage)
    return message


def is_genuine(request: WebhookRequest) -> bool:
    return bool(
        RequestValidator(AUTH_TOKEN).validate(
            request.public_url, request.form, request.signature or ""
        )
    )


def send_status(carrier: RunningCarrier, to: str = RESIDENT) -> tuple[int, int | None]:
    answer = httpx.post(
        f"{carrier.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json",
        auth=(ACCOUNT_SID, AUTH_TOKEN),
        data={"To": to, "From": NUMBER, "Body": "hello"},
    )
    return answer.status_code, answer.json().get("code")


def test_an_inbound_text_is_posted_as_twilio_posts_it(
    carrier: RunningCarrier, product: Product
) -> None:
    message = text(carrier, "¿Dónde hay comida?")
    assert message.webhook_status == 200
    [request] = product.inbound
    assert request.public_url == f"{PUBLIC_URL}/webhooks/twilio/sms"
    expected = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "AccountSid": ACCOUNT_SID,
        "From": RESIDENT,
        "To": NUMBER,
        "Body": "¿Dónde hay comida?",
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
        "FromCountry": "US",
    }
    assert expected.items() <= request.form.items()
    assert {"FromCity", "FromState", "FromZip", "ToCity"} <= request.form.keys()


def test_it_is_signed_over_the_public_url_though_posted_to_loopback(
    carrier: RunningCarrier, product: Product
) -> None:
    text(carrier, "hello")
    assert is_genuine(product.inbound[0])


@pytest.mark.parametrize(
    "body",
    ["", " ", "x" * 10_240, "a\x00b", "🙂" * 500, "<script>alert(1)</script>", "a=b&c=d%00", "\n"],
)
def test_hostile_texts_are_posted_unchanged_and_signed(
    carrier: RunningCarrier, product: Product, body: str
) -> None:
    text(carrier, body)
    assert product.inbound[0].form["Body"] == body
    assert is_genuine(product.inbound[0])


def test_half_a_surrogate_pair_is_no_reason_to_fail(
    carrier: RunningCarrier, product: Product
) -> None:
    answer = httpx.post(
        f"{carrier.url}/_control/inbound",
        headers={"Content-Type": "application/json"},
        content=b'{"from": "+16305550100", "body": "a\\ud800b"}',
    )
    assert answer.status_code == 201
    assert eventually(lambda: product.inbound)
    assert product.inbound[0].form["Body"] == "a?b"


def test_pictures_come_as_media_fields(carrier: RunningCarrier, product: Product) -> None:
    sid = carrier.control.text(RESIDENT, "", media=("image/jpeg", "image/png"))
    assert sid.startswith("MM")
    assert eventually(lambda: product.inbound)
    form = product.inbound[0].form
    assert (form["NumMedia"], form["Body"]) == ("2", "")
    assert form["MediaContentType1"] == "image/png"
    assert form["MediaUrl0"].startswith("https://api.twilio.com/2010-04-01/Accounts/")


def test_one_phones_texts_are_told_in_order(carrier: RunningCarrier, product: Product) -> None:
    product.delay = 0.03
    for number in range(5):
        carrier.control.text(RESIDENT, str(number))
    assert eventually(lambda: len(product.inbound) == 5)
    assert [each.form["Body"] for each in product.inbound] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("answers", "tries", "last"), [([500], 2, 200), ([503, 500], 2, 500), ([403], 1, 403)]
)
def test_a_server_error_is_tried_once_more_and_a_refusal_is_not(
    carrier: RunningCarrier, product: Product, answers: list[int], tries: int, last: int
) -> None:
    product.answers = answers
    assert text(carrier, "hello").webhook_status == last
    assert len(product.inbound) == tries
    assert len({each.form["MessageSid"] for each in product.inbound}) == 1
    assert len({each.idempotency_token for each in product.inbound}) == 1


def test_a_webhook_that_times_out_is_tried_once_more(product: Product, tmp_path: Path) -> None:
    product.delay = 0.5
    settings = carrier_settings(product.webhook_url, tmp_path, webhook_timeout=0.1)
    with running_carrier(settings) as carrier:
        assert text(carrier, "hello").webhook_status == 0
    assert len(product.inbound) == 2


def test_a_text_waits_for_a_product_that_is_still_starting(tmp_path: Path) -> None:
    with running_product() as product:
        port = product.port
    with running_carrier(carrier_settings(product.webhook_url, tmp_path)) as carrier:
        carrier.control.text(RESIDENT, "hello")
        with running_product(port) as product:
            assert eventually(lambda: product.inbound)


def test_a_restarted_carrier_posts_what_it_had_not_told_yet(tmp_path: Path) -> None:
    with running_product() as product:
        port = product.port
    settings = carrier_settings(product.webhook_url, tmp_path)
    with running_carrier(settings) as carrier:
        sid = carrier.control.text(RESIDENT, "hello")
    with running_product(port) as product, running_carrier(settings):
        assert eventually(lambda: product.inbound)
        assert product.inbound[0].form["MessageSid"] == sid


def test_faults_double_unsign_and_tamper_with_texts(
    carrier: RunningCarrier, product: Product
) -> None:
    carrier.control.faults(inbound_duplicated=1)
    text(carrier, "doubled")
    first, second = product.inbound
    assert first.fields == second.fields
    assert is_genuine(first)
    assert is_genuine(second)

    carrier.control.faults(inbound_unsigned=1)
    text(carrier, "unsigned")
    assert product.inbound[2].signature is None

    carrier.control.faults(inbound_tampered=1)
    text(carrier, "tampered")
    assert product.inbound[3].form["Body"] == "tampered!"
    assert not is_genuine(product.inbound[3])

    text(carrier, "healthy")
    assert is_genuine(product.inbound[4])


@pytest.mark.parametrize(
    "word", ["STOP", "stop", " Stop ", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE",
             "OPTOUT", "CANCEL"]
)  # fmt: skip
def test_a_stop_word_reaches_the_product_and_blocks_the_number(
    carrier: RunningCarrier, product: Product, word: str
) -> None:
    text(carrier, word)
    assert product.inbound[0].form["OptOutType"] == "STOP"
    assert product.inbound[0].form["Body"] == word
    assert send_status(carrier) == (400, 21610)
    assert send_status(carrier, OTHER) == (201, None)


def test_the_carrier_itself_confirms_the_stop_once(
    carrier: RunningCarrier, product: Product
) -> None:
    text(carrier, "STOP")
    text(carrier, "STOP")
    replies = carrier.control.wait_for_replies(RESIDENT, 0)
    assert [(each.body, each.by_carrier) for each in replies] == [(OPT_OUT_CONFIRMATION, True)]
    assert all(each.path.startswith("/webhooks/twilio/sms") for each in product.requests)


def test_a_silent_carrier_confirms_nothing(product: Product, tmp_path: Path) -> None:
    settings = carrier_settings(product.webhook_url, tmp_path, opt_out_confirmation=None)
    with running_carrier(settings) as carrier:
        text(carrier, "STOP")
        assert [each.direction for each in carrier.control.messages()] == ["inbound"]
        assert send_status(carrier) == (400, 21610)


@pytest.mark.parametrize("word", ["START", "yes", "UNSTOP"])
def test_a_start_word_unblocks(carrier: RunningCarrier, product: Product, word: str) -> None:
    text(carrier, "STOP")
    text(carrier, word)
    assert product.inbound[1].form["OptOutType"] == "START"
    assert send_status(carrier) == (201, None)


def test_a_sentence_with_a_keyword_in_it_is_only_a_sentence(
    carrier: RunningCarrier, product: Product
) -> None:
    text(carrier, "please stop texting me")
    assert "OptOutType" not in product.inbound[0].form
    assert send_status(carrier) == (201, None)


def test_help_is_marked_and_blocks_nothing(carrier: RunningCarrier, product: Product) -> None:
    text(carrier, "help")
    assert product.inbound[0].form["OptOutType"] == "HELP"
    assert send_status(carrier) == (201, None)


@pytest.mark.parametrize(
    ("twiml", "replies"),
    [
        (b'<?xml version="1.0"?><Response/>', []),
        (b"<Response><Message>One &amp; two</Message></Response>", ["One & two"]),
        (b"<Response><Message><Body>a</Body></Message><Message>b</Message></Response>", ["a", "b"]),
        (b"<Response><Message></Message></Response>", []),
        (b"<Response><Message>", []),
        (b"not xml", []),
        (b'<!DOCTYPE x [<!ENTITY y "z">]><Response><Message>&y;</Message></Response>', []),
    ],
)
def test_an_answer_in_twiml_is_sent_to_the_phone(
    carrier: RunningCarrier, product: Product, twiml: bytes, replies: list[str]
) -> None:
    product.twiml = twiml
    text(carrier, "hello")
    received = [each for each in carrier.control.messages() if each.direction == "outbound"]
    assert [(each.body, each.by_carrier) for each in received] == [
        (reply, False) for reply in replies
    ]


def test_a_blocked_number_gets_no_answer_in_twiml_either(product: Product, tmp_path: Path) -> None:
    product.twiml = b"<Response><Message>bye</Message></Response>"
    settings = carrier_settings(product.webhook_url, tmp_path, opt_out_confirmation=None)
    with running_carrier(settings) as carrier:
        text(carrier, "STOP")
        assert [each.direction for each in carrier.control.messages()] == ["inbound"]
