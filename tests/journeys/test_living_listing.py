"""How a listing stays true: its partner confirms it, by text or by link, or is silent."""

import re
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import httpx
import pytest

from directory.checkins.working_days import is_working_day
from directory.staff.models import Role
from tests.journeys.running import Product, wait_until
from tests.rasa_fixtures import RunningRasa

DESK = "+16305550150"
LINK = re.compile(r"https?://\S+/l/[0-9a-f]{32}")
FORM = re.compile(r"<form.*?</form>", re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


class Listing:
    """A partner's listing that is long due, and a desk that texts."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.staff = product.log_in(Role.SUPERVISOR)
        found = product.http.get("/api/v1/services/search", params={"q": "food 60540"}).json()
        service = next(each for each in found["items"] if each["accepts_referrals"])
        self.service_id, self.name = service["service_id"], service["service_name"]
        organization = self.shown()["organization"]["id"]
        body = {"name": "Front desk", "channel": "sms", "address": DESK}
        path = f"/api/v1/organizations/{organization}/contacts"
        answer = product.http.post(path, json=body, headers=self.staff)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        self.working_morning()

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def now(self) -> datetime:
        return self.product.services.clock.now().astimezone(self.product.settings.zone)

    def working_morning(self, *, days: int = 1) -> None:
        """It is ten on a working day, at least so many days later."""
        morning = self.now.replace(hour=10, minute=0, second=0, microsecond=0)
        morning += timedelta(days=days)
        while not is_working_day(morning.date()):
            morning += timedelta(days=1)
        self.product.pass_time(morning - self.now)

    def shown(self) -> dict[str, Any]:
        """The listing as anybody reads it."""
        answer = self.product.http.get(f"/api/v1/services/{self.service_id}")
        listing: dict[str, Any] = answer.json()
        return listing

    def is_shown(self) -> bool:
        answer = self.product.http.get(f"/api/v1/services/{self.service_id}")
        return answer.status_code == httpx.codes.OK

    def got(self, words: str) -> str:
        """The newest text with these words that the desk gets sooner or later."""

        def newest() -> str:
            bodies = [each.body for each in self.product.received(DESK) if words in each.body]
            return bodies[-1] if bodies else ""

        return str(wait_until(f"a text with “{words}”", newest))

    def link(self, words: str = "/l/") -> str:
        found = LINK.search(self.got(words))
        assert found is not None
        return found[0].removeprefix(self.product.settings.base_url)

    def state(self) -> str:
        """How far it is trusted, as staff sees it."""
        path, query = "/api/v1/directory/freshness", {"limit": "200"}
        answer = self.product.http.get(path, params=query, headers=self.staff)
        states = {each["service_id"]: each["freshness"] for each in answer.json()["items"]}
        return str(states.get(self.service_id, "fresh"))

    def becomes(self, state: str) -> None:
        wait_until(f"the listing to be {state}", lambda: self.state() == state)


@pytest.fixture(name="listing")
def _listing(product: Product) -> Listing:
    return Listing(product)


def test_one_text_and_it_is_checked_today(product_on_both: Product) -> None:
    listing = Listing(product_on_both)
    asked = listing.got("still right")
    assert listing.name[:20] in asked
    (reply,) = listing.product.text("1", phone=DESK)
    assert "checked today" in reply
    assert listing.shown()["last_checked"] == listing.today.isoformat()


def test_the_resident_reads_when_it_was_checked(listing: Listing, rasa: RunningRasa) -> None:
    listing.got("still right")
    listing.product.text("1", phone=DESK)
    with rasa.searching(listing.product.settings):
        (services,) = listing.product.text("food 60540")
        (number,) = [line[0] for line in services.splitlines() if listing.name in line]
        (details,) = listing.product.text(number)
    assert f"Checked in {listing.today:%B}" in details


def test_by_the_link_with_one_tap_and_never_by_looking(listing: Listing) -> None:
    path, http = listing.link(), listing.product.http
    before = listing.shown()["last_checked"]
    for _ in range(3):
        page = http.get(path)
        assert page.status_code == httpx.codes.OK
    assert listing.name in unescape(page.text)
    assert listing.shown()["last_checked"] == before
    form = next(each for each in FORM.findall(page.text) if ">All of this is right<" in each)
    done = http.post(path, data=dict(HIDDEN.findall(form)), follow_redirects=True)
    assert "checked today" in done.text
    assert listing.shown()["last_checked"] == listing.today.isoformat()
    assert http.get(path).status_code == httpx.codes.NOT_FOUND
    assert http.post(path, data=dict(HIDDEN.findall(form))).status_code == httpx.codes.NOT_FOUND


def test_silence_takes_it_away_step_by_step_and_one_word_brings_it_back(listing: Listing) -> None:
    listing.got("still right?")
    listing.becomes("asked")
    listing.working_morning(days=7)
    listing.got("please tell us")
    listing.working_morning(days=7)

    def called() -> bool:
        tasks = listing.product.listed("tasks", kind="listing_report", limit="200")
        return any(listing.name in (task.get("note") or "") for task in tasks)

    wait_until("the task to call", called)
    listing.working_morning(days=18)
    listing.becomes("lowered")
    assert listing.is_shown()
    listing.working_morning(days=31)
    listing.becomes("withheld")
    assert not listing.is_shown()
    (reply,) = listing.product.text("A1", phone=DESK)
    assert "checked today" in reply
    assert listing.is_shown()
    assert listing.shown()["last_checked"] == listing.today.isoformat()
