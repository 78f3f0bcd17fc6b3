"""Webhooks over real sockets: signed, timely, and never into our own network."""

import base64
import hashlib
import hmac
import json
import socket
from pathlib import Path
from typing import Any

import anyio
import pytest

from bot.notices import webhook
from bot.notices.attempts import Refused, TryLater
from bot.notices.webhook import Webhooks, is_public, signed
from tests.bot.notices.receivers import NAME, PartnerSystem, a_partner_system, certificates
from tests.fakes import MORNING

KEY = b"thirty-two bytes of a test key!!"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
EVENT: dict[str, str | None] = {"event": "referral_new", "referral_id": "r-1", "link": None}
TRIAL = Webhooks(private_allowed=True)


def post(to: str, webhooks: Webhooks = TRIAL, **given: Any) -> None:
    usual: dict[str, Any] = {"secret": SECRET, "event_id": "notice-1", "at": MORNING}
    webhooks.post(EVENT, to=to, **(usual | given))


def resolving_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    async def found(host: str, port: int | None, **_: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    monkeypatch.setattr(anyio, "getaddrinfo", found)


def test_an_event_arrives_signed_as_standard_webhooks_asks() -> None:
    with a_partner_system() as system:
        post(system.url)
    (received,) = system.requests
    assert received.path == "/handoff?tenant=1"
    assert json.loads(received.body) == EVENT
    assert received.headers["content-type"] == "application/json"
    assert received.headers["host"] == f"127.0.0.1:{system.port}"
    identity, at = received.headers["webhook-id"], received.headers["webhook-timestamp"]
    assert (identity, at) == ("notice-1", str(int(MORNING.timestamp())))
    content = f"{identity}.{at}.".encode() + received.body
    expected = base64.b64encode(hmac.new(KEY, content, hashlib.sha256).digest()).decode()
    assert received.headers["webhook-signature"] == f"v1,{expected}"


def test_the_signature_covers_id_time_and_body() -> None:
    usual = signed(b"{}", secret=SECRET, event_id="a", at=MORNING)["webhook-signature"]
    for body, secret, event_id in (
        (b"{ }", SECRET, "a"),
        (b"{}", "other", "a"),
        (b"{}", SECRET, "b"),
    ):
        headers = signed(body, secret=secret, event_id=event_id, at=MORNING)
        assert headers["webhook-signature"] != usual


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 408, 429, 500, 503])
def test_what_is_no_success_is_tried_again_and_no_redirect_is_followed(status: int) -> None:
    with a_partner_system() as elsewhere, a_partner_system() as system:
        system.answers, system.headers = [status], {"Location": elsewhere.url}
        with pytest.raises(TryLater) as failed:
            post(system.url)
    assert failed.value.reason == f"webhook_status_{status}"
    assert elsewhere.requests == []


def test_a_receiver_that_is_gone_is_left_alone() -> None:
    with a_partner_system() as system:
        system.answers = [410]
        with pytest.raises(Refused):
            post(system.url)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("120", 120.0), ("9" * 400, float("inf")), ("soon", None), ("-1", None)],
)
def test_a_receiver_may_say_when(told: str, seconds: float | None) -> None:
    with a_partner_system() as system:
        system.answers, system.headers = [503], {"Retry-After": told}
        with pytest.raises(TryLater) as failed:
            post(system.url)
    assert failed.value.retry_after == seconds


def test_a_receiver_that_is_too_slow_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "WITHIN_SECONDS", 0.2)
    with a_partner_system() as system:
        system.delay = 1.0
        with pytest.raises(TryLater) as failed:
            post(system.url)
    assert failed.value.reason in ("webhook_too_slow", "webhook_not_reached")


def test_nobody_there_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(TryLater):
        post(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "address", ["http://", "ftp://partner.example/", "http://[::1", "http://x" * 2000]
)
def test_an_address_that_is_none_is_refused_or_tried_in_vain(address: str) -> None:
    with pytest.raises((Refused, TryLater)):
        post(address)


# --- never into our own network -----------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2002:a00:1::",
        "ff02::1",
    ],
)
def test_addresses_of_our_own_are_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_addresses_of_the_open_internet_are_known(address: str) -> None:
    assert is_public(address)


def test_a_real_setting_posts_to_nothing_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_partner_system() as system:
        with pytest.raises(Refused) as refused:
            post(system.url, Webhooks())
        resolving_to(monkeypatch, "127.0.0.1")
        with pytest.raises(Refused):
            post(f"http://{NAME}:{system.port}/", Webhooks())
        resolving_to(monkeypatch, "8.8.8.8", "127.0.0.1")
        with pytest.raises(Refused):
            post(f"http://{NAME}:{system.port}/", Webhooks())
    assert system.requests == []
    assert refused.value.reason == "webhook_address_private"


def test_a_name_that_leads_nowhere_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(anyio, "getaddrinfo", unknown)
    with pytest.raises(TryLater) as failed:
        post(f"https://{NAME}/")
    assert failed.value.reason == "webhook_name_unknown"


def test_the_certificate_is_checked_for_the_name_though_we_connect_to_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, client = certificates(tmp_path)
    resolving_to(monkeypatch, "127.0.0.1")
    webhooks = Webhooks(private_allowed=True, tls=client)
    with a_partner_system(server) as system:
        post(f"https://{NAME}:{system.port}/in", webhooks)
        with pytest.raises(TryLater):
            post(f"https://another.example:{system.port}/in", webhooks)
    assert hosts(system) == [f"{NAME}:{system.port}"]


def hosts(system: PartnerSystem) -> list[str]:
    return [each.headers["host"] for each in system.requests]
