"""Addresses are limited, each by itself; the carrier, this machine and static files never."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.limits.addresses import REMEMBERED, Addresses
from directory.rates import Rate
from directory.settings import Settings
from tests.api.conftest import Api, problem, running
from tests.conftest import settings_for
from tests.fakes import MORNING

HOUSE, NEIGHBOUR = "203.0.113.7", "203.0.113.8"
FIVE = Rate(5)


def taken(
    addresses: Addresses, *whose: str, path: str = "/search", method: str = "GET"
) -> list[bool]:
    return [not addresses.wait(each, method, path, wall=MORNING) for each in whose]


def test_each_address_has_its_own_allowance() -> None:
    addresses = Addresses(FIVE)
    assert taken(addresses, *[HOUSE] * 6) == [True] * 5 + [False]
    assert taken(addresses, NEIGHBOUR) == [True]


def test_a_household_s_ipv6_addresses_are_one() -> None:
    addresses = Addresses(FIVE)
    assert taken(addresses, *[f"2001:db8::{number}" for number in range(1, 8)]).count(True) == 5
    assert taken(addresses, "2001:db8:0:1::1") == [True]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "", "testclient"])
def test_this_machine_is_never_limited(address: str) -> None:
    assert all(taken(Addresses(FIVE), *[address] * 20))


@pytest.mark.parametrize(
    "path", ["/webhooks/twilio/sms", "/webhooks/twilio/status", "/static/1/handoff.css", "/healthz"]
)
def test_the_carrier_monitors_and_static_files_are_never_limited(path: str) -> None:
    assert all(taken(Addresses(FIVE), *[HOUSE] * 20, path=path, method="POST"))


@pytest.mark.parametrize(
    "path", ["/api/v1/auth/token", "/console/sign-in", "/partner/sign-in", "/partner/link/x"]
)
def test_tries_to_sign_in_are_fewer_and_do_not_use_up_the_rest(path: str) -> None:
    addresses = Addresses(Rate(100), sign_in=FIVE)
    assert taken(addresses, *[HOUSE] * 7, path=path, method="POST").count(True) == 5
    assert taken(addresses, HOUSE, path=path) == [True], "looking at the page is no try"
    assert taken(Addresses(None, sign_in=FIVE), *[HOUSE] * 7, path=path, method="POST")[-1] is False


def test_no_flood_of_addresses_takes_more_memory_than_it_may() -> None:
    addresses = Addresses(FIVE)
    for number in range(REMEMBERED + 10):
        addresses.wait(
            f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", "GET", "/", wall=MORNING
        )
    assert len(addresses._free_at) == REMEMBERED


@pytest.fixture
def limited(sqlite_settings: Settings) -> Iterator[Api]:
    with running(settings_for(sqlite_settings.data_dir, address_rate=5, key_rate=3)) as api:
        yield api


def from_outside(api: Api, address: str = HOUSE) -> TestClient:
    base = api.services.settings.base_url
    return TestClient(
        api.client.app, base_url=base, client=(address, 50_000), raise_server_exceptions=False
    )


def test_who_asks_too_often_is_told_when_to_come_again(limited: Api) -> None:
    client = from_outside(limited)
    answers = [client.get("/api/v1/services") for _ in range(7)]
    assert [each.status_code for each in answers[:5]] == [200] * 5
    problem(answers[-1], 429, "too_many_requests")
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 12
    assert answers[-1].headers["x-content-type-options"] == "nosniff"
    assert from_outside(limited, NEIGHBOUR).get("/api/v1/services").status_code == 200


def test_a_webhook_is_heard_however_many_came_before(limited: Api) -> None:
    client = from_outside(limited)
    answers = {client.post("/webhooks/twilio/sms").status_code for _ in range(20)}
    assert answers == {403}, "for their signature, never for how many they are"


def test_what_the_caller_says_of_its_own_address_counts_for_nothing(limited: Api) -> None:
    client = from_outside(limited)
    said = [{"X-Forwarded-For": f"198.51.100.{number}"} for number in range(7)]
    answers = [client.get("/api/v1/services", headers=each) for each in said]
    assert answers[-1].status_code == 429


def test_an_account_s_calls_are_counted_whatever_token_and_address_they_come_with(
    limited: Api,
) -> None:
    answers = [
        from_outside(limited, f"203.0.113.{number}").get("/api/v1/tasks", headers=limited.staff())
        for number in range(1, 5)
    ]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert problem(answers[-1], 429, "too_many_requests")
    assert int(answers[-1].headers["retry-after"]) <= 20


def test_the_fhir_doors_count_too(limited: Api) -> None:
    headers = limited.staff()
    answers = [limited.client.get("/fhir/Task", headers=headers) for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert "retry-after" in answers[-1].headers
