"""The control interface and its client."""

import httpx
import pytest

from bot.carrier.client import CarrierControl, CarrierUnavailableError
from bot.carrier.faults import Fault
from tests.bot.carrier.running import NUMBER, OTHER, RESIDENT, Product, RunningCarrier, eventually


def test_messages_of_one_phone_come_in_order_after_a_given_one(carrier: RunningCarrier) -> None:
    control = carrier.control
    control.text(RESIDENT, "one")
    control.text(OTHER, "two")
    after = control.last_order()
    control.text(RESIDENT, "three")
    assert [each.body for each in control.messages(RESIDENT)] == ["one", "three"]
    assert [each.body for each in control.messages(RESIDENT, after)] == ["three"]
    assert [each.body for each in control.messages()] == ["one", "two", "three"]


def test_more_messages_than_a_page_are_all_read(
    carrier: RunningCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.carrier.control.PAGE", 2)
    monkeypatch.setattr("bot.carrier.client._PAGE", 2)
    for number in range(5):
        carrier.control.text(RESIDENT, str(number))
    assert [each.body for each in carrier.control.messages()] == ["0", "1", "2", "3", "4"]


def test_changes_can_be_asked_for_alone(carrier: RunningCarrier, product: Product) -> None:
    control = carrier.control
    control.text(RESIDENT, "one")
    assert eventually(lambda: control.messages()[0].webhook_status == 200)
    revision = int(control.health()["last_revision"])
    assert control.messages(changed_after=revision) == []
    control.text(OTHER, "two")
    assert [each.body for each in control.messages(changed_after=revision)] == ["two"]


def test_waiting_for_a_reply_that_does_not_come_says_so(carrier: RunningCarrier) -> None:
    with pytest.raises(TimeoutError, match="0 of 1"):
        carrier.control.wait_for_replies(RESIDENT, 0, timeout=0.1)


def test_reset_forgets_texts_blocks_and_faults_and_numbers_on(carrier: RunningCarrier) -> None:
    control = carrier.control
    control.text(RESIDENT, "STOP")
    control.faults(send_429=-1, slow_seconds=9, undeliverable={OTHER: 30005})
    before = control.last_order()
    control.reset()
    assert control.messages() == []
    assert control.last_order() == before
    faults = control.faults()
    assert faults["send_429"] == 0
    assert faults["undeliverable"] == {}
    assert faults["slow_seconds"] == 3.0


def test_every_fault_can_be_set_and_read_back(carrier: RunningCarrier) -> None:
    wanted = {fault.value: 1 for fault in Fault}
    assert wanted.items() <= carrier.control.faults(**wanted).items()
    assert httpx.get(f"{carrier.url}/_control/faults").json()["send_429"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"no_such_fault": 1},
        {"send_429": "two"},
        {"send_429": -2},
        {"send_429": True},
        {"slow_seconds": 1e9},
        {"undeliverable": ["+16305550100"]},
        {"undeliverable": {"call me": 30005}},
        {"undeliverable": {"+16305550100": "30005"}},
    ],
)
def test_a_fault_that_is_not_understood_changes_nothing(
    carrier: RunningCarrier, changes: dict[str, object]
) -> None:
    before = carrier.control.faults()
    with pytest.raises(ValueError, match=r"\w"):
        carrier.control.faults(**{"callback_lost": 3}, **changes)
    assert carrier.control.faults() == before


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"null", b"{", b"\xff\xfe", b"[" * 100_000, b'{"from": 1}', b'{"from": "630"}',
     b'{"from": "+16305550100", "body": 1}', b'{"from": "+16305550100", "media": "x"}',
     b'{"from": "+16305550100", "body": "' + b"x" * 300_000 + b'"}'],
)  # fmt: skip
def test_a_bad_control_request_is_refused(carrier: RunningCarrier, content: bytes) -> None:
    answer = httpx.post(
        f"{carrier.url}/_control/inbound",
        content=content,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422
    assert carrier.control.messages() == []


def test_the_products_own_number_can_not_text_itself(carrier: RunningCarrier) -> None:
    with pytest.raises(ValueError, match="own number"):
        carrier.control.text(NUMBER, "hello")


def test_a_web_page_can_not_reach_the_phones(carrier: RunningCarrier) -> None:
    as_form = httpx.post(f"{carrier.url}/_control/inbound", data={"from": RESIDENT, "body": "x"})
    assert as_form.status_code == 422
    rebound = httpx.get(f"{carrier.url}/_control/messages", headers={"Host": "evil.example"})
    assert rebound.status_code == 400


def test_a_carrier_that_is_not_there_is_reported_as_such() -> None:
    with (
        CarrierControl("http://127.0.0.1:9") as control,
        pytest.raises(CarrierUnavailableError),
    ):
        control.messages()
