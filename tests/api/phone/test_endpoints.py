"""What the phone page is given and what it may ask."""

from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.phone import endpoints
from bot.carrier.client import CarrierControl
from tests.api.phone.hosting import StandingClock, phone_app
from tests.bot.carrier.running import NUMBER, RESIDENT, Product, RunningCarrier, eventually


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def client(carrier: RunningCarrier, clock: StandingClock) -> TestClient:
    return TestClient(phone_app(carrier.control, clock))


class InlineParts(HTMLParser):
    """Collects what a strict content security policy would block, and the files asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.files: list[str] = []
        self.labelled: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.inline += [name for name in names if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in names):
            self.inline.append(tag)
        link = names.get("src") or (names.get("href") if tag == "link" else None)
        if link:
            self.files.append(link)


def test_the_page_works_under_its_strict_policy(client: TestClient) -> None:
    page = client.get("/phone")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    parts = InlineParts()
    parts.feed(page.text)
    assert parts.inline == []
    for file in parts.files:
        assert file == "data:," or client.get(file).status_code == 200


def test_the_page_says_that_nothing_leaves_this_machine(client: TestClient) -> None:
    assert "nothing leaves this machine" in client.get("/phone").text


@pytest.mark.parametrize("name", sorted(endpoints._FILES))
def test_files_come_with_their_type_and_from_here_alone(client: TestClient, name: str) -> None:
    answer = client.get(f"/phone/static/{name}")
    assert answer.headers["content-type"].startswith(endpoints._FILES[name])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "http://" not in answer.text.replace("https?://", "")
    assert "innerHTML" not in answer.text


@pytest.mark.parametrize("name", ["phone.html", "..%2Fendpoints.py", "nothing.js", "%00"])
def test_no_other_file_is_served(client: TestClient, name: str) -> None:
    answer = client.get(f"/phone/static/{name}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_text_goes_to_the_product_and_shows_with_its_state(
    client: TestClient, product: Product
) -> None:
    answer = client.post("/phone/api/messages", json={"from": RESIDENT, "body": "¿comida? <b>"})
    assert answer.status_code == 202
    assert eventually(lambda: product.inbound)
    assert product.inbound[0].form["Body"] == "¿comida? <b>"

    def shown() -> dict[str, Any] | None:
        [message] = client.get("/phone/api/messages").json()["messages"]
        return message if message["webhook_status"] is not None else None

    message = eventually(shown)
    assert message["sid"] == answer.json()["sid"]
    assert message["phone"] == RESIDENT
    assert (message["direction"], message["segments"]) == ("inbound", 1)


def test_only_what_changed_is_given_again(client: TestClient, product: Product) -> None:
    client.post("/phone/api/messages", json={"from": RESIDENT, "body": "one"})
    assert eventually(lambda: product.inbound)
    client.post("/phone/api/messages", json={"from": RESIDENT, "body": "two"})

    def settled() -> dict[str, Any] | None:
        answer: dict[str, Any] = client.get("/phone/api/messages").json()
        told = all(each["webhook_status"] == 200 for each in answer["messages"])
        return answer if told and len(answer["messages"]) == 2 else None

    position = eventually(settled)["next"]
    again = client.get("/phone/api/messages", params={"after": position}).json()
    assert again == {"messages": [], "next": position}


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"from": "6305550100", "body": "x"},
        {"from": RESIDENT, "body": None},
        {"from": RESIDENT, "body": "x" * 20_001},
        {"from": NUMBER, "body": "to itself"},
        {"from": RESIDENT + "\n", "body": "x"},
    ],
)
def test_a_text_that_no_phone_can_send_is_refused(client: TestClient, body: Any) -> None:
    answer = client.post("/phone/api/messages", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert RESIDENT not in answer.text


@pytest.mark.parametrize("body", ["", "a\x00b", "🙂" * 800, "</script><script>alert(1)</script>"])
def test_hostile_texts_come_back_as_data(client: TestClient, body: str) -> None:
    assert client.post("/phone/api/messages", json={"from": RESIDENT, "body": body}).is_success
    answer = client.get("/phone/api/messages")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["messages"][0]["body"] == body


@pytest.mark.parametrize("after", ["-1", "x", str(2**60), "1e3", ""])
def test_a_bad_position_is_refused(client: TestClient, after: str) -> None:
    assert client.get("/phone/api/messages", params={"after": after}).status_code == 422


def test_another_sites_form_can_not_send_a_text(client: TestClient, product: Product) -> None:
    answer = client.post(
        "/phone/api/messages",
        content=b'{"from": "+16305550100", "body": "x"}',
        headers={"Content-Type": "text/plain"},
    )
    assert answer.status_code == 422
    assert product.inbound == []


def test_the_clock_is_shown_and_sped_up(client: TestClient, clock: StandingClock) -> None:
    shown = {
        "now": "2026-11-21T18:30:00Z",
        "speed": 1.0,
        "speeds": [1, 60, 3600, 7200],
        "time_zone": "America/Chicago",
    }
    assert client.get("/phone/api/clock").json() == shown
    assert client.post("/phone/api/clock", json={"speed": 3600}).json()["speed"] == 3600
    assert clock.speed == 3600


@pytest.mark.parametrize(
    "content", [b'{"speed": 0}', b'{"speed": 7201}', b'{"speed": NaN}', b'{"speed": 1e999}',
                b'{"speed": -60}', b'{"speed": "fast"}', b"{}", b'{"speed": 7199}']
)  # fmt: skip
def test_a_speed_that_is_not_allowed_changes_nothing(
    client: TestClient, clock: StandingClock, content: bytes
) -> None:
    answer = client.post(
        "/phone/api/clock", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    assert clock.speed == 1.0


def test_without_its_carrier_the_page_says_so(clock: StandingClock) -> None:
    with CarrierControl("http://127.0.0.1:9") as nobody:
        client = TestClient(phone_app(nobody, clock))
        answer = client.get("/phone/api/messages")
        assert (answer.status_code, answer.json()["code"]) == (503, "carrier_down")
        assert client.get("/phone").status_code == 200
