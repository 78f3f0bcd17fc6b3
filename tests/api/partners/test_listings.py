"""The partner API for listings: one's own only, from the version that was read, with reasons."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select

from directory import database
from directory.listings.models import Service
from directory.partners import service as keys
from directory.partners.models import KeyScope
from tests.api.conftest import Api, problem
from tests.fakes import MORNING

LISTINGS = "/api/v1/partner/listings"
SLUG, HOTLINE = "dupage-twp--township-food-pantry", "fss--domestic-violence-hotline"
WEEK = [{"byday": "MO,WE", "opens_at": "10:00", "closes_at": "12:00"}]


@dataclass
class Partner:
    """An organisation's system with a key that opens everything."""

    api: Api
    slug: str = SLUG
    headers: dict[str, str] | None = None

    def __post_init__(self) -> None:
        self.headers = self.headers or self.key(*KeyScope)

    def key(self, *scopes: KeyScope) -> dict[str, str]:
        with database.session_scope() as session:
            service = session.scalars(select(Service).filter_by(slug=self.slug)).one()
            key = keys.issue_key(session, service.organization_id, now=MORNING, scopes=scopes)
        return {"X-API-Key": key}

    def send(self, method: str, path: str = "", **parts: Any) -> Response:
        headers = parts.pop("headers", self.headers)
        tag = parts.pop("if_match", None)
        sent = headers | ({"If-Match": tag} if tag else {})
        return self.api.client.request(
            method, f"{LISTINGS}/{self.slug}{path}", headers=sent, **parts
        )

    def read(self) -> dict[str, Any]:
        answer = self.send("GET")
        assert answer.status_code == 200, answer.text
        listing: dict[str, Any] = answer.json()
        return listing

    def change(self, **body: Any) -> Response:
        return self.send("PATCH", json=body, if_match=self.send("GET").headers["ETag"])


@pytest.fixture
def partner(listed: Api) -> Iterator[Partner]:
    yield Partner(listed)


def test_an_organisation_reads_its_listings_and_nobody_elses(partner: Partner) -> None:
    page = partner.api.client.get(LISTINGS, headers=partner.headers).json()
    assert SLUG in {each["slug"] for each in page["items"]}
    owners = {each["organization_id"] for each in page["items"]}
    assert len(owners) == 1 and page["next"] is None
    own = next(each for each in page["items"] if each["slug"] == SLUG)
    assert own == partner.read()
    other = Partner(partner.api, HOTLINE, partner.headers)
    for method, path in [
        ("GET", ""), ("GET", "/history"), ("PATCH", ""), ("PUT", "/capacity"),
        ("POST", "/confirm"), ("GET", "/notices"), ("POST", "/notices"),
        ("DELETE", "/notices/00000000-0000-4000-8000-000000000000"),
    ]:  # fmt: skip
        body = {} if method in ("GET", "DELETE") else {"json": {}}
        problem(other.send(method, path, **body), 404, "service_not_found")


def test_pages_are_stable(partner: Partner) -> None:
    get = partner.api.client.get
    first = get(LISTINGS, params={"limit": 1}, headers=partner.headers).json()
    second = get(
        LISTINGS, params={"limit": 1, "cursor": first["next"]}, headers=partner.headers
    ).json()
    assert first["items"][0]["id"] != second["items"][0]["id"]
    problem(get(LISTINGS, params={"cursor": "x"}, headers=partner.headers), 422, "cursor_invalid")


def test_a_change_is_seen_at_once_everywhere(partner: Partner) -> None:
    changed = partner.change(schedules=WEEK, phones=[{"number": "(630) 555-0142"}])
    assert changed.status_code == 200, changed.text
    assert changed.headers["ETag"] == f'"{changed.json()["version"]}"'
    service_id = changed.json()["id"]
    assert changed.json()["opening_hours"] == "Mo,We 10:00-12:00"
    public = partner.api.client.get(f"/api/v1/services/{service_id}").json()
    assert public["opening_hours"] == "Mo,We 10:00-12:00"
    assert [each["number"] for each in public["phones"]] == ["630-555-0142"]
    open_data = partner.api.client.get(f"/hsds/services/{service_id}").json()
    [schedule] = open_data["schedules"]
    assert (schedule["byday"], schedule["opens_at"]) == ("MO,WE", "10:00:00")
    assert [each["number"] for each in open_data["phones"]] == ["630-555-0142"]


