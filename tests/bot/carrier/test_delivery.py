"""Texts to phones: reports of each step, in order, signed; and all that can go wrong."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from bot.carrier.client import CarrierControl
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
)

CALLBACK = f"{PUBLIC_URL}/webhooks/twilio/status?reference=a%2Fb"


def post(carrier: RunningCarrier, *, timeout: float = 5.0, **form: str) -> httpx.Response:
    fields = {"To": RESIDENT, "From": NUMBER, "Body": "hello", "StatusCallback": CALLBACK} | form
    return httpx.post(
        f"{carrier.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json",
        auth=(ACCOUNT_SID, AUTH_TOKEN),
        data=fields,
        timeout=timeout,
    )


def send(carrier: RunningCarrier, **form: str) -> str:
    return str(post(carrier, timeout=5.0, **form).json()["sid"])


def status_on_phone(control: CarrierControl, sid: str) -> str:
    return next(each.status for each in control.messages() if each.sid == sid)


def test_each_step_is_reported_in_order_to_the_callback_url(
    carrier: RunningCarrier, product: Product
) -> None:
    sid = send(carrier)
    assert eventually(lambda: product.statuses(sid) == ["queued", "sent", "delivered"])
    assert {each.path for each in product.reports(sid)} == {
        "/webhooks/twilio/status?reference=a%2Fb"
    }
    form = product.reports(sid)[-1].form
    assert form["SmsSid"] == sid
    assert (form["To"], form["From"]) == (RESIDENT, NUMBER)
    assert form["AccountSid"] == ACCOUNT_SID
    assert "ErrorCode" not in form


def test_reports_are_signed_over_the_public_url(carrier: RunningCarrier, product: Product) -> None:
    sid = send(carrier)
    assert eventually(lambda: len(product.reports(sid)) == 3)
    validator = RequestValidator(AUTH_TOKEN)
    for report in product.reports(sid):
        assert validator.validate(report.public_url, report.form, report.signature)
        assert not validator.validate(report.public_url + "x", report.form, report.signature)


def test_a_messaging_service_reports_from_accepted_on(
    carrier: RunningCarrier, product: Product
) -> None:
    sid = send(carrier, From="", MessagingServiceSid=SERVICE_SID)
    expected = ["accepted", "queued", "sent", "delivered"]
    assert eventually(lambda: product.statuses(sid) == expected)
    assert product.reports(sid)[0].form["MessagingServiceSid"] == SERVICE_SID


def test_texts_to_one_phone_arrive_in_the_order_they_were_sent(
    carrier: RunningCarrier, product: Product
) -> None:
    sids = [send(carrier, Body=str(number)) for number in range(5)]
    assert eventually(lambda: len(product.reports()) == 15)
    delivered = [
        each.form["MessageSid"]
        for each in product.reports()
        if each.form["MessageStatus"] == "delivered"
    ]
    assert delivered == sids


def test_a_slow_callback_of_one_phone_does_not_delay_another(
    carrier: RunningCarrier, product: Product
) -> None:
    product.delay = 0.3
    first, second = send(carrier), send(carrier, To=OTHER)
    assert eventually(lambda: "queued" in product.statuses(second), timeout=0.25)
    assert eventually(lambda: status_on_phone(carrier.control, first) == "delivered", timeout=0.5)


@pytest.mark.parametrize("code", [30003, 30005, 30006, 30007, 30034])
def test_an_undeliverable_number_ends_undelivered_with_its_code(
    carrier: RunningCarrier, product: Product, code: int
) -> None:
    carrier.control.faults(undeliverable={RESIDENT: code})
    sid = send(carrier)
    assert eventually(lambda: product.statuses(sid) == ["queued", "sent", "undelivered"])
    assert product.reports(sid)[-1].form["ErrorCode"] == str(code)
    [message] = carrier.control.messages(RESIDENT)
    assert (message.status, message.error_code) == ("undelivered", code)


def test_a_number_may_also_be_refused_at_once(carrier: RunningCarrier) -> None:
    carrier.control.faults(undeliverable={RESIDENT: 21614})
    answer = post(carrier)
    assert (answer.status_code, answer.json()["code"]) == (400, 21614)
    assert post(carrier, To=OTHER).status_code == 201


def test_the_next_sends_are_refused_with_429_and_then_accepted(carrier: RunningCarrier) -> None:
    carrier.control.faults(send_429=2)
    answers = [post(carrier) for _ in range(3)]
    assert [each.status_code for each in answers] == [429, 429, 201]
    assert answers[0].json()["code"] == 20429
    assert answers[0].headers["Retry-After"] == "1"
    assert len(carrier.control.messages()) == 1


def test_the_next_sends_fail_with_503(carrier: RunningCarrier) -> None:
    carrier.control.faults(send_5xx=1)
    assert [post(carrier).status_code for _ in range(2)] == [503, 201]


def test_a_slow_send_is_answered_late(carrier: RunningCarrier) -> None:
    carrier.control.faults(send_slow=1, slow_seconds=0.2)
    answer = post(carrier)
    assert answer.status_code == 201
    assert answer.elapsed.total_seconds() >= 0.2
    assert post(carrier).elapsed.total_seconds() < 0.2


def test_a_timeout_after_acceptance_sends_the_text_all_the_same(
    carrier: RunningCarrier, product: Product
) -> None:
    carrier.control.faults(send_timeout_after_accept=1)
    with pytest.raises(httpx.ReadTimeout):
        post(carrier, timeout=0.2)
    [message] = carrier.control.messages(RESIDENT)
    expected = ["queued", "sent", "delivered"]
    assert eventually(lambda: product.statuses(message.sid) == expected)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"callback_lost": 1}, ["sent", "delivered"]),
        ({"callback_lost": -1}, []),
        ({"callback_duplicated": 1}, ["queued", "queued", "sent", "delivered"]),
        ({"callbacks_reordered": 1}, ["delivered", "sent", "queued"]),
    ],
)
def test_callbacks_get_lost_doubled_and_reordered(
    carrier: RunningCarrier, product: Product, fault: dict[str, int], expected: list[str]
) -> None:
    carrier.control.faults(**fault)
    sid = send(carrier)
    assert eventually(lambda: status_on_phone(carrier.control, sid) == "delivered")
    assert eventually(lambda: carrier.control.health()["busy"] == 0)
    assert product.statuses(sid) == expected


def test_a_failed_callback_is_tried_once_more(carrier: RunningCarrier, product: Product) -> None:
    product.answers = [500]
    sid = send(carrier)
    expected = ["queued", "queued", "sent", "delivered"]
    assert eventually(lambda: product.statuses(sid) == expected)
    first, second = product.reports(sid)[:2]
    assert first.idempotency_token == second.idempotency_token


def test_without_a_callback_url_nothing_is_posted(
    carrier: RunningCarrier, product: Product
) -> None:
    sid = send(carrier, StatusCallback="")
    assert eventually(lambda: status_on_phone(carrier.control, sid) == "delivered")
    assert product.requests == []


def test_a_restart_keeps_the_phones_and_finishes_what_was_under_way(
    product: Product, tmp_path: Path
) -> None:
    slow = carrier_settings(product.webhook_url, tmp_path, step_seconds=30.0)
    with running_carrier(slow) as carrier:
        carrier.control.text(RESIDENT, "STOP")
        sid = send(carrier, To=OTHER)
        assert eventually(lambda: product.statuses(sid) == ["queued"])
        before = carrier.control.messages()
    quick = carrier_settings(product.webhook_url, tmp_path)
    with running_carrier(quick) as carrier:
        after = carrier.control.messages()
        assert [(each.sid, each.body) for each in after] == [
            (each.sid, each.body) for each in before
        ]
        assert eventually(lambda: product.statuses(sid)[-1] == "delivered")
        assert post(carrier).json()["code"] == 21610  # the block is kept too


def test_a_text_that_waited_longer_than_it_is_valid_fails(product: Product, tmp_path: Path) -> None:
    settings = carrier_settings(product.webhook_url, tmp_path, step_seconds=1.1)
    with running_carrier(settings) as carrier:
        sid = send(carrier, ValidityPeriod="1")
        assert eventually(lambda: product.statuses(sid) == ["queued", "failed"])
        assert product.reports(sid)[-1].form["ErrorCode"] == "30036"


def test_segments_are_counted(carrier: RunningCarrier) -> None:
    def segments(body: str) -> str:
        return str(post(carrier, Body=body).json()["num_segments"])

    counted: dict[str, Any] = {
        "a" * 160: "1", "a" * 161: "2", "á" * 70: "1", "á" * 71: "2", "🙂": "1"
    }  # fmt: skip
    assert {body: segments(body) for body in counted} == counted
