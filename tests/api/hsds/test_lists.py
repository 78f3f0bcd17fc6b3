"""Pages, streams and parameters of `/hsds`, over both databases where it may matter."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from directory import database
from directory.listings.change_models import Tombstone
from directory.listings.models import Service
from directory.listings.service import catalogue_changed, changed
from tests.api.conftest import Api, problem
from tests.directory.hsds.builders import a_full_listing, a_listing, a_place, an_organization
from tests.fakes import MORNING

KINDS = ["services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms"]
GONE = "00000000-0000-4000-8000-00000000dead"


def listings(count: int) -> list[str]:
    with database.session_scope() as session:
        organization = an_organization(session)
        return sorted(
            a_listing(session, f"Pantry {number}", organization=organization).id
            for number in range(count)
        )


def read(api: Api, path: str) -> dict[str, Any]:
    answer = api.client.get(path)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def ids(page: dict[str, Any]) -> list[str]:
    return [each["id"] for each in page["contents"]]


def test_the_root_says_what_this_is(api: Api) -> None:
    for path in ("/hsds", "/hsds/"):
        about = read(api, path)
        assert about["version"] == "3.2.3"
        assert about["openapi_url"].endswith("/hsds/openapi.json")
    described = read(api, "/hsds/openapi.json")
    assert {"/", "/services", "/services/{id}", "/taxonomy_terms"} <= described["paths"].keys()
    names = set(json.dumps(described).split('"#/components/schemas/')[1:])
    named = {each.split('"')[0] for each in names}
    assert named <= described["components"]["schemas"].keys()


def test_a_page_says_where_it_stands(any_api: Api) -> None:
    there = listings(5)
    page = read(any_api, "/hsds/services?page=2&per_page=2")
    assert {name: value for name, value in page.items() if name != "contents"} == {
        "total_items": 5,
        "total_pages": 3,
        "page_number": 2,
        "size": 2,
        "first_page": False,
        "last_page": False,
        "empty": False,
    }
    assert ids(page) == there[2:4]
    past = read(any_api, "/hsds/services?page=9&per_page=2")
    assert (past["empty"], past["contents"], past["total_items"]) == (True, [], 5)


def follow(api: Api, path: str) -> Iterator[list[str]]:
    """Page after page, by the `next` link."""
    following: str | None = path
    while following:
        answer = api.client.get(following)
        yield ids(answer.json())
        following = answer.links.get("next", {}).get("url")


def test_the_next_link_leads_through_changes(any_api: Api) -> None:
    there = listings(9)
    seen: list[str] = []
    for some in follow(any_api, "/hsds/services?per_page=2&search=pantry"):
        seen += some
        with database.session_scope() as session:
            # What was read goes away; by number the next page would skip two rows.
            for each in some:
                service = session.get_one(Service, each)
                service.status = "inactive"
                changed(session, service, now=MORNING)
    assert seen == there


def test_a_stream_has_each_service_on_a_line(any_api: Api) -> None:
    there = listings(3)
    answer = any_api.client.get("/hsds/services?format=ndjson&per_page=1")
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["id"] for line in lines] == there
    assert "organization" in lines[0]
    assert any_api.client.get("/hsds/services?format=ndjson&search=nothing").content == b""


def test_full_and_minimal(api: Api) -> None:
    with database.session_scope() as session:
        service = a_full_listing(session)
    [short] = read(api, "/hsds/services")["contents"]
    [full] = read(api, "/hsds/services?full=true")["contents"]
    assert full == read(api, f"/hsds/services/{service.id}")
    assert "phones" not in short
    assert {name: full[name] for name in short if name != "organization"} == {
        name: value for name, value in short.items() if name != "organization"
    }
    page = read(api, "/hsds/services?minimal=true&full=true")
    assert page["contents"] == [{"id": service.id, "last_modified": short["last_modified"]}]
    [link] = read(api, "/hsds/service_at_locations?full=true")["contents"]
    assert link == read(api, f"/hsds/service_at_locations/{link['id']}")
    assert link["service"]["phones"] == full["phones"]
    whose = f"/hsds/organizations/{service.organization_id}?full_service=true"
    assert read(api, whose)["services"][0]["phones"] == full["phones"]
    line = api.client.get("/hsds/services?format=ndjson&full=true").text
    assert json.loads(line) == full


def test_minimal_is_one_page_unless_asked_otherwise(api: Api) -> None:
    there = listings(60)
    page = read(api, "/hsds/services?minimal=true")
    assert ids(page) == there
    assert (page["total_pages"], page["last_page"]) == (1, True)
    assert ids(read(api, "/hsds/services?minimal=true&per_page=7")) == there[:7]


class TestWhoKeepsACopy:
    """Asks from time to time what was modified, and hears of ends too."""

    def test_hears_of_changes_and_of_ends(self, any_api: Api) -> None:
        first, second, third = listings(3)
        later = MORNING + timedelta(hours=1)
        since = quote(later.isoformat())
        with database.session_scope() as session:
            changed(session, session.get_one(Service, first), now=later)
            shut = session.get_one(Service, second)
            shut.status = "inactive"
            changed(session, shut, now=later)
            name = session.get_one(Service, third).name
            session.delete(session.get_one(Service, third))
            gone = Tombstone(entity="service", entity_id=third, name=name, deleted_at=later)
            session.add(gone)
            catalogue_changed(session, third)
        told = read(any_api, f"/hsds/services?modified_after={since}")["contents"]
        status = {each["id"]: each["status"] for each in told}
        assert status == {first: "active", second: "inactive", third: "defunct"}
        assert all(each["last_modified"] == "2026-03-18T16:00:00Z" for each in told)
        stream = any_api.client.get(f"/hsds/services?modified_after={since}&format=ndjson")
        assert [json.loads(line) for line in stream.text.splitlines()] == told
        full = read(any_api, f"/hsds/services?modified_after={since}&full=true")["contents"]
        assert [each["id"] for each in full] == [each["id"] for each in told]
        dates = read(any_api, f"/hsds/services?modified_after={since}&minimal=true")["contents"]
        assert dates == [{name: each[name] for name in ("id", "last_modified")} for each in told]
        assert ids(read(any_api, "/hsds/services")) == [first]
        for identity in (second, third):
            problem(any_api.client.get(f"/hsds/services/{identity}"), 404, "record_not_found")

    def test_may_write_the_instant_as_people_do(self, api: Api) -> None:
        there = listings(1)
        for moment in (
            "2026-03-18", "2026-03-18T15:00:00", "2026-03-18T15:00:00Z",
            "2026-03-18T20:00:00 05:00", "2026-03-18T10:00:00-05:00", "2026-03-18T15:00:00%2B00:00",
        ):  # fmt: skip
            assert ids(read(api, f"/hsds/services?modified_after={moment}")) == there
            late = moment.replace("03-18", "03-19")
            assert ids(read(api, f"/hsds/services?modified_after={late}")) == []

    def test_hears_of_places_too(self, api: Api) -> None:
        with database.session_scope() as session:
            service = a_listing(session, status="defunct")
            a_place(session, service)
            link_id = service.service_at_locations[0].id
            gone = Tombstone(entity="service_at_location", entity_id=GONE, deleted_at=MORNING)
            session.add(gone)
        told = read(api, "/hsds/service_at_locations?modified_after=2026-03-18")["contents"]
        assert told[0] == {"id": GONE, "description": "No longer listed"}
        assert told[1]["id"] == link_id
        assert told[1]["service"]["status"] == "defunct"
        assert "location" not in told[1]


MALFORMED = [
    "page=0", "page=-1", "page=abc", "page=1e9", f"page={10**18}", "page=", "per_page=0",
    "per_page=501", f"per_page={10**9}", "format=xml", "full=perhaps", "modified_after=yesterday",
    "modified_after=2024-13-45", "organization_id='", "taxonomy_id=%00", "search=%00",
    f"search={'x' * 3000}", "after=%27", "proximity=-1&postcode=60540", "proximity=inf",
    "proximity=nan&postcode=60540", "postcode=%00", "proximity=abc",
]  # fmt: skip
ODD = [
    "search=%25", "search=%5C", "search='%20OR%201=1--", "search=%F0%9F%8D%9E", "unknown=1",
    "search=", "taxonomy_id=", "modified_after=", "per_page=", "page=1&page=1",
    f"page={10**9}", "search=" + "+".join("abcdefghijklmnopqrstuvwxyz"), "format=ndjson&search='",
    f"taxonomy_term_id={GONE}&organization_id={GONE}&parent_id={GONE}&postcode=%25",
]  # fmt: skip


def test_what_cannot_be_meant_is_malformed_and_names_the_parameter(api: Api) -> None:
    for query in MALFORMED:
        body = problem(api.client.get(f"/hsds/service_at_locations?{query}"), 422, "malformed")
        assert query.split("=")[0] in body["detail"]


def test_what_is_odd_is_answered(any_api: Api) -> None:
    answered = {
        (kind, query): any_api.client.get(f"/hsds/{kind}?{query}").status_code
        for kind in KINDS
        for query in ODD
    }
    assert {asked for asked, status in answered.items() if status != 200} == set()


def test_an_id_that_nothing_has_is_not_found_or_malformed(any_api: Api) -> None:
    for kind in KINDS:
        for identity in (GONE, "not-a-uuid", "%27%20OR%201=1", "..%2f..%2fetc", "%00"):
            status = any_api.client.get(f"/hsds/{kind}/{identity}").status_code
            assert status in (404, 422), (kind, identity)


def test_it_can_only_be_read(api: Api) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert api.client.request(method, "/hsds/services").status_code == 405