def test_what_was_read_can_be_sent_back(partner: Partner) -> None:
    partner.change(
        service_at_locations=[
            {
                "location": {
                    "addresses": [
                        {
                            "address_1": "5 Elm St.",
                            "city": "Bolingbrook",
                            "state_province": "IL",
                            "postal_code": "60440",
                        }
                    ],
                    "latitude": 41.69,
                    "longitude": -88.06,
                }
            }
        ],
        cost_options=[{"option": "Free", "amount": 0}],
        additional_urls=[{"url": "https://example.org/menu", "label": "Menu"}],
        required_documents=[{"document": "Photo ID"}],
        languages=[{"code": "es"}],
    )
    read = partner.read()
    lists = {name: value for name, value in read.items() if isinstance(value, list)}
    for name in ("capacities", "notices", "pending"):
        lists.pop(name)
    again = partner.change(**lists, name=read["name"], url=read.get("url"))
    assert again.status_code == 200, again.text
    assert again.json() == read, "nothing has changed, not even an id"


def test_a_mistake_names_its_field_and_changes_nothing(partner: Partner) -> None:
    before = partner.read()
    refused = problem(
        partner.change(
            name="Another", url="www.example.org", phones=[{"number": "555-0100"}], hours="9-5"
        ),
        422,
        "listing_invalid",
    )
    told = {each["pointer"]: each["remedy"] for each in refused["errors"]}
    assert told["/url"] == "write https://www.example.org"
    assert "area code" in told["/phones/0/number"]
    assert "/hours" in told
    assert partner.read() == before


def test_the_version_that_was_read_is_asked_for(partner: Partner) -> None:
    tag = partner.send("GET").headers["ETag"]
    problem(partner.send("PATCH", json={"name": "X"}), 428, "if_match_missing")
    assert partner.send("PATCH", json={"name": "First"}, if_match=tag).status_code == 200
    for stale in (tag, "W/" + tag, '"x"', '""', "9" * 30):
        refused = partner.send("PATCH", json={"name": "Second"}, if_match=stale)
        problem(refused, 412, "listing_changed")
    now = partner.send("GET").headers["ETag"]
    several = partner.send("PATCH", json={"name": "Second"}, if_match=f"{tag}, {now}")
    assert several.json()["name"] == "Second"
    assert partner.send("PATCH", json={"name": "Third"}, if_match="*").status_code == 200


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"minimum_age": NaN}', b"[" * 100_000])
def test_what_is_no_json_is_refused(partner: Partner, body: bytes) -> None:
    problem(partner.send("PATCH", content=body, if_match="*"), 422, "malformed")


def test_what_waits_for_approval_is_named_and_the_old_value_stands(listed: Api) -> None:
    partner = Partner(listed, HOTLINE)
    before = partner.read()
    answer = partner.change(
        phones=[{"number": "630-555-0177", "type": "hotline"}], status="inactive", alert="New"
    )
    assert answer.status_code == 200
    listing = answer.json()
    assert {each["field"] for each in listing["pending"]} == {"phones", "status"}
    assert (listing["phones"], listing["status"]) == (before["phones"], "active")
    assert listing["alert"] == "New"
    lines = partner.send("GET", "/history").json()["items"]
    assert {(each["field"], each["status"]) for each in lines} == {
        ("phones", "pending"),
        ("status", "pending"),
        ("alert", "applied"),
    }


def test_history_tells_before_and_after_and_no_name_of_ours(partner: Partner) -> None:
    partner.change(name="First")
    partner.change(name="Second")
    page = partner.send("GET", "/history", params={"limit": 1}).json()
    [newest] = page["items"]
    assert (newest["before"], newest["after"], newest["status"]) == ("First", "Second", "applied")
    assert newest["by"].startswith("partner:")
    [older] = partner.send("GET", "/history", params={"cursor": page["next"]}).json()["items"]
    assert older["after"] == "First"


