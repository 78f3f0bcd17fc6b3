"""Only what the carrier signed gets in, and the same text twice is one text."""

import httpx
import pytest
from twilio.request_validator import RequestValidator

from tests.journeys.running import RESIDENT, Product, wait_until


def form(product: Product, **changes: str) -> dict[str, str]:
    return {
        "MessageSid": "SM" + "1" * 32,
        "AccountSid": product.settings.twilio_account_sid,
        "From": RESIDENT,
        "To": product.settings.twilio_from_number,
        "Body": "need food 60540",
        "NumMedia": "0",
    } | changes


def post(
    product: Product, fields: dict[str, str], *, signature: str | None = None
) -> httpx.Response:
    url = f"{product.settings.base_url}/webhooks/twilio/sms"
    made = RequestValidator(product.settings.twilio_auth_token).compute_signature(url, fields)
    headers = {"X-Twilio-Signature": made if signature is None else signature}
    return product.http.post("/webhooks/twilio/sms", data=fields, headers=headers)


@pytest.mark.parametrize("path", ["sms", "status", "voice"])
def test_an_unsigned_webhook_is_refused(product: Product, path: str) -> None:
    answer = product.http.post(f"/webhooks/twilio/{path}", data=form(product))
    assert answer.status_code == 403
    assert answer.json()["code"] == "signature_invalid"


def test_a_tampered_webhook_is_refused_and_changes_nothing(product: Product) -> None:
    fields = form(product)
    url = f"{product.settings.base_url}/webhooks/twilio/sms"
    signature = RequestValidator(product.settings.twilio_auth_token).compute_signature(url, fields)
    assert post(product, fields | {"Body": "other"}, signature=signature).status_code == 403
    assert "handoff_inbound_waiting 0.0" in product.http.get("/metrics").text
    assert not product.received()


def test_a_form_that_the_carrier_does_not_send_is_refused(product: Product) -> None:
    fields = form(product)
    url = f"{product.settings.base_url}/webhooks/twilio/sms"
    signature = RequestValidator(product.settings.twilio_auth_token).compute_signature(url, fields)
    headers = {"X-Twilio-Signature": signature}
    parts = {name: (None, value) for name, value in fields.items()}
    assert product.http.post(url, files=parts, headers=headers).status_code == 403
    assert post(product, fields | {f"Field{n}": "" for n in range(300)}).status_code == 403
    assert product.http.get(url).status_code == 405
    assert not product.received()


def test_a_repeated_webhook_changes_nothing(product: Product) -> None:
    for _ in range(3):
        answer = post(product, form(product))
        assert answer.status_code == 200
        assert "<Response" in answer.text
        assert "<Message" not in answer.text
    wait_until("the reply", product.received)
    product.services.workers.sweep(slow=False)
    assert len(product.received()) == 1


def test_the_public_address_counts_not_the_one_behind_the_proxy(product: Product) -> None:
    fields = form(product)
    validator = RequestValidator(product.settings.twilio_auth_token)
    inside = validator.compute_signature("http://10.0.0.7:9000/webhooks/twilio/sms", fields)
    assert post(product, fields, signature=inside).status_code == 403


def test_strange_texts_are_taken_without_an_error(product: Product) -> None:
    strange = ["", "\x00\x00", "🙂" * 400, "x" * 10_000, "\u202e\ufeff", "'; DROP TABLE people; --"]
    for number, body in enumerate(strange):
        fields = form(product, Body=body, MessageSid=f"SM{number:032d}")
        assert post(product, fields).status_code == 200
    wait_until("an answer to each", lambda: len(product.received()) >= len(strange))


def test_senders_nobody_can_answer_are_acknowledged(product: Product) -> None:
    for number, sender in enumerate(["Amazon", "72975", "", "+", "whatsapp:+16305550100"]):
        fields = form(product, From=sender, MessageSid=f"SM9{number:031d}")
        assert post(product, fields).status_code in (200, 422)


def test_texts_of_one_person_are_answered_in_order(product: Product) -> None:
    before = product.carrier.last_order()
    for body in ("STOP", "START", "HELP"):
        product.carrier.text(RESIDENT, body)
    wait_until("three replies", lambda: len(product.received(after=before)) == 3)
    stopped, started, helped = [message.body for message in product.received(after=before)]
    assert "no more texts" in stopped
    assert "again" in started
    assert "911" in helped
