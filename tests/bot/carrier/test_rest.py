"""The official client against the carrier, over real HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from tests.bot.carrier.running import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    NUMBER,
    OTHER,
    RESIDENT,
    SERVICE_SID,
    RunningCarrier,
    eventually,
)


class LocalHttpClient(TwilioHttpClient):  # type: ignore[misc]
    def __init__(self, base_url: str) -> None:
        super().__init__()
        self.base_url = base_url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        local = url.replace("https://api.twilio.com", self.base_url)
        return super().request(method, local, *args, **kwargs)


@pytest.fixture
def client(carrier: RunningCarrier) -> Client:
    return Client(ACCOUNT_SID, AUTH_TOKEN, http_client=LocalHttpClient(carrier.url))


def test_a_created_message_has_twilios_shape(carrier: RunningCarrier) -> None:
    answer = httpx.post(
        f"{carrier.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json",
        auth=(ACCOUNT_SID, AUTH_TOKEN),
        data={"To": RESIDENT, "From": NUMBER, "Body": "Hola, señora"},
    )
    assert answer.status_code == 201
    message = answer.json()
    assert message["sid"].startswith("SM")
    assert len(message["sid"]) == 34
    assert message["uri"] == (f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{message['sid']}.json")
    expected = {
        "account_sid": ACCOUNT_SID,
        "api_version": "2010-04-01",
        "body": "Hola, señora",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": NUMBER,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "status": "queued",
        "to": RESIDENT,
        "date_sent": None,
    }
    assert {name: message[name] for name in expected} == expected


def test_dates_are_rfc_2822_so_that_the_client_can_read_them(client: Client) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    message = client.messages.create(to=RESIDENT, from_=NUMBER, body="hello")
    assert before <= message.date_created <= datetime.now(UTC)


def test_a_messaging_service_accepts_first_and_picks_the_sender_later(client: Client) -> None:
    message = client.messages.create(to=RESIDENT, messaging_service_sid=SERVICE_SID, body="hi")
    assert (message.status, message.num_segments, message.from_) == ("accepted", "0", None)
    assert eventually(lambda: client.messages(message.sid).fetch().status == "delivered")
    fetched = client.messages(message.sid).fetch()
    assert (fetched.num_segments, fetched.from_) == ("1", NUMBER)
    assert fetched.messaging_service_sid == SERVICE_SID


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"to": ""}, 400, 21604),
        ({"to": "6305550100"}, 400, 21211),
        ({"to": "+1 (630) 555-0100"}, 400, 21211),
        ({"to": NUMBER}, 400, 21266),
        ({"from_": None}, 400, 21603),
        ({"from_": OTHER}, 400, 21606),
        ({"messaging_service_sid": "MG" + "f" * 32}, 400, 21701),
        ({"body": ""}, 400, 21602),
        ({"body": "x" * 1601}, 400, 21617),
        ({"body": "x" * 10_240}, 400, 21617),
        ({"validity_period": 0}, 400, 21624),
        ({"validity_period": 36_001}, 400, 21624),
        ({"status_callback": "https://elsewhere.example/status"}, 400, 21609),
        ({"status_callback": "https://handoff.example.evil.example/s"}, 400, 21609),
    ],
)
def test_bad_requests_get_twilios_error_codes(
    client: Client, changes: dict[str, Any], status: int, code: int
) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        client.messages.create(**({"to": RESIDENT, "from_": NUMBER, "body": "hello"} | changes))
    assert (refusal.value.status, refusal.value.code) == (status, code)


@pytest.mark.parametrize("body", ["x" * 1600, "a\x00b", "🙂" * 200, "<b>&amp;</b>", "línea\r\ndos"])
def test_unusual_texts_arrive_as_they_are(
    client: Client, carrier: RunningCarrier, body: str
) -> None:
    client.messages.create(to=RESIDENT, from_=NUMBER, body=body)
    assert carrier.control.messages(RESIDENT)[0].body == body


@pytest.mark.parametrize(
    "credentials", [(ACCOUNT_SID, "wrong"), ("AC" + "f" * 32, AUTH_TOKEN), None]
)
def test_wrong_credentials_are_refused(
    carrier: RunningCarrier, credentials: tuple[str, str] | None
) -> None:
    url = f"{carrier.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
    answer = httpx.post(url, auth=credentials, data={"To": RESIDENT, "From": NUMBER, "Body": "x"})
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


def test_another_account_and_an_unknown_message_are_not_found(
    client: Client, carrier: RunningCarrier
) -> None:
    answer = httpx.get(
        f"{carrier.url}/2010-04-01/Accounts/AC{'f' * 32}.json", auth=(ACCOUNT_SID, AUTH_TOKEN)
    )
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)
    with pytest.raises(TwilioRestException) as refusal:
        client.messages("SM" + "f" * 32).fetch()
    assert refusal.value.code == 20404


def test_the_list_filters_by_numbers_and_dates_newest_first(client: Client) -> None:
    now = datetime.now(UTC)
    for body in ("one", "two"):
        client.messages.create(to=RESIDENT, from_=NUMBER, body=body)
    client.messages.create(to=OTHER, from_=NUMBER, body="three")

    def listed(**filters: Any) -> list[str]:
        return [message.body for message in client.messages.list(**filters)]

    assert listed() == ["three", "two", "one"]
    assert listed(to=RESIDENT, from_=NUMBER) == ["two", "one"]
    assert listed(to=RESIDENT, date_sent_after=now - timedelta(seconds=2)) == ["two", "one"]
    assert listed(to=RESIDENT, date_sent_after=now + timedelta(hours=1)) == []
    assert listed(date_sent_before=now - timedelta(hours=1)) == []
    assert listed(from_=RESIDENT) == []


def test_the_list_comes_in_pages(client: Client) -> None:
    for number in range(5):
        client.messages.create(to=RESIDENT, from_=NUMBER, body=str(number))
    bodies = [message.body for message in client.messages.list(page_size=2)]
    assert bodies == ["4", "3", "2", "1", "0"]


def test_redaction_blanks_the_carriers_copy_and_not_the_phones(
    client: Client, carrier: RunningCarrier
) -> None:
    message = client.messages.create(to=RESIDENT, from_=NUMBER, body="private")
    assert eventually(lambda: client.messages(message.sid).fetch().status == "delivered")
    assert client.messages(message.sid).update(body="").body == ""
    assert client.messages(message.sid).fetch().body == ""
    [on_phone] = carrier.control.messages(RESIDENT)
    assert (on_phone.body, on_phone.redacted) == ("private", True)


def test_only_an_empty_body_is_a_valid_update(client: Client) -> None:
    message = client.messages.create(to=RESIDENT, from_=NUMBER, body="private")
    with pytest.raises(TwilioRestException):
        client.messages(message.sid).update(body="something else")


def test_a_message_can_be_deleted_once_it_came_to_its_end(
    client: Client, carrier: RunningCarrier
) -> None:
    message = client.messages.create(to=RESIDENT, from_=NUMBER, body="hello")
    assert eventually(lambda: client.messages(message.sid).fetch().status == "delivered")
    assert client.messages(message.sid).delete()
    assert client.messages.list() == []
    assert [each.body for each in carrier.control.messages(RESIDENT)] == ["hello"]


def test_the_account_is_active(client: Client) -> None:
    assert client.api.v2010.accounts(ACCOUNT_SID).fetch().status == "active"


def test_an_oversized_request_is_refused(carrier: RunningCarrier) -> None:
    url = f"{carrier.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
    answer = httpx.post(url, auth=(ACCOUNT_SID, AUTH_TOKEN), data={"Body": "x" * 300_000})
    assert answer.status_code == 413