def test_capacity_is_put_and_grows_stale(partner: Partner) -> None:
    put = partner.send("PUT", "/capacity", json={"unit": "boxes", "available": 3, "maximum": 9})
    assert put.status_code == 200, put.text
    assert (put.json()["unit"], put.json()["available"], put.json()["stale"]) == ("boxes", 3, False)
    assert put.headers["ETag"] == partner.send("GET").headers["ETag"]
    old = {"unit": "boxes", "available": 3, "updated": "2026-01-01T00:00:00Z"}
    assert partner.send("PUT", "/capacity", json=old).json()["stale"] is True
    [shown] = partner.read()["capacities"]
    assert (shown["unit"]["name"], shown["stale"]) == ("boxes", True)
    refused = partner.send("PUT", "/capacity", json={"unit": "boxes", "available": -1})
    problem(refused, 422, "listing_invalid")
    stale = partner.send("PUT", "/capacity", json=old, if_match='"1"')
    problem(stale, 412, "listing_changed")


def test_only_confirming_moves_the_day_of_the_last_check(partner: Partner) -> None:
    partner.change(description="Food.")
    assert "assured_date" not in partner.read()
    confirmed = partner.send("POST", "/confirm")
    assert confirmed.status_code == 200
    assert confirmed.json()["assured_date"] == partner.read()["assured_date"]
    assert partner.send("GET", "/history").json()["items"][0]["field"] == "confirmed"


def test_a_closure_is_put_up_and_taken_down(partner: Partner) -> None:
    far = {"kind": "closure", "ends_at": "2036-11-30T12:00:00-06:00"}
    problem(partner.send("POST", "/notices", json=far), 422, "listing_invalid")
    ends_at = partner.api.services.clock.now() + timedelta(days=8)
    body = {"kind": "closure", "text": "Flood", "ends_at": ends_at.isoformat()}
    posted = partner.send("POST", "/notices", json=body)
    assert posted.status_code == 201, posted.text
    notice = posted.json()
    assert notice["current"] is True
    assert partner.send("GET", "/notices").json() == {"items": [notice], "next": None}
    assert partner.read()["notices"] == [notice]
    open_data = partner.api.client.get(f"/hsds/services/{partner.read()['id']}").json()
    assert open_data["status"] == "temporarily closed"
    assert partner.send("DELETE", f"/notices/{notice['id']}").status_code == 204
    assert partner.send("GET", "/notices").json() == {"items": [], "next": None}
    open_data = partner.api.client.get(f"/hsds/services/{partner.read()['id']}").json()
    assert open_data["status"] == "active"
    problem(partner.send("DELETE", f"/notices/{notice['id']}"), 404, "notice_unknown")


READING = [("GET", ""), ("GET", "/history"), ("GET", "/notices")]
WRITING = [("PATCH", ""), ("PUT", "/capacity"), ("POST", "/confirm"), ("POST", "/notices")]


def test_a_key_opens_what_it_was_made_for(partner: Partner) -> None:
    reads = partner.key(KeyScope.LISTINGS_READ)
    writes = partner.key(KeyScope.LISTINGS_WRITE)
    refers = partner.key(KeyScope.REFERRALS)
    get = partner.api.client.get
    for method, path in READING:
        assert partner.send(method, path, headers=reads).status_code == 200
        problem(partner.send(method, path, headers=writes), 403, "scope_missing")
    for method, path in WRITING:
        problem(partner.send(method, path, headers=reads, json={}), 403, "scope_missing")
        assert partner.send(method, path, headers=writes, json={}).status_code != 403
    assert get("/api/v1/partner/referrals", headers=refers).status_code == 200
    for headers in (reads, writes):
        for path in ("/api/v1/partner/referrals", "/api/v1/partner/referrals.csv"):
            problem(get(path, headers=headers), 403, "scope_missing")
        assert get("/fhir/Task", headers=headers).status_code == 403
    problem(get(LISTINGS, headers=refers), 403, "scope_missing")


@pytest.mark.parametrize("name", ["api_key", "apikey", "key", "X-API-Key", "anything"])
def test_a_key_in_an_address_is_refused_whatever_the_header_says(
    partner: Partner, name: str
) -> None:
    assert partner.headers is not None
    key = partner.headers["X-API-Key"]
    for headers in ({}, partner.headers):
        answer = partner.send("GET", headers=headers, params={name: key})
        refused = problem(answer, 401, "key_in_url")
        assert "X-API-Key" in refused["detail"] and "revoke" in refused["detail"]
        assert key not in answer.text


def test_without_a_key_nothing_is_read(partner: Partner) -> None:
    problem(partner.send("PATCH", headers={}, json={}), 401, "key_missing")
    problem(partner.send("PATCH", headers={}, content=b"{"), 401, "key_missing")
    problem(partner.send("GET", headers={"X-API-Key": "hp_x"}), 401, "key_invalid")
