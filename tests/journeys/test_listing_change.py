"""A partner changes its hours by its own system: the next resident is told the new ones."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from directory import database
from directory.clock import wall_now
from directory.partners import service as partners
from directory.staff.models import Role
from tests.journeys.running import Product
from tests.rasa_fixtures import RunningRasa

ASKED = "food near 60540"
HOTLINE = "fss--domestic-violence-hotline"


class Partner:
    """An organisation's system with its key."""

    def __init__(self, product: Product, slug: str) -> None:
        self.product = product
        self.listing = product.http.get(f"/api/v1/services/{slug}").json()
        with database.session_scope() as session:
            owner = self.listing["organization"]["id"]
            key = partners.issue_key(session, owner, now=wall_now())
        self.headers = {"X-API-Key": key}
        self.own = f"/api/v1/partner/listings/{self.listing['id']}"

    def change(self, **body: Any) -> dict[str, Any]:
        tag = self.product.http.get(self.own, headers=self.headers).headers["ETag"]
        answer = self.product.http.patch(
            self.own, json=body, headers=self.headers | {"If-Match": tag}
        )
        assert answer.status_code == httpx.codes.OK, answer.text
        changed: dict[str, Any] = answer.json()
        return changed


@pytest.fixture(name="partner")
def _partner(product: Product, rasa: RunningRasa) -> Iterator[Partner]:
    local = product.services.clock.now().astimezone(product.settings.zone)
    # A Wednesday at 10:00, whenever the test runs; none of the next fortnight is a holiday.
    ahead = timedelta(days=(2 - local.weekday()) % 7 + 7)
    ten = (local + ahead).replace(hour=10, minute=0, second=0, microsecond=0)
    product.pass_time(ten - local)
    [first, *_] = product.http.get("/api/v1/services/search", params={"q": ASKED}).json()["items"]
    with rasa.searching(product.settings):
        yield Partner(product, first["slug"])


def told_of(partner: Partner) -> str:
    """The line about this service in what a resident is texted who asks for food."""
    [listed] = partner.product.text(ASKED)
    lines = [line for line in listed.splitlines() if partner.listing["name"] in line]
    assert lines, listed
    return lines[0]


def test_new_hours_are_in_the_next_reply_and_in_the_open_data(partner: Partner) -> None:
    http = partner.product.http
    before = told_of(partner)
    assert "6:30pm" not in before
    partner.change(
        schedules=[{"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "09:30", "closes_at": "18:30"}],
        phones=[{"number": "630-555-0142"}],
    )
    # No waiting: the very next look at each of them.
    public = http.get(f"/api/v1/services/{partner.listing['id']}").json()
    data = http.get(f"/hsds/services/{partner.listing['id']}").json()
    assert public["opening_hours"] == "Mo-Su 09:30-18:30"
    assert data["schedules"][0]["closes_at"] == "18:30:00"
    after = told_of(partner)
    assert "6:30pm" in after and "630-555-0142" in after


def test_a_hotlines_number_is_given_out_once_staff_has_approved_it(product: Product) -> None:
    partner = Partner(product, HOTLINE)
    old = partner.listing["phones"][0]["number"]
    partner.change(phones=[{"number": "630-555-0177", "type": "hotline"}])
    assert numbers(partner)[0] == old
    supervisor = product.log_in(Role.SUPERVISOR)
    waiting = product.http.get(
        "/api/v1/directory/changes", params={"status": "pending"}, headers=supervisor
    ).json()["items"]
    [change] = waiting
    path = f"/api/v1/directory/changes/{change['id']}/approve"
    assert product.http.post(path, headers=supervisor).status_code == httpx.codes.OK
    assert numbers(partner) == ["630-555-0177"]


def numbers(partner: Partner) -> list[str]:
    listing = partner.product.http.get(f"/api/v1/services/{partner.listing['id']}").json()
    return [phone["number"] for phone in listing["phones"]]
